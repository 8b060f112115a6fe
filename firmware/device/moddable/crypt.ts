import { BlockCipher as CryptCipher, Digest as CryptDigest } from "crypt";
import type { BlockCipher, Cipher, Digest } from "../../ports.js";

const BLOCK_BYTES = 16;

/** SHA-256 by Moddable's native code. */
export class NativeDigest implements Digest {
	readonly #digest = new CryptDigest("SHA256");

	sha256(bytes: Uint8Array, offset: number, end: number): Uint8Array {
		const digest = this.#digest;
		digest.reset();
		digest.write(offset === 0 && end === bytes.length ? bytes : bytes.subarray(offset, end));
		return new Uint8Array(digest.close());
	}
}

/** AES-128 by Moddable's native code. */
export class NativeCipher implements Cipher {
	key(key: Uint8Array): BlockCipher {
		// A copy: the native code takes the whole buffer, of which the key may be a part.
		return new NativeBlockCipher(new CryptCipher("AES", key.slice().buffer as ArrayBuffer));
	}
}

class NativeBlockCipher implements BlockCipher {
	readonly #cipher: CryptCipher;
	/** For blocks that do not fill a buffer: the native code works from the start of one. */
	#scratch: Uint8Array | undefined;

	constructor(cipher: CryptCipher) {
		this.#cipher = cipher;
	}

	encrypt(block: Uint8Array, offset: number): void {
		if (offset === 0 && block.byteOffset === 0) {
			const buffer = block.buffer as ArrayBuffer;
			this.#cipher.encrypt(buffer, buffer);
			return;
		}
		const scratch = (this.#scratch ??= new Uint8Array(BLOCK_BYTES));
		for (let index = 0; index < BLOCK_BYTES; index++) scratch[index] = block[offset + index]!;
		const buffer = scratch.buffer as ArrayBuffer;
		this.#cipher.encrypt(buffer, buffer);
		for (let index = 0; index < BLOCK_BYTES; index++) block[offset + index] = scratch[index]!;
	}
}
