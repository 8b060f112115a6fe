import type { Options, TopologyFactory } from "./topology.js";

/** What is wrong with a text, and where: the line, from 1. */
export interface TextFault {
	readonly line: number;
	readonly message: string;
}

/**
 * A topology that may be written in a file of its own: option `file` names it, relative to the scenario.
 *
 * The loader reads the file and puts what `fromText` returns in its place, so that the resolved
 * scenario needs no file. The user's own modules may do the same.
 */
export interface FileTopologyFactory extends TopologyFactory {
	/** The options that the text stands for, or the first thing that is wrong with it. */
	fromText(text: string): Options | TextFault;
}

/** Whether `fromText` refused the text. */
export function isTextFault(result: Options | TextFault): result is TextFault {
	return typeof result["line"] === "number" && typeof result["message"] === "string";
}

/** Schema of the option that names the file. */
export const FILE_OPTION = {
	type: ["string", "null"],
	default: null,
	description: "File with one row a line and # comments, relative to the scenario; instead of the list",
} as const;

/**
 * Rows of numbers, separated by blanks or commas, one a line; `#` begins a comment, empty lines are skipped.
 *
 * `least` and `most` bound the count of numbers in a row; `format` says in an error what a row is.
 */
export function numberRows(
	text: string,
	least: number,
	most: number,
	format: string,
	isValid: (row: readonly number[]) => boolean,
): readonly (readonly number[])[] | TextFault {
	const rows: number[][] = [];
	const lines = text.split(/\r\n|\n|\r/);
	for (let i = 0; i < lines.length; i++) {
		const content = lines[i]!.replace(/#.*/, "").trim();
		if (content === "") continue;
		const row = content.split(/[\s,]+/).map(Number);
		if (row.length < least || row.length > most || !row.every(Number.isFinite) || !isValid(row))
			return { line: i + 1, message: `expected ${format}, got \`${shorten(content)}\`` };
		rows.push(row);
	}
	if (rows.length === 0) return { line: lines.length, message: `expected ${format}, got no row at all` };
	return rows;
}

function shorten(text: string): string {
	return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
