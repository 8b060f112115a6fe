import type { Random } from "../../../firmware/ports.js";

/** A generator that the seed alone determines (xorshift, Marsaglia 2003). */
export class SeededRandom implements Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed | 0 || 0x9e3779b9;
		for (let i = 0; i < 8; i++) this.int32();
	}

	int32(): number {
		let x = this.#state;
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		this.#state = x;
		return x | 0;
	}

	below(bound: number): number {
		return Math.floor(((this.int32() >>> 0) / 2 ** 32) * bound);
	}
}

/** Draws the largest number each time, and keeps every bound that was asked for. */
export class GreatestRandom implements Random {
	readonly bounds: number[] = [];

	int32(): number {
		return -1;
	}

	below(bound: number): number {
		this.bounds.push(bound);
		return bound - 1;
	}
}
