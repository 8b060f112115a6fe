/**
 * The 16-bit frame check sequence of IEEE 802.15.4 (IEEE 802.15.4-2020, 7.2.11): the ITU-T CRC-16,
 * generator x^16 + x^12 + x^5 + 1, remainder 0 at the start, least significant bit first.
 */

/** Remainders of one octet with 0 (first table) to 3 (last table) zero octets behind it. */
const TABLES = [0, 1, 2, 3].map(() => new Uint16Array(256));
const [TABLE_0, TABLE_1, TABLE_2, TABLE_3] = TABLES as [Uint16Array, Uint16Array, Uint16Array, Uint16Array];

for (let octet = 0; octet < 256; octet++) {
	let remainder = octet;
	for (const table of TABLES) {
		for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ ((remainder & 1) * 0x8408);
		table[octet] = remainder;
	}
}

/**
 * The FCS of `bytes[offset..end)`, 0 to 0xffff; it goes on the air low octet first.
 *
 * `start`: the remainder to begin with, which is not 0 in other protocols of this generator.
 */
export function fcs16(bytes: Uint8Array, offset: number, end: number, start = 0): number {
	let remainder = start;
	let i = offset;
	// Four octets a step: the next one waits for one table look-up instead of four in a row.
	for (; i + 4 <= end; i += 4) {
		remainder =
			(TABLE_3[(remainder & 0xff) ^ (bytes[i] as number)] as number) ^
			(TABLE_2[(remainder >>> 8) ^ (bytes[i + 1] as number)] as number) ^
			(TABLE_1[bytes[i + 2] as number] as number) ^
			(TABLE_0[bytes[i + 3] as number] as number);
	}
	for (; i < end; i++) {
		remainder = (remainder >>> 8) ^ (TABLE_0[(remainder & 0xff) ^ (bytes[i] as number)] as number);
	}
	return remainder;
}

/** Whether the last two octets of `psdu[0..end)` are the FCS of those before; false below 2 octets. */
export function hasGoodFcs(psdu: Uint8Array, end: number = psdu.length): boolean {
	if (end < 2) return false;
	return fcs16(psdu, 0, end - 2) === ((psdu[end - 2] as number) | ((psdu[end - 1] as number) << 8));
}

/**
 * Writes the FCS of `psdu[0..end - 2)` into the two octets at `end - 2`.
 *
 * Throws a RangeError when `end` is below 2 or past the array.
 */
export function putFcs(psdu: Uint8Array, end: number): void {
	if (!(end >= 2 && end <= psdu.length)) {
		throw new RangeError(`putFcs: expected end from 2 to ${psdu.length}, got ${end}`);
	}
	const fcs = fcs16(psdu, 0, end - 2);
	psdu[end - 2] = fcs;
	psdu[end - 1] = fcs >>> 8;
}
