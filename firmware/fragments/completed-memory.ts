/** Words of a row that tell what its packet is called, until when it counts, and where rows go on. */
export const HEAD_WORDS = 10;
/** Fragments that a row tells of, two words each: those of a packet of some 700 octets. */
export const ROW_FRAGMENTS = 7;
const ROW_WORDS = HEAD_WORDS + 2 * ROW_FRAGMENTS;
/** Rows that are made room for at once: as many packets as one node remembers. */
const BLOCK_ROWS = 8;
/** The row of nobody. */
export const NO_ROW = 0;

/**
 * Rows of integers that nodes borrow to remember completed packets: one row a packet of usual size.
 *
 * Rows are numbers from 1 on; {@link NO_ROW} is none. Their first word links those that are free.
 */
export class CompletedMemory {
	readonly #blocks: Int32Array[] = [];
	#made = 0;
	#free = NO_ROW;
	#lent = 0;

	/** Rows that were taken and not given back: a leak check. */
	get lent(): number {
		return this.#lent;
	}

	/** Lends a row with arbitrary content. */
	take(): number {
		this.#lent++;
		const row = this.#free;
		if (row !== NO_ROW) {
			this.#free = this.blockOf(row)[startOf(row)]!;
			return row;
		}
		if (this.#made % BLOCK_ROWS === 0) this.#blocks.push(new Int32Array(BLOCK_ROWS * ROW_WORDS));
		return ++this.#made;
	}

	/** Takes a row back. */
	give(row: number): void {
		this.#lent--;
		this.blockOf(row)[startOf(row)] = this.#free;
		this.#free = row;
	}

	/** Where a row lies, from {@link startOf} it on. */
	blockOf(row: number): Int32Array {
		return this.#blocks[Math.floor((row - 1) / BLOCK_ROWS)]!;
	}
}

/** Where a row begins in its block. */
export function startOf(row: number): number {
	return ((row - 1) % BLOCK_ROWS) * ROW_WORDS;
}
