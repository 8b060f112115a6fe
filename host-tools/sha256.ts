import { sha256 } from "@noble/hashes/sha2.js";
import { i32be, putI32be } from "../firmware/bytes.js";
import type { Digest } from "../firmware/ports.js";

/** First 32 bits of the fractional parts of the square roots of 2 to 19 (FIPS 180-4, section 5.3.3). */
const INITIAL: readonly number[] = [
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];
/** Those of the cube roots of the first 64 primes (FIPS 180-4, section 4.2.2). */
const ROUND = Int32Array.of(
	0x428a2f98,
	0x71374491,
	0xb5c0fbcf,
	0xe9b5dba5,
	0x3956c25b,
	0x59f111f1,
	0x923f82a4,
	0xab1c5ed5,
	0xd807aa98,
	0x12835b01,
	0x243185be,
	0x550c7dc3,
	0x72be5d74,
	0x80deb1fe,
	0x9bdc06a7,
	0xc19bf174,
	0xe49b69c1,
	0xefbe4786,
	0x0fc19dc6,
	0x240ca1cc,
	0x2de92c6f,
	0x4a7484aa,
	0x5cb0a9dc,
	0x76f988da,
	0x983e5152,
	0xa831c66d,
	0xb00327c8,
	0xbf597fc7,
	0xc6e00bf3,
	0xd5a79147,
	0x06ca6351,
	0x14292967,
	0x27b70a85,
	0x2e1b2138,
	0x4d2c6dfc,
	0x53380d13,
	0x650a7354,
	0x766a0abb,
	0x81c2c92e,
	0x92722c85,
	0xa2bfe8a1,
	0xa81a664b,
	0xc24b8b70,
	0xc76c51a3,
	0xd192e819,
	0xd6990624,
	0xf40e3585,
	0x106aa070,
	0x19a4c116,
	0x1e376c08,
	0x2748774c,
	0x34b0bcb5,
	0x391c0cb3,
	0x4ed8aa4a,
	0x5b9cca4f,
	0x682e6ff3,
	0x748f82ee,
	0x78a5636f,
	0x84c87814,
	0x8cc70208,
	0x90befffa,
	0xa4506ceb,
	0xbef9a3f7,
	0xc67178f2,
);
const BLOCK_WORDS = 16;
const STATE_WORDS = 8;
/** The longest message that two blocks hold with its padding, in octets. */
const SHORT_BYTES = 2 * 4 * BLOCK_WORDS - 9;
/** Messages that are remembered at once, six to a packet under way: no more, or they would not stay in near caches. */
const PLACES_BITS = 9;
/** Words of one memory: how many of the message, the message as padded, its hash. */
const MEMORY_WORDS = 1 + 2 * BLOCK_WORDS + STATE_WORDS;
/** 2^32 over the golden ratio, odd. */
const SPREAD = 0x9e3779b1 | 0;

/**
 * SHA-256 (FIPS 180-4) for a machine that runs many nodes.
 *
 * What one node hashed to send it, another one soon hashes to verify it: short messages are remembered, and a hash is
 * given again where every octet is the same. Longer ones are @noble/hashes'.
 */
export class HostDigest implements Digest {
	/** Hashes that were computed, those of long messages apart. */
	computed = 0;
	readonly #message = new Int32Array(2 * BLOCK_WORDS);
	readonly #schedule = new Int32Array(64);
	readonly #placesBits: number;
	readonly #memory: Int32Array;
	readonly #hash = new Uint8Array(4 * STATE_WORDS);

	/** `placesBits`: the logarithm of how many messages have a place to be remembered at, from 1 on. */
	constructor(placesBits = PLACES_BITS) {
		this.#placesBits = placesBits;
		this.#memory = new Int32Array(MEMORY_WORDS << placesBits);
	}

	sha256(bytes: Uint8Array, offset: number, end: number): Uint8Array {
		if (end - offset > SHORT_BYTES) return sha256(bytes.subarray(offset, end));
		const words = this.pad(bytes, offset, end);
		const at = this.placeOf(words);
		const state = at + MEMORY_WORDS - STATE_WORDS;
		if (!this.isRemembered(words, at)) this.compute(words, at, state);
		const memory = this.#memory;
		const hash = this.#hash;
		for (let i = 0; i < STATE_WORDS; i++) putI32be(hash, 4 * i, memory[state + i]!);
		return hash;
	}

	/** Writes the padded message; returns its number of words (FIPS 180-4, section 5.1.1). */
	private pad(bytes: Uint8Array, offset: number, end: number): number {
		const message = this.#message;
		let word = 0;
		let at = offset;
		for (; at + 4 <= end; at += 4) message[word++] = i32be(bytes, at);
		let last = 0;
		let shift = 24;
		for (; at < end; at++, shift -= 8) last |= bytes[at]! << shift;
		message[word++] = last | (0x80 << shift);
		const length = end - offset;
		const words = length + 9 > 4 * BLOCK_WORDS ? 2 * BLOCK_WORDS : BLOCK_WORDS;
		while (word < words) message[word++] = 0;
		message[words - 1] = 8 * length;
		return words;
	}

	/** Where a message is remembered if it is: the upper bits of a sum of its words, each times an odd number of its own. */
	private placeOf(words: number): number {
		const message = this.#message;
		let sum = words;
		let factor = SPREAD;
		for (let i = 0; i < words; i++) {
			sum = (sum + Math.imul(message[i]!, factor)) | 0;
			factor = (factor + 2 * SPREAD) | 0;
		}
		return MEMORY_WORDS * (Math.imul(sum ^ (sum >>> 15), SPREAD) >>> (32 - this.#placesBits));
	}

	private isRemembered(words: number, at: number): boolean {
		const message = this.#message;
		const memory = this.#memory;
		if (memory[at] !== words) return false;
		for (let i = 0; i < words; i++) if (memory[at + 1 + i] !== message[i]) return false;
		return true;
	}

	/** Hashes the message to the words at `state`, and remembers it at `at`. */
	private compute(words: number, at: number, state: number): void {
		this.computed++;
		const message = this.#message;
		const memory = this.#memory;
		memory[at] = words;
		for (let i = 0; i < words; i++) memory[at + 1 + i] = message[i]!;
		for (let i = 0; i < STATE_WORDS; i++) memory[state + i] = INITIAL[i]!;
		for (let block = 0; block < words; block += BLOCK_WORDS) {
			expand(message, block, this.#schedule);
			compress(this.#schedule, memory, state);
		}
	}
}

/** The message schedule of one block (FIPS 180-4, section 6.2.2, step 1). */
function expand(message: Int32Array, from: number, w: Int32Array): void {
	for (let i = 0; i < BLOCK_WORDS; i++) w[i] = message[from + i]!;
	for (let i = BLOCK_WORDS; i < ROUND.length; i++) {
		const x = w[i - 15]!;
		const y = w[i - 2]!;
		const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
		const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
		w[i] = (((s1 + w[i - 7]!) | 0) + ((s0 + w[i - 16]!) | 0)) | 0;
	}
}

/** The 64 rounds over the state at `state[at..at + 8)` (FIPS 180-4, section 6.2.2, steps 2 to 4). */
function compress(w: Int32Array, state: Int32Array, at: number): void {
	let a = state[at]!;
	let b = state[at + 1]!;
	let c = state[at + 2]!;
	let d = state[at + 3]!;
	let e = state[at + 4]!;
	let f = state[at + 5]!;
	let g = state[at + 6]!;
	let h = state[at + 7]!;
	for (let i = 0; i < ROUND.length; i++) {
		const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
		const t1 = (((h + s1) | 0) + (((g ^ (e & (f ^ g))) + ((ROUND[i]! + w[i]!) | 0)) | 0)) | 0;
		const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
		const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
		h = g;
		g = f;
		f = e;
		e = (d + t1) | 0;
		d = c;
		c = b;
		b = a;
		a = (t1 + t2) | 0;
	}
	state[at] = state[at]! + a;
	state[at + 1] = state[at + 1]! + b;
	state[at + 2] = state[at + 2]! + c;
	state[at + 3] = state[at + 3]! + d;
	state[at + 4] = state[at + 4]! + e;
	state[at + 5] = state[at + 5]! + f;
	state[at + 6] = state[at + 6]! + g;
	state[at + 7] = state[at + 7]! + h;
}
