import type { BlockCipher, Cipher, Digest } from "../../../firmware/ports.js";

/** SHA-256 and AES-128 as the machine's host has them in C, in the place of a chip's. */
export class NativeCrypto implements Digest, Cipher {
	readonly #hash = new Uint8Array(32);

	sha256(bytes: Uint8Array, offset: number, end: number): Uint8Array {
		host.sha256(bytes, offset, end, this.#hash);
		return this.#hash;
	}

	key(key: Uint8Array): BlockCipher {
		const handle = host.aesKey(key);
		return { encrypt: (block, offset) => host.aesEncrypt(handle, block, offset) };
	}
}
