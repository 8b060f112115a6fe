/** Bits of the second octet of a compressed header (RFC 6282, section 3.1.1). */
const CID = 0x80;
const SAC = 0x40;
const SAM = 0x30;
const DAC = 0x04;

/**
 * Numbers of the contexts from which the addresses of a compressed header at `offset` are made.
 *
 * Needs the header's two octets; without a context identifier extension the number is 0 (RFC 6282, section 3.1.2).
 */
export function iphcContexts(bytes: Uint8Array, offset: number): number[] {
	const flags = bytes[offset + 1]!;
	const ids = (flags & CID) === 0 ? 0 : (bytes[offset + 2] ?? 0);
	const used: number[] = [];
	// With mode 0 the source is the unspecified address, which needs none.
	if ((flags & SAC) !== 0 && (flags & SAM) !== 0) used.push(ids >>> 4);
	if ((flags & DAC) !== 0) used.push(ids & 0xf);
	return used;
}
