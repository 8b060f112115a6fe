import type { BlockCipher, Cipher, Digest } from "../../firmware/ports.js";
import { hostCipher, hostDigest } from "../crypto.js";

/** SHA-256 pads a message with one octet and its length of eight, and takes 64 octets at a time (FIPS 180-4). */
const PADDING_BYTES = 9;
const SHA_BLOCK_BYTES = 64;

/** Cryptography that counts what it does. */
export class Counters {
	/** Blocks of 64 octets that SHA-256 compressed. */
	shaBlocks = 0;
	/** Blocks of 16 octets that AES-128 encrypted. */
	aesBlocks = 0;
	readonly digest: Digest = {
		sha256: (bytes, offset, end) => {
			this.shaBlocks += Math.ceil((end - offset + PADDING_BYTES) / SHA_BLOCK_BYTES);
			return hostDigest.sha256(bytes, offset, end);
		},
	};
	readonly cipher: Cipher = {
		key: (key): BlockCipher => {
			const block = hostCipher.key(key);
			return {
				encrypt: (bytes, offset) => {
					this.aesBlocks++;
					block.encrypt(bytes, offset);
				},
			};
		},
	};

	reset(): void {
		this.shaBlocks = 0;
		this.aesBlocks = 0;
	}
}
