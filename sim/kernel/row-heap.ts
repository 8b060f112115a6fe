import type { RowHome } from "../../firmware/rows.js";

/** Blocks begin and end with a line of this many numbers: one of 64 octets, as most caches have them. */
const LINE = 16;
/** Numbers before the first block: large arrays commonly begin 16 octets behind a page, and so 48 before a line. */
const LEAD = 12;
/** Free blocks are listed by their lines; the last list has all that are longer. */
const LISTS = 64;
const NONE = -1;

/* The numbers of a free block that link it with others of its list. */
const NEXT = 0;
const PREVIOUS = 1;

/** Lines that so many numbers take. */
function linesOf(words: number): number {
	return Math.max(1, Math.ceil(words / LINE));
}

/**
 * One array of integers of which many memories have a block each: for a machine with thousands of nodes, whose small
 * memories would else be scattered, each with an array object to itself.
 *
 * Blocks that are given back grow together with free ones beside them, so that what is left by memories that grew makes
 * room for others.
 */
export class RowHeap implements RowHome {
	/** Another array after each growth: take it anew after whatever may take a block. */
	numbers: Int32Array;
	/** By line, the lines of the block that begins there, negative for one in use; a free one has them at its last line too. */
	#tags: Int32Array;
	/** Lines behind which there is no block. */
	#end = 0;
	readonly #free = new Int32Array(LISTS + 1).fill(NONE);
	#lent = 0;

	/** `words`: numbers of 32 bits that there is room for at first; it grows by half. */
	constructor(words: number) {
		const lines = linesOf(words);
		this.numbers = new Int32Array(LEAD + lines * LINE);
		this.#tags = new Int32Array(lines);
	}

	/** Blocks that were taken and not given back: a leak check. */
	get lent(): number {
		return this.#lent;
	}

	/** Numbers in blocks, free ones among them counted. */
	get used(): number {
		return this.#end * LINE;
	}

	take(words: number): number {
		this.#lent++;
		const line = this.takeLines(linesOf(words));
		const at = LEAD + line * LINE;
		this.numbers.fill(0, at, at + this.sizeOf(at));
		return at;
	}

	sizeOf(at: number): number {
		return -this.#tags[(at - LEAD) / LINE]! * LINE;
	}

	resize(at: number, words: number): number {
		const line = (at - LEAD) / LINE;
		const had = -this.#tags[line]!;
		const lines = linesOf(words);
		if (line + had === this.#end) {
			this.reach(line + lines);
			this.mark(line, lines);
			this.numbers.fill(0, at + had * LINE, at + lines * LINE);
			return at;
		}
		const moved = this.take(words);
		this.numbers.copyWithin(moved, at, at + Math.min(had, lines) * LINE);
		this.give(at);
		return moved;
	}

	give(at: number): void {
		this.#lent--;
		let line = (at - LEAD) / LINE;
		let end = line - this.#tags[line]!;
		const before = line === 0 ? 0 : this.#tags[line - 1]!;
		const after = end === this.#end ? 0 : this.#tags[end]!;
		// What is free at both sides was joined before: one block a side.
		if (before > 0) {
			line -= before;
			this.unlink(line);
		}
		if (after > 0) {
			this.unlink(end);
			end += after;
		}
		if (end === this.#end) this.#end = line;
		else this.link(line, end - line);
	}

	private takeLines(lines: number): number {
		for (let list = Math.min(lines, LISTS); list <= LISTS; list++) {
			let line = this.#free[list]!;
			// Only in the last list they differ.
			while (line !== NONE && this.#tags[line]! < lines) line = this.numbers[LEAD + line * LINE + NEXT]!;
			if (line === NONE) continue;
			const rest = this.#tags[line]! - lines;
			this.unlink(line);
			if (rest > 0) this.link(line + lines, rest);
			this.mark(line, lines);
			return line;
		}
		const line = this.#end;
		this.reach(line + lines);
		this.mark(line, lines);
		return line;
	}

	/** Marks a block as one in use, to whoever lies before it and behind it. */
	private mark(line: number, lines: number): void {
		this.#tags[line + lines - 1] = 0;
		this.#tags[line] = -lines;
	}

	private reach(end: number): void {
		const lines = this.#tags.length;
		this.#end = end;
		if (end <= lines) return;
		const room = Math.max(end, lines + (lines >> 1));
		const numbers = new Int32Array(LEAD + room * LINE);
		numbers.set(this.numbers);
		this.numbers = numbers;
		const tags = new Int32Array(room);
		tags.set(this.#tags);
		this.#tags = tags;
	}

	private link(line: number, lines: number): void {
		const { numbers } = this;
		const list = Math.min(lines, LISTS);
		const next = this.#free[list]!;
		const at = LEAD + line * LINE;
		numbers[at + NEXT] = next;
		numbers[at + PREVIOUS] = NONE;
		if (next !== NONE) numbers[LEAD + next * LINE + PREVIOUS] = line;
		this.#free[list] = line;
		this.#tags[line + lines - 1] = lines;
		this.#tags[line] = lines;
	}

	private unlink(line: number): void {
		const { numbers } = this;
		const at = LEAD + line * LINE;
		const next = numbers[at + NEXT]!;
		const previous = numbers[at + PREVIOUS]!;
		if (next !== NONE) numbers[LEAD + next * LINE + PREVIOUS] = previous;
		if (previous !== NONE) numbers[LEAD + previous * LINE + NEXT] = next;
		else this.#free[Math.min(this.#tags[line]!, LISTS)] = next;
	}
}
