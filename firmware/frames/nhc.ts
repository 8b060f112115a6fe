import { copyBytes } from "../bytes.js";
import type { DecompressDrop, Decompressed } from "./decompressed.js";
import { DESTINATION_OPTIONS, FRAGMENT, HOP_BY_HOP, MOBILITY, ROUTING, UDP } from "./protocols.js";
import { UDP_HEADER_BYTES } from "./udp.js";

/** IPv6 next header values of the headers with EID 0 to 4 (RFC 6282, 4.2). */
export const EXTENSION_PROTOCOLS: readonly number[] = [
	HOP_BY_HOP,
	ROUTING,
	FRAGMENT,
	DESTINATION_OPTIONS,
	MOBILITY,
];
export const EID_ROUTING = 1;
export const EID_FRAGMENT = 2;
export const EID_MOBILITY = 4;
export const EID_IPV6 = 7;
/** An IPv6 fragment header is 8 octets long, 6 of them after its reserved octet (RFC 8200, 4.5). */
const FRAGMENT_HEADER_REST = 6;

/** Ports that two octets less (P = 01, 10) or one octet for both (P = 11) can name. */
export const PORT_PREFIX_8 = 0xf000;
export const PORT_PREFIX_4 = 0xf0b0;

/**
 * Decompresses the extension header whose NHC octet is at `into.next` (RFC 6282, section 4.2).
 *
 * Pads hop-by-hop and destination options to 8 octets, as their compressor may elide the padding.
 * `limit` bounds the output. Returns undefined, or why the header is refused.
 */
export function decodeExtension(
	bytes: Uint8Array,
	end: number,
	out: Uint8Array,
	limit: number,
	into: Decompressed,
): DecompressDrop | undefined {
	const octet = bytes[into.next] as number;
	const eid = (octet >>> 1) & 7;
	const protocol = EXTENSION_PROTOCOLS[eid];
	if (protocol === undefined) return "unknown-nhc";
	const inlineNextHeader = (octet & 1) === 0;
	const lengthAt = into.next + (inlineNextHeader ? 2 : 1);
	if (lengthAt >= end) return "header-truncated";
	const data = bytes[lengthAt] as number;
	const rest = eid === EID_FRAGMENT ? FRAGMENT_HEADER_REST : data;
	// A fragment header has no length field: some senders write 6 in place of its reserved octet.
	if (eid === EID_FRAGMENT && data !== 0 && data !== FRAGMENT_HEADER_REST) return "extension-length";
	if (lengthAt + 1 + rest > end) return "header-truncated";
	const padding = -(2 + rest) & 7;
	if (padding !== 0 && (eid === EID_ROUTING || eid === EID_MOBILITY)) return "extension-length";
	const base = into.length;
	const next = base + 2 + rest + padding;
	if (next > limit) return into.sizeKnown ? "headers-beyond-size" : "packet-too-long";
	out[into.nextHeaderOffset] = protocol;
	out[base] = inlineNextHeader ? (bytes[lengthAt - 1] as number) : 0;
	out[base + 1] = eid === EID_FRAGMENT ? 0 : ((next - base) >>> 3) - 1;
	copyBytes(bytes, lengthAt + 1, out, base + 2, rest);
	pad(out, base + 2 + rest, padding);
	into.nextHeaderOffset = base;
	into.nhc = !inlineNextHeader;
	into.length = next;
	into.next = lengthAt + 1 + rest;
	return undefined;
}

/** Writes Pad1, or PadN with zeros, over `length` octets (RFC 8200, section 4.2). */
function pad(out: Uint8Array, offset: number, length: number): void {
	out.fill(0, offset, offset + length);
	if (length < 2) return;
	out[offset] = 1;
	out[offset + 1] = length - 2;
}

/**
 * Decompresses the UDP header whose NHC octet is at `into.next` (RFC 6282, section 4.3).
 *
 * Its length field is left to the caller, who knows the size of the packet.
 */
export function decodeUdpNhc(
	bytes: Uint8Array,
	end: number,
	out: Uint8Array,
	limit: number,
	into: Decompressed,
): DecompressDrop | undefined {
	const octet = bytes[into.next] as number;
	const ports = octet & 3;
	const elided = (octet & 4) !== 0;
	const at = into.next + 1;
	const checksumAt = at + (ports === 0 ? 4 : ports === 3 ? 1 : 3);
	const next = checksumAt + (elided ? 0 : 2);
	if (next > end) return "header-truncated";
	const base = into.length;
	if (base + UDP_HEADER_BYTES > limit) return into.sizeKnown ? "headers-beyond-size" : "packet-too-long";
	out[into.nextHeaderOffset] = UDP;
	const first = bytes[at] as number;
	if (ports === 3) {
		out[base] = out[base + 2] = PORT_PREFIX_4 >>> 8;
		out[base + 1] = (PORT_PREFIX_4 & 0xff) | (first >>> 4);
		out[base + 3] = (PORT_PREFIX_4 & 0xff) | (first & 0xf);
	} else if (ports === 2) {
		out[base] = PORT_PREFIX_8 >>> 8;
		copyBytes(bytes, at, out, base + 1, 3);
	} else {
		copyBytes(bytes, at, out, base, 2);
		out[base + 2] = ports === 1 ? PORT_PREFIX_8 >>> 8 : (bytes[at + 2] as number);
		out[base + 3] = bytes[checksumAt - 1] as number;
	}
	out[base + 6] = elided ? 0 : (bytes[checksumAt] as number);
	out[base + 7] = elided ? 0 : (bytes[checksumAt + 1] as number);
	into.checksumElided = elided;
	into.udpOffset = base;
	into.nhc = false;
	into.length = base + UDP_HEADER_BYTES;
	into.next = next;
	return undefined;
}
