/**
 * Non-volatile memory for small named blobs, as ESP-IDF's NVS is: names of 1 to 15 characters.
 *
 * Each write is atomic: after a power cut in its midst the name holds what it held before, or the new octets. NVS writes
 * the new entry first and then marks the old one as erased; what it finds twice at its start it puts right.
 */
export interface Flash {
	/** The octets under a name; undefined for none. Throws an Error when they cannot be read. */
	read(name: string): Uint8Array | undefined;
	/** Puts octets under a name, in place of those before. Throws an Error when there is no room, or the memory fails. */
	write(name: string, bytes: Uint8Array): void;
	/** Takes a name away, if it is there. Throws an Error when the memory fails. */
	remove(name: string): void;
}
