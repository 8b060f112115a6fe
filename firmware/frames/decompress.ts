import type { LinkAddress } from "../address.js";
import { copyBytes, u16be } from "../bytes.js";
import { fillUdpChecksum } from "./checksum.js";
import type { ContextTable } from "./context-table.js";
import { type DecompressDrop, Decompressed } from "./decompressed.js";
import { decompressHc1 } from "./hc1.js";
import { decompressIphc } from "./iphc.js";
import { IPV6_BYTES } from "./ipv6.js";
import { Dispatch, type HeaderKind } from "./lowpan.js";

export { type DecompressDrop, Decompressed } from "./decompressed.js";

/**
 * Decompresses the headers behind any dispatch of an IPv6 packet.
 *
 * Arguments and result are those of `decompressIphc`. An uncompressed packet has no headers to write:
 * `length` is then 0, and `next` the offset after the dispatch octet.
 */
export function decompress(
	kind: HeaderKind,
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
	if (kind === "iphc") {
		return decompressIphc(bytes, offset, end, source, destination, contexts, out, datagramSize, into);
	}
	if (kind === "hc1") {
		return decompressHc1(bytes, offset, end, source, destination, out, datagramSize, into);
	}
	into.reset(offset + 1, datagramSize);
	if (offset >= end) return "header-truncated";
	if (bytes[offset] !== Dispatch.ipv6) return "header-dispatch";
	if (offset + 1 < end && (bytes[offset + 1] as number) >>> 4 !== 6) return "ipv6-version";
	return into;
}

/**
 * Decompresses a frame that carries a whole IPv6 packet into `out[0..length)`, checksum filled in.
 *
 * An uncompressed packet must be as long as its header says, an octet more or less is refused.
 */
export function decompressDatagram(
	kind: HeaderKind,
	bytes: Uint8Array,
	offset: number,
	end: number,
	source: LinkAddress,
	destination: LinkAddress,
	contexts: ContextTable,
	out: Uint8Array,
	into: Decompressed = new Decompressed(),
): Decompressed | DecompressDrop {
	const headers = decompress(kind, bytes, offset, end, source, destination, contexts, out, 0, into);
	if (typeof headers === "string") return headers;
	const rest = end - headers.next;
	if (headers.length + rest > out.length) return "packet-too-long";
	copyBytes(bytes, headers.next, out, headers.length, rest);
	headers.length += rest;
	headers.next = end;
	if (headers.length < IPV6_BYTES) return "header-truncated";
	if (u16be(out, 4) + IPV6_BYTES !== headers.length) return "ipv6-length";
	if (headers.checksumElided) fillUdpChecksum(out, headers.length, headers.udpOffset);
	return headers;
}
