/** Names with what each is, one a line, the descriptions below each other. */
export function nameList(
	entries: readonly { readonly name: string; readonly description: string }[],
): string {
	const width = Math.max(0, ...entries.map(({ name }) => name.length)) + 2;
	return entries.map(({ name, description }) => `${name.padEnd(width)}${description}\n`).join("");
}
