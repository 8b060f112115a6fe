/** A message names so many addresses at most. */
const MOST = 8;

/** The addresses of a capture as an addition to what a message expects: ` (0x0001, 0x0002)`. */
export function listAddresses(addresses: Iterable<string>): string {
	const all = [...new Set(addresses)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
	if (all.length === 0) return " (there are none)";
	const more = all.length > MOST ? `, and ${all.length - MOST} more` : "";
	return ` (${all.slice(0, MOST).join(", ")}${more})`;
}
