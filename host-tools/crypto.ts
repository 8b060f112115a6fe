import { unsafe } from "@noble/ciphers/aes.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { i32le, putI32le } from "../firmware/bytes.js";
import type { BlockCipher, Cipher, Digest } from "../firmware/ports.js";

/** AES-128 over noble's key schedule and round function, one block in place (FIPS 197). */
class HostBlockCipher implements BlockCipher {
	private readonly roundKeys: Uint32Array;

	constructor(key: Uint8Array) {
		if (key.length !== 16) throw new RangeError(`Cipher.key: expected 16 octets, got ${key.length}`);
		this.roundKeys = unsafe.expandKeyLE(Uint8Array.from(key));
	}

	encrypt(block: Uint8Array, offset: number): void {
		const { s0, s1, s2, s3 } = unsafe.encrypt(
			this.roundKeys,
			i32le(block, offset),
			i32le(block, offset + 4),
			i32le(block, offset + 8),
			i32le(block, offset + 12),
		);
		putI32le(block, offset, s0);
		putI32le(block, offset + 4, s1);
		putI32le(block, offset + 8, s2);
		putI32le(block, offset + 12, s3);
	}
}

/** The Cipher port of a host: AES-128 from @noble/ciphers. Throws a RangeError for a key of another length. */
export const hostCipher: Cipher = {
	key: (key) => new HostBlockCipher(key),
};

/** The Digest port of a host: SHA-256 from @noble/hashes. */
export const hostDigest: Digest = {
	sha256: (bytes, offset, end) => sha256(bytes.subarray(offset, end)),
};
