/** Words of a row that tell what its packet is called, until when it counts, and where rows go on. */
export const HEAD_WORDS = 10;
/** Fragments that a row tells of, two words each: those of a packet of some 700 octets. */
export const ROW_FRAGMENTS = 7;
const ROW_WORDS = HEAD_WORDS + 2 * ROW_FRAGMENTS;
/** Rows that are made room for at first: as many packets as one node remembers. */
const FIRST_ROWS = 8;
/** The row of nobody. */
export const NO_ROW = 0;

/**
 * Rows of integers that nodes borrow to remember completed packets: one row a packet of usual size.
 *
 * Rows are numbers from 1 on; {@link NO_ROW} is none. Their first word links those that are free.
 */
export class CompletedMemory {
	/** Where they lie, from {@link startOf} each on; another array after {@link take}. */
	numbers = new Int32Array(0);
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
			this.#free = this.numbers[startOf(row)]!;
			return row;
		}
		const made = ++this.#made;
		if (startOf(made) === this.numbers.length) this.grow(Math.max(FIRST_ROWS, (made - 1) >> 1));
		return made;
	}

	/** Takes a row back. */
	give(row: number): void {
		this.#lent--;
		this.numbers[startOf(row)] = this.#free;
		this.#free = row;
	}

	private grow(rows: number): void {
		const grown = new Int32Array(this.numbers.length + rows * ROW_WORDS);
		grown.set(this.numbers);
		this.numbers = grown;
	}
}

/** Where a row begins. */
export function startOf(row: number): number {
	return (row - 1) * ROW_WORDS;
}
