import type { Random } from "../../firmware/ports.js";
import { ln } from "./math.js";

/** Skein key-schedule parity of Threefry with 32-bit words (Salmon et al., SC'11, section 3.3). */
const PARITY = 0x1bd11bda;

function rotate(x: number, bits: number): number {
	return (x << bits) | (x >>> (32 - bits));
}

/**
 * Threefry-2x32 with 20 rounds: a counter-based generator (Salmon, Moraes, Dror, Shaw, "Parallel
 * random numbers: as easy as 1, 2, 3", SC'11).
 *
 * Words are signed 32-bit integers; `out` takes the two words of the block.
 */
export function threefry2x32(
	key0: number,
	key1: number,
	counter0: number,
	counter1: number,
	out: Int32Array,
): void {
	const key2 = PARITY ^ key0 ^ key1;
	let x = (counter0 + key0) | 0;
	let y = (counter1 + key1) | 0;
	// All 20 rounds one after the other: a loop over groups of four takes twice the time.
	x = (x + y) | 0;
	y = rotate(y, 13) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 15) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 26) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 6) ^ x;
	x = (x + key1) | 0;
	y = (y + key2 + 1) | 0;
	x = (x + y) | 0;
	y = rotate(y, 17) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 29) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 16) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 24) ^ x;
	x = (x + key2) | 0;
	y = (y + key0 + 2) | 0;
	x = (x + y) | 0;
	y = rotate(y, 13) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 15) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 26) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 6) ^ x;
	x = (x + key0) | 0;
	y = (y + key1 + 3) | 0;
	x = (x + y) | 0;
	y = rotate(y, 17) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 29) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 16) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 24) ^ x;
	x = (x + key1) | 0;
	y = (y + key2 + 4) | 0;
	x = (x + y) | 0;
	y = rotate(y, 13) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 15) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 26) ^ x;
	x = (x + y) | 0;
	y = rotate(y, 6) ^ x;
	x = (x + key2) | 0;
	y = (y + key0 + 5) | 0;
	out[0] = x;
	out[1] = y;
}

/** FNV-1a over the character codes: gives a purpose its number. */
function hashText(text: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	return hash;
}

/** The second word of the key of a named stream; the first is the seed's lower half. */
export function streamKey(seed: number, purpose: string): number {
	return hashText(purpose) ^ Math.imul(Math.floor(seed / 0x100000000), 0x9e3779b1);
}

const block = new Int32Array(2);

/**
 * One stream of random numbers: a purpose and an index (a node, a pair) under one seed.
 *
 * Streams are independent of each other's use: a defence that draws more does not change what the
 * channel draws.
 */
export class RandomStream implements Random {
	readonly #key0: number;
	readonly #key1: number;
	readonly #index: number;
	#counter = 0;
	#spare = 0;
	#hasSpare = false;

	/** `seed`: an integer from 0 to 2^53 - 1; `index` an integer. */
	constructor(seed: number, purpose: string, index: number) {
		this.#key0 = seed | 0;
		this.#key1 = streamKey(seed, purpose);
		this.#index = index | 0;
	}

	int32(): number {
		if (this.#hasSpare) {
			this.#hasSpare = false;
			return this.#spare;
		}
		threefry2x32(this.#key0, this.#key1, this.#counter++, this.#index, block);
		this.#spare = block[1]!;
		this.#hasSpare = true;
		return block[0]!;
	}

	/** Passes over as many words, an integer of at least 0, as if they had been drawn. */
	skip(words: number): void {
		if (words === 0) return;
		const blocks = words - (this.#hasSpare ? 1 : 0);
		this.#hasSpare = false;
		this.#counter += blocks >>> 1;
		if ((blocks & 1) === 1) this.int32();
	}

	below(bound: number): number {
		if (!(bound >= 1 && bound <= 0x100000000)) {
			throw new RangeError(`RandomStream.below: expected bound from 1 to 2^32, got ${bound}`);
		}
		if ((bound & (bound - 1)) === 0) return (this.int32() & (bound - 1)) >>> 0;
		// As unsigned integers of 32 bits both, or the remainder would be one of floating-point numbers.
		const divisor = bound >>> 0;
		for (;;) {
			const word = this.int32() >>> 0;
			const rest = word % divisor;
			// Beyond the last whole multiple of the bound some rests would be likelier than others.
			if (word - rest <= 0x100000000 - divisor) return rest;
		}
	}

	/** A number in [0, 1) with 53 random bits. */
	uniform(): number {
		const high = this.int32() >>> 5;
		const low = this.int32() >>> 6;
		return (high * 0x4000000 + low) / 0x20000000000000;
	}

	/** An exponentially distributed number with mean 1. */
	exponential(): number {
		return -ln(1 - this.uniform());
	}

	/** A normally distributed number with mean 0 and deviation 1 (Marsaglia's polar method). */
	gaussian(): number {
		for (;;) {
			const u = 2 * this.uniform() - 1;
			const v = 2 * this.uniform() - 1;
			const s = u * u + v * v;
			if (s > 0 && s < 1) return u * Math.sqrt((-2 * ln(s)) / s);
		}
	}
}

/** A number in [0, 1) that depends on nothing but the seed, the purpose and the pair. */
export function pairUniform(seed: number, purpose: string, a: number, b: number): number {
	threefry2x32(seed | 0, hashText(purpose) ^ Math.floor(seed / 0x100000000), a, b, block);
	return ((block[0]! >>> 5) * 0x4000000 + (block[1]! >>> 6)) / 0x20000000000000;
}
