import { AddressMode, type LinkAddress } from "../address.js";
import { copyBytes } from "../bytes.js";
import type { ContextTable } from "./context-table.js";
import type { DecompressDrop } from "./decompressed.js";

/** In-line octets of SAM and unicast DAM 00 to 11 (RFC 6282, section 3.1.1). */
const UNICAST_BYTES: readonly number[] = [16, 8, 2, 0];
/** In-line octets of DAM 00 to 11 with M = 1, DAC = 0. */
const MULTICAST_BYTES: readonly number[] = [16, 6, 4, 1];
/** In-line octets of a multicast address based on a unicast prefix: M = 1, DAC = 1, DAM = 00. */
const PREFIX_MULTICAST_BYTES = 6;
/** Longest prefix in such an address, in bits (RFC 3306, section 4). */
const PREFIX_MULTICAST_BITS = 64;

/**
 * Writes the interface identifier that an elided address stands for (RFC 6282, section 3.2.2).
 *
 * It comes from the encapsulating IPv6 address at `outerOffset` of `outer`, or from the link-layer
 * address when `outerOffset` is negative or that address is multicast, which has no interface
 * identifier. Returns whether there is one.
 */
export function writeElidedInterfaceId(
	link: LinkAddress,
	outer: Uint8Array,
	outerOffset: number,
	out: Uint8Array,
	offset: number,
): boolean {
	if (outerOffset >= 0 && outer[outerOffset] !== 0xff) {
		for (let i = 0; i < 8; i++) out[offset + i] = outer[outerOffset + 8 + i] as number;
		return true;
	}
	if (link.mode !== AddressMode.short && link.mode !== AddressMode.extended) return false;
	link.writeInterfaceId(out, offset);
	return true;
}

/** Writes fe80::/64 (the prefix alone, 8 octets). */
export function writeLinkLocalPrefix(out: Uint8Array, offset: number): void {
	out.fill(0, offset, offset + 8);
	out[offset] = 0xfe;
	out[offset + 1] = 0x80;
}

/**
 * Decompresses a unicast address to `out[outOffset..outOffset + 16)`; returns the next input offset.
 *
 * `mode` is SAM or DAM; `cid` is the context, -1 for stateless compression.
 */
export function decodeUnicast(
	mode: number,
	cid: number,
	bytes: Uint8Array,
	offset: number,
	end: number,
	contexts: ContextTable,
	link: LinkAddress,
	outerOffset: number,
	out: Uint8Array,
	outOffset: number,
): number | DecompressDrop {
	const inline = UNICAST_BYTES[mode] as number;
	const next = offset + inline;
	if (next > end) return "header-truncated";
	if (mode === 0) {
		copyBytes(bytes, offset, out, outOffset, 16);
		return next;
	}
	if (cid >= 0 && !contexts.has(cid)) return "unknown-context";
	if (cid < 0) writeLinkLocalPrefix(out, outOffset);
	else out.fill(0, outOffset, outOffset + 8);
	const iid = outOffset + 8;
	if (mode === 1) copyBytes(bytes, offset, out, iid, 8);
	else if (mode === 2) {
		out.fill(0, iid, iid + 8);
		out[iid + 3] = 0xff;
		out[iid + 4] = 0xfe;
		out[iid + 6] = bytes[offset] as number;
		out[iid + 7] = bytes[offset + 1] as number;
	} else if (!writeElidedInterfaceId(link, out, outerOffset, out, iid)) return "no-link-address";
	if (cid >= 0) contexts.apply(cid, out, outOffset);
	return next;
}

/** Decompresses a multicast destination; arguments as for {@link decodeUnicast}. */
export function decodeMulticast(
	mode: number,
	cid: number,
	bytes: Uint8Array,
	offset: number,
	end: number,
	contexts: ContextTable,
	out: Uint8Array,
	outOffset: number,
): number | DecompressDrop {
	if (cid >= 0) return decodePrefixMulticast(mode, cid, bytes, offset, end, contexts, out, outOffset);
	const inline = MULTICAST_BYTES[mode] as number;
	const next = offset + inline;
	if (next > end) return "header-truncated";
	if (mode === 0) {
		copyBytes(bytes, offset, out, outOffset, 16);
		return next;
	}
	out.fill(0, outOffset, outOffset + 16);
	out[outOffset] = 0xff;
	let at = offset;
	out[outOffset + 1] = mode === 3 ? 0x02 : (bytes[at++] as number);
	copyBytes(bytes, at, out, outOffset + 16 - (next - at), next - at);
	return next;
}

/** FFXX:XXLL:PPPP:PPPP:PPPP:PPPP:XXXX:XXXX, where the context gives LL and P (RFC 6282, 3.1.1). */
function decodePrefixMulticast(
	mode: number,
	cid: number,
	bytes: Uint8Array,
	offset: number,
	end: number,
	contexts: ContextTable,
	out: Uint8Array,
	outOffset: number,
): number | DecompressDrop {
	if (mode !== 0) return "reserved-address-mode";
	const next = offset + PREFIX_MULTICAST_BYTES;
	if (next > end) return "header-truncated";
	if (!contexts.has(cid)) return "unknown-context";
	writePrefixMulticast(cid, contexts, out, outOffset);
	out[outOffset + 1] = bytes[offset] as number;
	out[outOffset + 2] = bytes[offset + 1] as number;
	copyBytes(bytes, offset + 2, out, outOffset + 12, 4);
	return next;
}

/** Writes the octets of a unicast-prefix-based multicast address that context `cid` determines. */
export function writePrefixMulticast(
	cid: number,
	contexts: ContextTable,
	out: Uint8Array,
	offset: number,
): void {
	out.fill(0, offset, offset + 16);
	out[offset] = 0xff;
	out[offset + 3] = Math.min(contexts.lengthBits(cid), PREFIX_MULTICAST_BITS);
	copyBytes(contexts.prefixes, cid * 16, out, offset + 4, 8);
}
