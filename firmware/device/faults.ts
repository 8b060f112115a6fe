/** What an error says, in one line. */
export function textOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
}

/** What went wrong while a board was put together: it goes on with less, and tells of it once it can. */
export class Faults {
	readonly texts: string[] = [];

	/** What `open` gives; when it throws, what `instead` gives, and its error is kept. */
	attempt<T>(open: () => T, instead: () => T): T {
		try {
			return open();
		} catch (error) {
			this.texts.push(textOf(error));
			return instead();
		}
	}
}
