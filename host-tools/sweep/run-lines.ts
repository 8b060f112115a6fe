import { readSync } from "node:fs";

const CHUNK_BYTES = 1 << 16;
const NEWLINE = 0x0a;

/** A line of a file, by its place. */
export interface FileLine {
	readonly offset: number;
	/** Without the end of the line. */
	readonly text: string;
	/** Octets, the end of the line included. */
	readonly bytes: number;
	/** False for a last line that was cut off. */
	readonly isWhole: boolean;
}

/** The lines of an open file, in memory for one at a time. */
export function* linesOf(file: number): Generator<FileLine, void, undefined> {
	const chunk = Buffer.alloc(CHUNK_BYTES);
	let pending = Buffer.alloc(0);
	let offset = 0;
	for (let position = 0; ; ) {
		const read = readSync(file, chunk, 0, CHUNK_BYTES, position);
		if (read === 0) break;
		position += read;
		pending = Buffer.concat([pending, chunk.subarray(0, read)]);
		for (;;) {
			const end = pending.indexOf(NEWLINE);
			if (end < 0) break;
			const bytes = end + 1;
			yield { offset, text: pending.toString("utf8", 0, end), bytes, isWhole: true };
			offset += bytes;
			pending = pending.subarray(bytes);
		}
	}
	if (pending.length > 0) yield { offset, text: pending.toString(), bytes: pending.length, isWhole: false };
}
