import { copyBytes, putI32be } from "../bytes.js";
import type { BlockCipher } from "../ports.js";

/** Octets of a CCM* nonce: EUI-64 (8), frame counter (4), security level (1). */
export const NONCE_BYTES = 13;

const BLOCK_BYTES = 16;

/**
 * Writes the nonce of a frame, 13 octets (IEEE 802.15.4-2020, 9.3.3.1).
 *
 * `high` and `low` are the halves of the sender's EUI-64 in network order, `frameCounter` 0 to 2^32 - 1.
 */
export function putNonce(
	nonce: Uint8Array,
	high: number,
	low: number,
	frameCounter: number,
	level: number,
): void {
	putI32be(nonce, 0, high);
	putI32be(nonce, 4, low);
	putI32be(nonce, 8, frameCounter | 0);
	nonce[12] = level;
}

/**
 * CCM* with a 13-octet nonce and a 2-octet length field (IEEE 802.15.4-2020, annex B; for MICs of 4 to
 * 16 octets it is CCM of NIST SP 800-38C and RFC 3610).
 *
 * Works in place on one array: associated data `bytes[aad..message)`, message `bytes[message..end)`, MIC
 * from `end` on. MIC lengths are 0, 4, 6, 8, 10, 12, 14 or 16; 0 encrypts without authentication.
 */
export class Ccm {
	private readonly block: BlockCipher;
	/** CBC-MAC state, then the MIC. */
	private readonly tag = new Uint8Array(BLOCK_BYTES);
	private readonly keystream = new Uint8Array(BLOCK_BYTES);

	constructor(block: BlockCipher) {
		this.block = block;
	}

	/** Encrypts the message and writes the MIC behind it; returns the offset after the MIC. */
	seal(
		nonce: Uint8Array,
		bytes: Uint8Array,
		aad: number,
		message: number,
		end: number,
		micLength: number,
	): number {
		this.check(nonce, bytes, aad, message, end, micLength);
		if (micLength > 0) this.authenticate(nonce, bytes, aad, message, end, micLength);
		this.crypt(nonce, bytes, message, end);
		for (let i = 0; i < micLength; i++) bytes[end + i] = this.tag[i] as number;
		return end + micLength;
	}

	/**
	 * Decrypts the message and verifies the MIC behind it; returns whether it holds.
	 *
	 * When it does not, the message is zeroed: nobody sees what was not verified.
	 */
	open(
		nonce: Uint8Array,
		bytes: Uint8Array,
		aad: number,
		message: number,
		end: number,
		micLength: number,
	): boolean {
		this.check(nonce, bytes, aad, message, end, micLength);
		this.crypt(nonce, bytes, message, end);
		if (micLength === 0) return true;
		this.authenticate(nonce, bytes, aad, message, end, micLength);
		let difference = 0;
		for (let i = 0; i < micLength; i++) difference |= (this.tag[i] as number) ^ (bytes[end + i] as number);
		if (difference === 0) return true;
		bytes.fill(0, message, end);
		return false;
	}

	private check(
		nonce: Uint8Array,
		bytes: Uint8Array,
		aad: number,
		message: number,
		end: number,
		micLength: number,
	): void {
		if (nonce.length !== NONCE_BYTES) {
			throw new RangeError(`Ccm: expected a nonce of ${NONCE_BYTES} octets, got ${nonce.length}`);
		}
		if (!(micLength >= 0 && micLength <= 16 && micLength !== 2 && (micLength & 1) === 0)) {
			throw new RangeError(`Ccm: expected micLength 0, 4, 6, 8, 10, 12, 14 or 16, got ${micLength}`);
		}
		if (!(aad >= 0 && aad <= message && message <= end && end + micLength <= bytes.length)) {
			throw new RangeError(
				`Ccm: expected 0 <= aad <= message <= end <= ${bytes.length - micLength}, got ${aad}, ${message}, ${end}`,
			);
		}
		if (message - aad >= 0xff00 || end - message > 0xffff) {
			throw new RangeError(
				`Ccm: expected below 65280 and 65536 octets, got ${message - aad}, ${end - message}`,
			);
		}
	}

	private authenticate(
		nonce: Uint8Array,
		bytes: Uint8Array,
		aad: number,
		message: number,
		end: number,
		micLength: number,
	): void {
		const { tag, block } = this;
		const aadLength = message - aad;
		const length = end - message;
		tag[0] = (aadLength > 0 ? 0x40 : 0) | ((micLength - 2) << 2) | 1;
		copyBytes(nonce, 0, tag, 1, NONCE_BYTES);
		tag[14] = length >>> 8;
		tag[15] = length;
		block.encrypt(tag, 0);
		if (aadLength > 0) {
			tag[0] = (tag[0] as number) ^ (aadLength >>> 8);
			tag[1] = (tag[1] as number) ^ (aadLength & 0xff);
			this.mac(bytes, aad, message, 2);
		}
		this.mac(bytes, message, end, 0);
		this.loadKeystream(nonce, 0);
		for (let i = 0; i < BLOCK_BYTES; i++) tag[i] = (tag[i] as number) ^ (this.keystream[i] as number);
	}

	/** Adds octets to the CBC-MAC, the first at `position` of the block, and pads the last block. */
	private mac(bytes: Uint8Array, from: number, end: number, position: number): void {
		const { tag, block } = this;
		let at = position;
		for (let i = from; i < end; i++) {
			tag[at] = (tag[at] as number) ^ (bytes[i] as number);
			if (++at === BLOCK_BYTES) {
				block.encrypt(tag, 0);
				at = 0;
			}
		}
		if (at > 0) block.encrypt(tag, 0);
	}

	private loadKeystream(nonce: Uint8Array, counter: number): void {
		const { keystream } = this;
		keystream[0] = 1;
		copyBytes(nonce, 0, keystream, 1, NONCE_BYTES);
		keystream[14] = counter >>> 8;
		keystream[15] = counter;
		this.block.encrypt(keystream, 0);
	}

	/** Encrypts or decrypts in place. */
	private crypt(nonce: Uint8Array, bytes: Uint8Array, from: number, end: number): void {
		for (let start = from, counter = 1; start < end; start += BLOCK_BYTES, counter++) {
			this.loadKeystream(nonce, counter);
			const length = Math.min(BLOCK_BYTES, end - start);
			for (let i = 0; i < length; i++) {
				bytes[start + i] = (bytes[start + i] as number) ^ (this.keystream[i] as number);
			}
		}
	}
}
