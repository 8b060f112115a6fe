const FIRST_ROWS = 32;
/** 2^32 over the golden ratio: spreads keys that lie side by side. */
const SPREAD = 0x9e3779b1 | 0;
const TWO_32 = 0x100000000;
const NONE = -1;

/**
 * Rows of numbers that are found by their key, in the order in which they were added.
 *
 * It does what a `Map` of small objects does, without an object a row; and where the oldest go as new ones come, it takes
 * no longer for those that went before. Its memory grows with how many rows there are at once. A row stays where it is
 * until it is removed.
 */
export class OrderedTable {
	/** Key and columns of one row side by side. */
	#cells: Float64Array;
	readonly #stride: number;
	/** Of each row the next older and the next younger one; a free row's younger one is the next free row. */
	#neighbours = new Int32Array(2 * FIRST_ROWS);
	/** Open addressing with linear probing, at most half full: rows counted from 1, 0 where there is none. */
	#index = new Int32Array(2 * FIRST_ROWS);
	/** What is left of 32 bits beyond those that number a place in the index. */
	#shift = Math.clz32(2 * FIRST_ROWS) + 1;
	#capacity = FIRST_ROWS;
	/** Rows that were ever in use. */
	#touched = 0;
	#free = NONE;
	#oldest = NONE;
	#youngest = NONE;
	#size = 0;

	/** A table of so many columns beside the key. */
	constructor(columns: number) {
		this.#stride = columns + 1;
		this.#cells = new Float64Array(FIRST_ROWS * this.#stride);
	}

	get size(): number {
		return this.#size;
	}

	/** The row that was added before all others; -1 when there is none. */
	get oldest(): number {
		return this.#oldest;
	}

	/** The row that was added after `row`; -1 for the youngest. */
	after(row: number): number {
		return this.#neighbours[2 * row + 1]!;
	}

	/** The row of a key, an integer up to 2^53 - 1; -1 when there is none. */
	find(key: number): number {
		const index = this.#index;
		const mask = index.length - 1;
		for (let i = this.#home(key); ; i = (i + 1) & mask) {
			const row = index[i]! - 1;
			if (row < 0 || this.#cells[row * this.#stride] === key) return row;
		}
	}

	/** Adds a row for a key that has none, its columns 0. */
	add(key: number): number {
		if (this.#free === NONE && this.#touched === this.#capacity) this.#grow();
		let row = this.#free;
		if (row === NONE) row = this.#touched++;
		else this.#free = this.#neighbours[2 * row + 1]!;
		const from = row * this.#stride;
		this.#cells[from] = key;
		for (let i = 1; i < this.#stride; i++) this.#cells[from + i] = 0;
		this.#link(row);
		this.#enter(row);
		this.#size++;
		return row;
	}

	/** A column of a row, from 0. */
	get(row: number, column: number): number {
		return this.#cells[row * this.#stride + 1 + column]!;
	}

	set(row: number, column: number, value: number): void {
		this.#cells[row * this.#stride + 1 + column] = value;
	}

	remove(row: number): void {
		this.#leave(this.#cells[row * this.#stride]!);
		const neighbours = this.#neighbours;
		const older = neighbours[2 * row]!;
		const younger = neighbours[2 * row + 1]!;
		if (older === NONE) this.#oldest = younger;
		else neighbours[2 * older + 1] = younger;
		if (younger === NONE) this.#youngest = older;
		else neighbours[2 * younger] = older;
		neighbours[2 * row + 1] = this.#free;
		this.#free = row;
		this.#size--;
	}

	/** Removes the oldest rows until at most so many are left. */
	trim(most: number): void {
		while (this.#size > most) this.remove(this.#oldest);
	}

	/** Where the search for a key begins. */
	#home(key: number): number {
		const folded = key < TWO_32 ? key | 0 : (key | 0) ^ Math.floor(key / TWO_32);
		return Math.imul(folded, SPREAD) >>> this.#shift;
	}

	#link(row: number): void {
		const youngest = this.#youngest;
		this.#neighbours[2 * row] = youngest;
		this.#neighbours[2 * row + 1] = NONE;
		if (youngest === NONE) this.#oldest = row;
		else this.#neighbours[2 * youngest + 1] = row;
		this.#youngest = row;
	}

	#enter(row: number): void {
		const index = this.#index;
		const mask = index.length - 1;
		let i = this.#home(this.#cells[row * this.#stride]!);
		while (index[i] !== 0) i = (i + 1) & mask;
		index[i] = row + 1;
	}

	/** Takes a key out of the index, and moves up those behind it that only its place had kept away from their own. */
	#leave(key: number): void {
		const index = this.#index;
		const mask = index.length - 1;
		let hole = this.#home(key);
		while (this.#cells[(index[hole]! - 1) * this.#stride] !== key) hole = (hole + 1) & mask;
		for (let i = (hole + 1) & mask; index[i] !== 0; i = (i + 1) & mask) {
			const home = this.#home(this.#cells[(index[i]! - 1) * this.#stride]!);
			if (((i - home) & mask) < ((i - hole) & mask)) continue;
			index[hole] = index[i]!;
			hole = i;
		}
		index[hole] = 0;
	}

	/** Makes room for twice as many rows; all of them are in use. */
	#grow(): void {
		this.#capacity *= 2;
		const cells = new Float64Array(this.#capacity * this.#stride);
		cells.set(this.#cells);
		this.#cells = cells;
		const neighbours = new Int32Array(2 * this.#capacity);
		neighbours.set(this.#neighbours);
		this.#neighbours = neighbours;
		this.#index = new Int32Array(2 * this.#capacity);
		this.#shift--;
		for (let row = 0; row < this.#touched; row++) this.#enter(row);
	}
}
