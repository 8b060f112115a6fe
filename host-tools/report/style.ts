/** Colours of terminal text; each wraps a piece of text. */
export interface Style {
	readonly bold: (text: string) => string;
	readonly dim: (text: string) => string;
	readonly cyan: (text: string) => string;
	readonly green: (text: string) => string;
	readonly red: (text: string) => string;
}

/** The colours of a terminal (ECMA-48, section 8.3.117), or none. */
export function makeStyle(hasColour: boolean): Style {
	const sgr = (on: number, off: number) => (text: string) =>
		hasColour ? `\x1b[${on}m${text}\x1b[${off}m` : text;
	return { bold: sgr(1, 22), dim: sgr(2, 22), cyan: sgr(36, 39), green: sgr(32, 39), red: sgr(31, 39) };
}
