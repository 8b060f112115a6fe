/** A key that `host.aesKey` has expanded. */
interface XsAesKey {
	readonly brand: unique symbol;
}

/** What the workbench gives a machine on XS; `test/xs/host/natives.c` implements it. */
interface XsHost {
	/** Registers the function that takes calls. `bytes` is reused: it is valid only during the call. */
	onCall(take: (bytes: Uint8Array, length: number) => void): void;
	/** Says `bytes[0..length)`. */
	post(bytes: Uint8Array, length: number): void;
	/** Asks `bytes[0..length)`; the answer is stored in `into`. Returns its length. */
	query(bytes: Uint8Array, length: number, into: Uint8Array): number;
	/** SHA-256 of `bytes[offset..end)`, to the first 32 octets of `into`. */
	sha256(bytes: Uint8Array, offset: number, end: number, into: Uint8Array): void;
	/** Expands a key of 16 octets. */
	aesKey(key: Uint8Array): XsAesKey;
	/** Encrypts 16 octets in place. */
	aesEncrypt(key: XsAesKey, block: Uint8Array, offset: number): void;
	/** Writes a line to the standard error of the host. */
	print(text: string): void;
}

declare const host: XsHost;
