import type { BlockCipher } from "../ports.js";

/** Octets of a block of AES, and of a code. */
export const BLOCK_BYTES = 16;
/** The constant of the field of 2^128 elements (RFC 4493, section 2.3). */
const R = 0x87;

/** AES-CMAC under one key (RFC 4493; NIST SP 800-38B). */
export class Cmac {
	/** The code of the last message, 16 octets; valid until the next one of those that share it. */
	readonly tag: Uint8Array;
	readonly #block: BlockCipher;
	/** For a last block that is whole, and behind it for one that is padded. */
	readonly #subkeys = new Uint8Array(2 * BLOCK_BYTES);

	/** `tag`: room for 16 octets, which many keys may share. */
	constructor(block: BlockCipher, tag: Uint8Array = new Uint8Array(BLOCK_BYTES)) {
		this.#block = block;
		this.tag = tag;
		tag.fill(0);
		block.encrypt(tag, 0);
		double(tag, 0, this.#subkeys, 0);
		double(this.#subkeys, 0, this.#subkeys, BLOCK_BYTES);
	}

	/** Computes {@link tag} over `bytes[from..to)`. */
	compute(bytes: Uint8Array, from: number, to: number): Uint8Array {
		const { tag } = this;
		const block = this.#block;
		let at = from;
		if (to - at > BLOCK_BYTES) {
			for (let i = 0; i < BLOCK_BYTES; i++) tag[i] = bytes[at + i]!;
			block.encrypt(tag, 0);
			at += BLOCK_BYTES;
		} else tag.fill(0);
		for (; to - at > BLOCK_BYTES; at += BLOCK_BYTES) {
			for (let i = 0; i < BLOCK_BYTES; i++) tag[i] = tag[i]! ^ bytes[at + i]!;
			block.encrypt(tag, 0);
		}
		const rest = to - at;
		const subkeys = this.#subkeys;
		const subkey = rest === BLOCK_BYTES ? 0 : BLOCK_BYTES;
		for (let i = 0; i < rest; i++) tag[i] = tag[i]! ^ bytes[at + i]! ^ subkeys[subkey + i]!;
		for (let i = rest; i < BLOCK_BYTES; i++) tag[i] = tag[i]! ^ subkeys[subkey + i]!;
		if (rest < BLOCK_BYTES) tag[rest] = tag[rest]! ^ 0x80;
		block.encrypt(tag, 0);
		return tag;
	}
}

/** Doubles in the field: a shift by one bit, and {@link R} for the bit that fell out. */
function double(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number): void {
	const last = BLOCK_BYTES - 1;
	for (let i = 0; i < last; i++) to[toAt + i] = (from[fromAt + i]! << 1) | (from[fromAt + i + 1]! >>> 7);
	to[toAt + last] = (from[fromAt + last]! << 1) ^ ((from[fromAt]! & 0x80) !== 0 ? R : 0);
}
