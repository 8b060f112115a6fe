/** A number of fewer than 32 bits, with what it begins with. */
export interface Narrow {
	readonly first: number;
	readonly bits: number;
	readonly isSigned: boolean;
}

/** A number from 0 to 2^`bits` - 1. What is greater loses its upper bits. */
export function unsigned(bits: number, first = 0): Narrow {
	return { first, bits, isSigned: false };
}

/** A number from -2^(`bits` - 1) to 2^(`bits` - 1) - 1. What is outside loses its upper bits. */
export function signed(bits: number, first = 0): Narrow {
	return { first, bits, isSigned: true };
}

/** The fields of a row, each with what it begins with: a 32-bit integer, a narrower one, or a truth value. */
export type RowFields = Readonly<Record<string, number | boolean | Narrow>>;

/** An object with these fields. */
export type Fields<F extends RowFields> = {
	-readonly [K in keyof F]: F[K] extends boolean ? boolean : number;
};

/** A row of a memory, and which one that is. */
export interface Row {
	/** It lies at `memory.heap.numbers[memory.base + at]`, as long as no memory of that heap grows. */
	readonly memory: RowMemory;
	at: number;
	/** Its number among the rows of its memory. */
	readonly place: number;
	/** Turns to another row. */
	moveTo(memory: RowMemory, place: number): void;
	/** Makes room for the row and begins it anew: whatever row was at its place ends. */
	begin(): void;
}

/** Makes objects that read and write one row: at a place of a memory, or the only one of a memory of its own. */
export interface RowClass<F extends RowFields> {
	/** Numbers of 32 bits that a row takes. */
	readonly words: number;
	/** In which of them each field lies. */
	readonly wordOf: Readonly<Record<keyof F, number>>;
	new (memory?: RowMemory, place?: number): Fields<F> & Row;
}

/** Rows that there is room for at first. */
const FIRST_ROWS = 2;
/** Rows that are made room for at once: as many as there are, or so many. */
const MOST_AT_ONCE = 8;

/** Where memories have their numbers: a block each, named by its first number. */
export interface RowHome {
	/** Another array after a block was taken or resized. */
	readonly numbers: Int32Array;
	/** Lends a block of at least so many numbers, all 0. */
	take(words: number): number;
	/** Numbers in a block. */
	sizeOf(at: number): number;
	/** Makes a block longer, what is new 0; returns where it lies from then on. */
	resize(at: number, words: number): number;
	/** Takes a block back. */
	give(at: number): void;
}

/** The home of one memory, no larger than what that needs. */
class OneBlock implements RowHome {
	numbers = new Int32Array(0);

	take(words: number): number {
		this.numbers = new Int32Array(words);
		return 0;
	}

	sizeOf(): number {
		return this.numbers.length;
	}

	resize(at: number, words: number): number {
		const grown = new Int32Array(words);
		grown.set(this.numbers);
		this.numbers = grown;
		return at;
	}

	give(): void {
		this.numbers = new Int32Array(0);
	}
}

/** Where a memory lies that has no block: whoever reads or writes there anyway finds nothing, and harms nobody. */
const NOWHERE = -0x4000_0000;

/**
 * Where rows of one class lie, one after the other behind `head` numbers of other use; it grows with the highest place.
 *
 * Its block is its own, or one of a heap that it shares with others; it takes one with the first row.
 */
export class RowMemory {
	readonly heap: RowHome;
	/** Where the first row lies in the heap: another place after each growth. */
	base = NOWHERE;
	readonly head: number;

	constructor(head = 0, heap: RowHome = new OneBlock()) {
		this.head = head;
		this.heap = heap;
	}

	/** Makes room for so many rows of `words` numbers. */
	fit(rows: number, words: number): void {
		const at = this.base - this.head;
		const isNew = this.base === NOWHERE;
		if (!isNew && this.heap.sizeOf(at) >= this.head + rows * words) return;
		let size = this.head + words * FIRST_ROWS;
		for (let room = FIRST_ROWS; room < rows; ) {
			const more = Math.min(room, MOST_AT_ONCE);
			room += more;
			size += more * words;
		}
		this.base = this.head + (isNew ? this.heap.take(size) : this.heap.resize(at, size));
	}

	/** Gives its block back: it has no rows any more. */
	release(): void {
		if (this.base === NOWHERE) return;
		this.heap.give(this.base - this.head);
		this.base = NOWHERE;
	}
}

const TWO_32 = 0x1_0000_0000;

/** The time in µs, 0 to 2^52, that lies in two numbers from `at` on. */
export function timeOf(numbers: Int32Array, at: number): number {
	return numbers[at + 1]! * TWO_32 + (numbers[at]! >>> 0);
}

/** Puts a time in µs, 0 to 2^52, into two numbers from `at` on. */
export function putTime(numbers: Int32Array, at: number, timeUs: number): void {
	numbers[at] = timeUs;
	numbers[at + 1] = Math.floor(timeUs / TWO_32);
}

/** Where a field lies in its row. */
interface Lie {
	readonly word: number;
	readonly shift: number;
	readonly bits: number;
	readonly isSigned: boolean;
	readonly isTruth: boolean;
	readonly first: number;
}

/** Puts each field into the first number that has bits left for it. */
function layOut(fields: RowFields): Map<string, Lie> {
	const taken: number[] = [];
	const lies = new Map<string, Lie>();
	for (const name of Object.keys(fields)) {
		const field = fields[name]!;
		const isTruth = typeof field === "boolean";
		const isNarrow = typeof field === "object";
		const bits = isTruth ? 1 : isNarrow ? field.bits : 32;
		const known = taken.findIndex((used) => used + bits <= 32);
		const word = known < 0 ? taken.length : known;
		const shift = taken[word] ?? 0;
		taken[word] = shift + bits;
		const first = isNarrow ? field.first : Number(field);
		lies.set(name, { word, shift, bits, isSigned: isNarrow && field.isSigned, isTruth, first });
	}
	return lies;
}

function maskOf(bits: number): number {
	return bits === 32 ? -1 : (1 << bits) - 1;
}

/** What reads and writes a field. */
function accessorsOf({ word, shift, bits, isSigned, isTruth }: Lie): PropertyDescriptor & ThisType<Row> {
	if (bits === 32) {
		return {
			get(): number {
				const { memory } = this;
				return memory.heap.numbers[memory.base + this.at + word]!;
			},
			set(value: number): void {
				const { memory } = this;
				memory.heap.numbers[memory.base + this.at + word] = value;
			},
		};
	}
	const mask = maskOf(bits);
	const others = ~(mask << shift);
	const [left, right] = [32 - shift - bits, 32 - bits];
	return {
		get(): number | boolean {
			const { memory } = this;
			const number = memory.heap.numbers[memory.base + this.at + word]!;
			if (isSigned) return (number << left) >> right;
			const value = (number >>> shift) & mask;
			return isTruth ? value !== 0 : value;
		},
		set(value: number | boolean): void {
			const { memory } = this;
			const { numbers } = memory.heap;
			const i = memory.base + this.at + word;
			numbers[i] = (numbers[i]! & others) | ((Number(value) & mask) << shift);
		},
	};
}

/**
 * A class of objects whose fields lie in rows of integers: a property of its own takes 16 octets on the chip, and one of a
 * row takes 4 or less. For things of which there are many; what is no 32-bit integer stays a property of its own.
 */
export function rowClass<F extends RowFields>(fields: F): RowClass<F> {
	const lies = layOut(fields);
	const words = 1 + Math.max(...Array.from(lies.values(), ({ word }) => word));
	const firsts = new Int32Array(words);
	for (const { word, shift, bits, first } of lies.values())
		firsts[word] = firsts[word]! | ((first & maskOf(bits)) << shift);

	class Handle implements Row {
		static readonly words = words;
		static readonly wordOf = Object.fromEntries(Array.from(lies, ([name, { word }]) => [name, word]));
		memory: RowMemory;
		at: number;

		constructor(memory = new RowMemory(), place = 0) {
			this.memory = memory;
			this.at = place * words;
		}

		get place(): number {
			return this.at / words;
		}

		moveTo(memory: RowMemory, place: number): void {
			this.memory = memory;
			this.at = place * words;
		}

		begin(): void {
			const { memory } = this;
			memory.fit(this.place + 1, words);
			memory.heap.numbers.set(firsts, memory.base + this.at);
		}

		static {
			for (const [name, lie] of lies) Object.defineProperty(Handle.prototype, name, accessorsOf(lie));
		}
	}
	return Handle as unknown as RowClass<F>;
}
