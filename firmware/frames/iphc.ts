import type { LinkAddress } from "../address.js";
import { putU16be } from "../bytes.js";
import type { ContextTable } from "./context-table.js";
import { type DecompressDrop, Decompressed, MAX_NESTED } from "./decompressed.js";
import { decodeMulticast, decodeUnicast } from "./iphc-address.js";
import { IPV6_BYTES } from "./ipv6.js";
import { Dispatch } from "./lowpan.js";
import { decodeExtension, decodeUdpNhc, EID_IPV6 } from "./nhc.js";
import { IPV6_IN_IPV6 } from "./protocols.js";

/** Octets of TF 00 to 11 that are carried in-line (RFC 6282, section 3.1.1). */
const TRAFFIC_BYTES: readonly number[] = [4, 3, 1, 0];
/** Hop limits of HLIM 01 to 11. */
const HOP_LIMITS: readonly number[] = [0, 1, 64, 255];

/**
 * Decompresses IPHC and NHC headers from the dispatch octet at `offset` on (RFC 6282).
 *
 * Writes the uncompressed headers to `out[0..length)`; the rest of the packet, from `next` on, follows
 * them unchanged. `datagramSize` is the size in a fragment header, from which alone the length fields
 * then follow; 0 says that the frame carries the whole packet. Elided addresses come from `source` and
 * `destination`: those of the mesh header where there is one, else of the MAC header.
 */
export function decompressIphc(
	bytes: Uint8Array,
	offset: number,
	end: number,
	source: LinkAddress,
	destination: LinkAddress,
	contexts: ContextTable,
	out: Uint8Array,
	datagramSize: number,
	into: Decompressed = new Decompressed(),
): Decompressed | DecompressDrop {
	into.reset(offset, datagramSize);
	const limit = datagramSize > 0 && datagramSize < out.length ? datagramSize : out.length;
	let drop = decodeHeader(bytes, end, source, destination, contexts, out, limit, into, -1);
	while (drop === undefined && into.nhc) {
		if (into.next >= end) return "header-truncated";
		const octet = bytes[into.next] as number;
		if (octet >>> 3 === 0b11110) drop = decodeUdpNhc(bytes, end, out, limit, into);
		else if (octet >>> 4 !== 0b1110) return "unknown-nhc";
		else if (((octet >>> 1) & 7) !== EID_IPV6) drop = decodeExtension(bytes, end, out, limit, into);
		else {
			// RFC 6282, section 4.2: the NH bit must be 0, and IPHC follows.
			if ((octet & 1) !== 0) return "unknown-nhc";
			if (into.nested === MAX_NESTED) return "nested-too-deep";
			out[into.nextHeaderOffset] = IPV6_IN_IPV6;
			const outer = into.ipv6Offset;
			into.next++;
			into.nested++;
			drop = decodeHeader(bytes, end, source, destination, contexts, out, limit, into, outer);
		}
	}
	if (drop !== undefined) return drop;
	return fillLengths(out, datagramSize > 0 ? datagramSize : into.length + end - into.next, into);
}

/** Writes the length fields of a packet of `total` octets: each reaches to the end of the packet. */
export function fillLengths(out: Uint8Array, total: number, into: Decompressed): Decompressed {
	for (let i = 0; i <= into.nested; i++) {
		const base = into.ipv6Offsets[i] as number;
		putU16be(out, base + 4, total - base - IPV6_BYTES);
	}
	if (into.udpOffset >= 0) putU16be(out, into.udpOffset + 4, total - into.udpOffset);
	return into;
}

/** Decompresses one IPHC header; `outer` is the offset of the encapsulating IPv6 header, or -1. */
function decodeHeader(
	bytes: Uint8Array,
	end: number,
	source: LinkAddress,
	destination: LinkAddress,
	contexts: ContextTable,
	out: Uint8Array,
	limit: number,
	into: Decompressed,
	outer: number,
): DecompressDrop | undefined {
	let at = into.next;
	if (at + 2 > end) return "header-truncated";
	const high = bytes[at] as number;
	const low = bytes[at + 1] as number;
	if (high >>> 5 !== Dispatch.iphc >>> 5) return "header-dispatch";
	at += 2;
	const base = into.length;
	if (base + IPV6_BYTES > limit) return into.sizeKnown ? "headers-beyond-size" : "packet-too-long";
	let contextIds = 0;
	if ((low & 0x80) !== 0) {
		if (at >= end) return "header-truncated";
		contextIds = bytes[at++] as number;
	}
	const traffic = (high >>> 3) & 3;
	const nhc = (high & 0x04) !== 0;
	const hopLimit = high & 3;
	const fixed = (TRAFFIC_BYTES[traffic] as number) + (nhc ? 0 : 1) + (hopLimit === 0 ? 1 : 0);
	if (at + fixed > end) return "header-truncated";
	at = decodeTraffic(traffic, bytes, at, out, base);
	out[base + 6] = nhc ? 0 : (bytes[at++] as number);
	out[base + 7] = hopLimit === 0 ? (bytes[at++] as number) : (HOP_LIMITS[hopLimit] as number);

	const sourceMode = (low >>> 4) & 3;
	const sourceCid = (low & 0x40) !== 0 ? contextIds >>> 4 : -1;
	let next: number | DecompressDrop = at;
	if (sourceCid >= 0 && sourceMode === 0) out.fill(0, base + 8, base + 24);
	else {
		const from = outer < 0 ? -1 : outer + 8;
		next = decodeUnicast(sourceMode, sourceCid, bytes, at, end, contexts, source, from, out, base + 8);
		if (typeof next === "string") return next;
	}
	const mode = low & 3;
	const cid = (low & 0x04) !== 0 ? contextIds & 0xf : -1;
	if ((low & 0x08) !== 0) next = decodeMulticast(mode, cid, bytes, next, end, contexts, out, base + 24);
	else if (cid >= 0 && mode === 0) return "reserved-address-mode";
	else {
		const from = outer < 0 ? -1 : outer + 24;
		next = decodeUnicast(mode, cid, bytes, next, end, contexts, destination, from, out, base + 24);
	}
	if (typeof next === "string") return next;
	into.next = next;
	into.length = base + IPV6_BYTES;
	into.ipv6Offset = base;
	into.ipv6Offsets[into.nested] = base;
	into.nextHeaderOffset = base + 6;
	into.nhc = nhc;
	return undefined;
}

/** Writes version, traffic class and flow label; IPHC carries ECN before DSCP (RFC 6282, 3.2.1). */
function decodeTraffic(
	mode: number,
	bytes: Uint8Array,
	offset: number,
	out: Uint8Array,
	base: number,
): number {
	const first = mode === 3 ? 0 : (bytes[offset] as number);
	const ecn = first >>> 6;
	const dscp = mode === 1 ? 0 : first & 0x3f;
	const label = mode === 0 ? offset + 1 : mode === 1 ? offset : -1;
	out[base] = 0x60 | (dscp >>> 2);
	out[base + 1] = ((dscp & 3) << 6) | (ecn << 4) | (label < 0 ? 0 : (bytes[label] as number) & 0xf);
	out[base + 2] = label < 0 ? 0 : (bytes[label + 1] as number);
	out[base + 3] = label < 0 ? 0 : (bytes[label + 2] as number);
	return offset + (TRAFFIC_BYTES[mode] as number);
}
