/**
 * CRC-32 of `bytes[offset..end)` (ISO/IEC 3309, as in Ethernet and gzip), 0 to 2^32 - 1.
 *
 * `before`: the CRC of what stands before these octets. Bit by bit: blobs are small, and a table would cost more memory
 * than the node has to give.
 */
export function crc32(bytes: Uint8Array, offset: number, end: number, before = 0): number {
	let remainder = ~before;
	for (let i = offset; i < end; i++) {
		remainder ^= bytes[i] as number;
		for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (0xedb88320 & -(remainder & 1));
	}
	return ~remainder >>> 0;
}
