/**
 * One bank of non-volatile memory for small named blobs: names of 1 to 15 characters, as in a namespace of ESP-IDF's NVS.
 *
 * A power cut in the midst of a write leaves under the name what was there before, the new octets, or nothing: Moddable's
 * preferences erase an entry before they write it.
 */
export interface Flash {
	/** The octets under a name; undefined for none. Throws an Error when they cannot be read. */
	read(name: string): Uint8Array | undefined;
	/** Puts octets under a name, in place of those before. Throws an Error when there is no room, or the memory fails. */
	write(name: string, bytes: Uint8Array): void;
	/** Takes a name away, if it is there. Throws an Error when the memory fails. */
	remove(name: string): void;
}

/** Two banks that share no name: of each blob, one holds the newest and the other the one before. */
export type FlashBanks = readonly [Flash, Flash];
