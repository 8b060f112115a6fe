import { stripVTControlCharacters } from "node:util";

/** So many characters in a row are taken for text that somebody printed. */
const LEAST_TEXT = 4;
/** What text is not made of: controls, and what was no UTF-8. */
const NO_TEXT = /[\p{Cc}\p{Cs}\p{Cn}\p{Co}\p{Cf}\ufffd]+/u;

/** A text of a board without anything that a terminal would obey. */
export function safeText(text: string): string {
	return stripVTControlCharacters(text)
		.split(NO_TEXT)
		.filter((part) => part !== "")
		.join(" ");
}

/**
 * What of a line is text for people: runs of characters that are printed; undefined when hardly any of it is.
 *
 * Single characters among other octets are chance, so shorter runs than four are left out, unless they are the line.
 */
export function plainLine(line: string): string | undefined {
	const whole = stripVTControlCharacters(line)
		.replace(/[\r\t]+/g, " ")
		.trim();
	const runs = whole.split(NO_TEXT).filter((run) => run.trim() !== "");
	if (runs.length === 1 && runs[0]!.length === whole.length) return whole;
	const long = runs.filter((run) => run.trim().length >= LEAST_TEXT && /[ -~]{4}/.test(run));
	return long.length === 0 ? undefined : long.join(" ").trim();
}
