import type { BlockCipher } from "../ports.js";

const BLOCK_BYTES = 16;
/** The constant of the field of 2^128 elements (RFC 4493, section 2.3). */
const R = 0x87;

/** AES-CMAC under one key (RFC 4493; NIST SP 800-38B). */
export class Cmac {
	/** The code of the last message, 16 octets; valid until the next one. */
	readonly tag = new Uint8Array(BLOCK_BYTES);
	readonly #block: BlockCipher;
	/** For a last block that is whole, and for one that is padded. */
	readonly #whole = new Uint8Array(BLOCK_BYTES);
	readonly #padded = new Uint8Array(BLOCK_BYTES);

	constructor(block: BlockCipher) {
		this.#block = block;
		const zero = new Uint8Array(BLOCK_BYTES);
		block.encrypt(zero, 0);
		double(zero, this.#whole);
		double(this.#whole, this.#padded);
	}

	/** Computes {@link tag} over `bytes[from..to)`. */
	compute(bytes: Uint8Array, from: number, to: number): Uint8Array {
		const { tag } = this;
		tag.fill(0);
		let at = from;
		for (; to - at > BLOCK_BYTES; at += BLOCK_BYTES) {
			for (let i = 0; i < BLOCK_BYTES; i++) tag[i] = tag[i]! ^ bytes[at + i]!;
			this.#block.encrypt(tag, 0);
		}
		const rest = to - at;
		const subkey = rest === BLOCK_BYTES ? this.#whole : this.#padded;
		for (let i = 0; i < rest; i++) tag[i] = tag[i]! ^ bytes[at + i]!;
		if (rest < BLOCK_BYTES) tag[rest] = tag[rest]! ^ 0x80;
		for (let i = 0; i < BLOCK_BYTES; i++) tag[i] = tag[i]! ^ subkey[i]!;
		this.#block.encrypt(tag, 0);
		return tag;
	}
}

/** Doubles in the field: a shift by one bit, and {@link R} for the bit that fell out. */
function double(from: Uint8Array, to: Uint8Array): void {
	for (let i = 0; i < BLOCK_BYTES; i++) to[i] = (from[i]! << 1) | ((from[i + 1] ?? 0) >>> 7);
	if ((from[0]! & 0x80) !== 0) to[BLOCK_BYTES - 1] = to[BLOCK_BYTES - 1]! ^ R;
}
