import { i32le, putI32le } from "../firmware/bytes.js";
import type { BlockCipher, Cipher } from "../firmware/ports.js";

/** SubBytes of each octet (FIPS 197, section 5.1.1). */
const SBOX = new Uint8Array(256);
/** SubBytes and MixColumns of an octet in rows 0 to 3 of its column, 1 kB each: they stay in the nearest cache. */
const ROW_0 = new Int32Array(256);
const ROW_1 = new Int32Array(256);
const ROW_2 = new Int32Array(256);
const ROW_3 = new Int32Array(256);
fillTables();

const KEY_BYTES = 16;
const ROUND_KEY_WORDS = 44;
/** Keys that are at hand at once, each shared by the nodes at both ends of a link. */
const KEYS_BITS = 12;
/** Blocks that are remembered at once, some fifty to a packet under way: no more, or they would not stay in near caches. */
const PLACES_BITS = 11;
/** Words of one memory: the number of the key, the block, and the block enciphered. */
const MEMORY_WORDS = 9;
/** 2^32 over the golden ratio, odd, and three more odd numbers. */
const SPREAD = 0x9e3779b1 | 0;
const SPREAD_1 = 0x85ebca6b | 0;
const SPREAD_2 = 0xc2b2ae35 | 0;
const SPREAD_3 = 0x27d4eb2f | 0;

/**
 * AES-128 (FIPS 197) for a machine that runs many nodes.
 *
 * The nodes at both ends of a link hold one key and encipher the same blocks, one to make a code and the other to verify
 * it: blocks are remembered, and given again where key and block are the same.
 */
export class HostCipher implements Cipher {
	readonly #keys: (HostBlockCipher | undefined)[] = [];
	#made = 0;
	readonly #memory: BlockMemory;

	/** `placesBits`: the logarithm of how many blocks have a place to be remembered at, from 1 on. */
	constructor(placesBits = PLACES_BITS) {
		this.#memory = new BlockMemory(placesBits);
	}

	/** Blocks that were enciphered, those that were remembered apart. */
	get computed(): number {
		return this.#memory.computed;
	}

	/** Throws a RangeError for a key of another length than 16 octets. */
	key(key: Uint8Array): BlockCipher {
		if (key.length !== KEY_BYTES) throw new RangeError(`Cipher.key: expected 16 octets, got ${key.length}`);
		const place = mix(i32le(key, 0), i32le(key, 4), i32le(key, 8), i32le(key, 12)) >>> (32 - KEYS_BITS);
		const known = this.#keys[place];
		if (known?.isOf(key) === true) return known;
		return (this.#keys[place] = new HostBlockCipher(this.#memory, ++this.#made, key));
	}
}

class BlockMemory {
	readonly words: Int32Array;
	computed = 0;
	readonly #placesBits: number;

	constructor(placesBits: number) {
		this.#placesBits = placesBits;
		this.words = new Int32Array(MEMORY_WORDS << placesBits);
	}

	/** Where a block is remembered if it is: what {@link mix} made of it. */
	placeOf(mixed: number): number {
		return MEMORY_WORDS * (mixed >>> (32 - this.#placesBits));
	}
}

class HostBlockCipher implements BlockCipher {
	readonly #memory: BlockMemory;
	/** Never 0, and no other key's. */
	readonly #number: number;
	readonly #roundKeys: Int32Array;

	constructor(memory: BlockMemory, number: number, key: Uint8Array) {
		this.#memory = memory;
		this.#number = number;
		this.#roundKeys = expand(key);
	}

	/** Whether this enciphers under `key`, which the schedule begins with. */
	isOf(key: Uint8Array): boolean {
		for (let i = 0; i < 4; i++) if (this.#roundKeys[i] !== i32le(key, 4 * i)) return false;
		return true;
	}

	encrypt(block: Uint8Array, offset: number): void {
		const memory = this.#memory.words;
		const a = i32le(block, offset);
		const b = i32le(block, offset + 4);
		const c = i32le(block, offset + 8);
		const d = i32le(block, offset + 12);
		const at = this.#memory.placeOf(mix(a, b, c, d ^ this.#number));
		const isRemembered =
			memory[at] === this.#number &&
			memory[at + 1] === a &&
			memory[at + 2] === b &&
			memory[at + 3] === c &&
			memory[at + 4] === d;
		if (!isRemembered) {
			this.#memory.computed++;
			memory[at] = this.#number;
			memory[at + 1] = a;
			memory[at + 2] = b;
			memory[at + 3] = c;
			memory[at + 4] = d;
			encipher(this.#roundKeys, a, b, c, d, memory, at + 5);
		}
		for (let i = 0; i < 4; i++) putI32le(block, offset + 4 * i, memory[at + 5 + i]!);
	}
}

/** The key of each round, column by column (FIPS 197, section 5.2). */
function expand(key: Uint8Array): Int32Array {
	const keys = new Int32Array(ROUND_KEY_WORDS);
	for (let i = 0; i < 4; i++) keys[i] = i32le(key, 4 * i);
	let constant = 1;
	for (let i = 4; i < ROUND_KEY_WORDS; i++) {
		let word = keys[i - 1]!;
		if ((i & 3) === 0) {
			const turned = (word >>> 8) | (word << 24);
			word = lastRound(turned, turned, turned, turned) ^ constant;
			constant = double(constant);
		}
		keys[i] = keys[i - 4]! ^ word;
	}
	return keys;
}

/** One block, its columns a to d, to four words at `out[at..at + 4)` (FIPS 197, section 5.1). */
function encipher(
	keys: Int32Array,
	a: number,
	b: number,
	c: number,
	d: number,
	out: Int32Array,
	at: number,
): void {
	let s0 = a ^ keys[0]!;
	let s1 = b ^ keys[1]!;
	let s2 = c ^ keys[2]!;
	let s3 = d ^ keys[3]!;
	for (let i = 4; i < ROUND_KEY_WORDS - 4; i += 4) {
		const t0 = round(s0, s1, s2, s3) ^ keys[i]!;
		const t1 = round(s1, s2, s3, s0) ^ keys[i + 1]!;
		const t2 = round(s2, s3, s0, s1) ^ keys[i + 2]!;
		const t3 = round(s3, s0, s1, s2) ^ keys[i + 3]!;
		s0 = t0;
		s1 = t1;
		s2 = t2;
		s3 = t3;
	}
	out[at] = lastRound(s0, s1, s2, s3) ^ keys[ROUND_KEY_WORDS - 4]!;
	out[at + 1] = lastRound(s1, s2, s3, s0) ^ keys[ROUND_KEY_WORDS - 3]!;
	out[at + 2] = lastRound(s2, s3, s0, s1) ^ keys[ROUND_KEY_WORDS - 2]!;
	out[at + 3] = lastRound(s3, s0, s1, s2) ^ keys[ROUND_KEY_WORDS - 1]!;
}

/** SubBytes, ShiftRows and MixColumns for the column of which `p` gives row 0, and the next ones rows 1 to 3. */
function round(p: number, q: number, r: number, s: number): number {
	return ROW_0[p & 0xff]! ^ ROW_1[(q >>> 8) & 0xff]! ^ ROW_2[(r >>> 16) & 0xff]! ^ ROW_3[s >>> 24]!;
}

/** The same without MixColumns. */
function lastRound(p: number, q: number, r: number, s: number): number {
	return (
		SBOX[p & 0xff]! |
		(SBOX[(q >>> 8) & 0xff]! << 8) |
		(SBOX[(r >>> 16) & 0xff]! << 16) |
		(SBOX[s >>> 24]! << 24)
	);
}

function mix(a: number, b: number, c: number, d: number): number {
	const first = (Math.imul(a, SPREAD) + Math.imul(b, SPREAD_1)) | 0;
	const sum = (((first + Math.imul(c, SPREAD_2)) | 0) + Math.imul(d, SPREAD_3)) | 0;
	return Math.imul(sum ^ (sum >>> 15), SPREAD);
}

/** Doubles in the field of 256 elements (FIPS 197, section 4.2.1). */
function double(octet: number): number {
	return (octet << 1) ^ ((octet & 0x80) === 0 ? 0 : 0x11b);
}

/** The S-box, an inverse in the field and an affine map; then what each round looks up. */
function fillTables(): void {
	let power = 1;
	let inverse = 1;
	SBOX[0] = 0x63;
	do {
		// `power` times 3; `inverse` over 3, which is times 0xf6.
		power ^= double(power);
		inverse ^= inverse << 1;
		inverse ^= inverse << 2;
		inverse ^= inverse << 4;
		inverse &= 0xff;
		if ((inverse & 0x80) !== 0) inverse ^= 0x09;
		const spread = inverse * 0x101;
		SBOX[power] = (inverse ^ (spread >>> 7) ^ (spread >>> 6) ^ (spread >>> 5) ^ (spread >>> 4) ^ 0x63) & 0xff;
	} while (power !== 1);
	for (let i = 0; i < 256; i++) {
		const octet = SBOX[i]!;
		const twice = double(octet);
		const word = twice | (octet << 8) | (octet << 16) | ((twice ^ octet) << 24);
		ROW_0[i] = word;
		ROW_1[i] = (word << 8) | (word >>> 24);
		ROW_2[i] = (word << 16) | (word >>> 16);
		ROW_3[i] = (word << 24) | (word >>> 8);
	}
}
