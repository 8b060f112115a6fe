/**
 * Big-endian and little-endian integers in byte arrays.
 *
 * Callers have checked the bounds: reading past the end gives 0, which is why
 * every codec compares offsets with `end` before it reads.
 */

/** Reads one octet. */
export function u8(bytes: Uint8Array, offset: number): number {
	return bytes[offset] as number;
}

/** Reads a 16-bit big-endian integer (IETF headers). */
export function u16be(bytes: Uint8Array, offset: number): number {
	return ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
}

/** Reads a 16-bit little-endian integer (IEEE 802.15.4 headers). */
export function u16le(bytes: Uint8Array, offset: number): number {
	return (bytes[offset] as number) | ((bytes[offset + 1] as number) << 8);
}

/** Reads 32 bits, big-endian, as a signed integer: it stays a small integer in both engines. */
export function i32be(bytes: Uint8Array, offset: number): number {
	return (
		((bytes[offset] as number) << 24) |
		((bytes[offset + 1] as number) << 16) |
		((bytes[offset + 2] as number) << 8) |
		(bytes[offset + 3] as number)
	);
}

/** Reads 32 bits, little-endian, as a signed integer. */
export function i32le(bytes: Uint8Array, offset: number): number {
	return (
		(bytes[offset] as number) |
		((bytes[offset + 1] as number) << 8) |
		((bytes[offset + 2] as number) << 16) |
		((bytes[offset + 3] as number) << 24)
	);
}

/** Writes 16 bits, big-endian. */
export function putU16be(bytes: Uint8Array, offset: number, value: number): void {
	bytes[offset] = value >>> 8;
	bytes[offset + 1] = value;
}

/** Writes 16 bits, little-endian. */
export function putU16le(bytes: Uint8Array, offset: number, value: number): void {
	bytes[offset] = value;
	bytes[offset + 1] = value >>> 8;
}

/** Writes 32 bits, big-endian. */
export function putI32be(bytes: Uint8Array, offset: number, value: number): void {
	bytes[offset] = value >>> 24;
	bytes[offset + 1] = value >>> 16;
	bytes[offset + 2] = value >>> 8;
	bytes[offset + 3] = value;
}

/** Writes 32 bits, little-endian. */
export function putI32le(bytes: Uint8Array, offset: number, value: number): void {
	bytes[offset] = value;
	bytes[offset + 1] = value >>> 8;
	bytes[offset + 2] = value >>> 16;
	bytes[offset + 3] = value >>> 24;
}

/** From this length on a copy is made through a view. */
const VIEWED_BYTES = 64;

/** Copies `length` octets; short copies in a loop, four at a time, since a view costs more than the bytes. */
export function copyBytes(
	from: Uint8Array,
	fromOffset: number,
	to: Uint8Array,
	toOffset: number,
	length: number,
): void {
	if (length >= VIEWED_BYTES) {
		to.set(from.subarray(fromOffset, fromOffset + length), toOffset);
		return;
	}
	let i = 0;
	for (; i + 4 <= length; i += 4) {
		to[toOffset + i] = from[fromOffset + i] as number;
		to[toOffset + i + 1] = from[fromOffset + i + 1] as number;
		to[toOffset + i + 2] = from[fromOffset + i + 2] as number;
		to[toOffset + i + 3] = from[fromOffset + i + 3] as number;
	}
	for (; i < length; i++) to[toOffset + i] = from[fromOffset + i] as number;
}

/** Whether two ranges hold the same octets. */
export function equalBytes(
	a: Uint8Array,
	aOffset: number,
	b: Uint8Array,
	bOffset: number,
	length: number,
): boolean {
	for (let i = 0; i < length; i++) if (a[aOffset + i] !== b[bOffset + i]) return false;
	return true;
}
