import type { Random } from "../ports.js";

/** Numbers are fetched this many octets at a time: each call to the generator crosses into native code. */
const BUFFER_BYTES = 64;

/** A {@link Random} on a hardware generator of random octets. One serves every purpose: its numbers have no seed. */
export class HardwareRandom implements Random {
	readonly #fill: (into: Uint8Array) => void;
	readonly #bytes = new Uint8Array(BUFFER_BYTES);
	#next = BUFFER_BYTES;

	/** `fill` writes random octets over all of `into`. */
	constructor(fill: (into: Uint8Array) => void) {
		this.#fill = fill;
	}

	int32(): number {
		const bytes = this.#bytes;
		if (this.#next === BUFFER_BYTES) {
			this.#fill(bytes);
			this.#next = 0;
		}
		const at = this.#next;
		this.#next = at + 4;
		const value = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
		// What was given out must not be read again, nor lie about in memory.
		bytes.fill(0, at, at + 4);
		return value;
	}

	below(bound: number): number {
		// Multiples of the bound up to 2^32: what lies above them would favour small numbers.
		const fair = 0x1_0000_0000 - (0x1_0000_0000 % bound);
		let value: number;
		do value = this.int32() >>> 0;
		while (value >= fair);
		return value % bound;
	}
}
