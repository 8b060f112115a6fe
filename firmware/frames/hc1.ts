import type { LinkAddress } from "../address.js";
import { type DecompressDrop, Decompressed } from "./decompressed.js";
import { fillLengths } from "./iphc.js";
import { writeElidedInterfaceId, writeLinkLocalPrefix } from "./iphc-address.js";
import { IPV6_BYTES } from "./ipv6.js";
import { Dispatch } from "./lowpan.js";
import { PORT_PREFIX_4 } from "./nhc.js";
import { ICMPV6, TCP, UDP } from "./protocols.js";
import { UDP_HEADER_BYTES } from "./udp.js";

/** Next headers of HC1 bits 5 and 6: 00 is carried in full (RFC 4944, section 10.1). */
const NEXT_HEADERS: readonly number[] = [0, UDP, ICMPV6, TCP];

/** HC1 octet, from its most significant bit: source, destination, traffic class, next header, HC2. */
const TRAFFIC_ELIDED = 0x08;
const HC2_FOLLOWS = 0x01;
/** HC_UDP octet (RFC 4944, section 10.2). */
const SOURCE_PORT_4 = 0x80;
const DESTINATION_PORT_4 = 0x40;
const LENGTH_ELIDED = 0x20;

/** Reads `count` bits, at most 16, that begin `bit` bits into `bytes`. */
function readBits(bytes: Uint8Array, bit: number, count: number): number {
	const at = bit >>> 3;
	const window = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
	return (window >>> (24 - (bit & 7) - count)) & ((1 << count) - 1);
}

/** Copies `count` octets that begin `bit` bits into `bytes`. */
function readOctets(bytes: Uint8Array, bit: number, out: Uint8Array, offset: number, count: number): void {
	for (let i = 0; i < count; i++) out[offset + i] = readBits(bytes, bit + 8 * i, 8);
}

/** Bits of the fields that the HC1 octet leaves in-line, behind the hop limit. */
function inlineBits(hc1: number): number {
	let bits = (hc1 & TRAFFIC_ELIDED) !== 0 ? 0 : 28;
	for (let mask = 0x80; mask >= 0x10; mask >>>= 1) if ((hc1 & mask) === 0) bits += 64;
	return (hc1 & 0x06) === 0 ? bits + 8 : bits;
}

/**
 * Decompresses HC1 and HC_UDP headers from the dispatch octet at `offset` on (RFC 4944, section 10).
 *
 * Arguments and result are those of `decompressIphc`, without contexts. Fields are packed in bits; what
 * follows them begins at the next octet. A short address makes the interface identifier of RFC 6282.
 */
export function decompressHc1(
	bytes: Uint8Array,
	offset: number,
	end: number,
	source: LinkAddress,
	destination: LinkAddress,
	out: Uint8Array,
	datagramSize: number,
	into: Decompressed = new Decompressed(),
): Decompressed | DecompressDrop {
	into.reset(offset, datagramSize);
	const limit = datagramSize > 0 && datagramSize < out.length ? datagramSize : out.length;
	if (offset + 3 > end) return "header-truncated";
	if (bytes[offset] !== Dispatch.hc1) return "header-dispatch";
	const hc1 = bytes[offset + 1] as number;
	const hasHc2 = (hc1 & HC2_FOLLOWS) !== 0;
	const nextHeader = NEXT_HEADERS[(hc1 >>> 1) & 3] as number;
	// RFC 4944, section 10.1, defines HC2 encodings for UDP alone.
	if (hasHc2 && nextHeader !== UDP) return "unknown-nhc";
	const hopLimitAt = offset + (hasHc2 ? 3 : 2);
	const firstBit = (hopLimitAt + 1) * 8;
	const udpBit = firstBit + inlineBits(hc1);
	if (udpBit > end * 8) return "header-truncated";
	if (limit < IPV6_BYTES) return into.sizeKnown ? "headers-beyond-size" : "packet-too-long";
	let bit = firstBit;
	for (let i = 0; i < 2; i++) {
		const modes = hc1 << (2 * i);
		const at = 8 + 16 * i;
		if ((modes & 0x80) !== 0) writeLinkLocalPrefix(out, at);
		else {
			readOctets(bytes, bit, out, at, 8);
			bit += 64;
		}
		if ((modes & 0x40) === 0) {
			readOctets(bytes, bit, out, at + 8, 8);
			bit += 64;
		} else if (!writeElidedInterfaceId(i === 0 ? source : destination, out, -1, out, at + 8)) {
			return "no-link-address";
		}
	}
	out.fill(0, 0, 8);
	out[0] = 0x60;
	if ((hc1 & TRAFFIC_ELIDED) === 0) {
		out[0] |= readBits(bytes, bit, 4);
		out[1] = (readBits(bytes, bit + 4, 4) << 4) | readBits(bytes, bit + 8, 4);
		readOctets(bytes, bit + 12, out, 2, 2);
		bit += 28;
	}
	out[6] = (hc1 & 0x06) === 0 ? readBits(bytes, bit, 8) : nextHeader;
	out[7] = bytes[hopLimitAt] as number;
	into.length = IPV6_BYTES;
	into.next = (udpBit + 7) >>> 3;
	into.ipv6Offsets[0] = 0;
	if (hasHc2)
		return decodeHcUdp(bytes, udpBit, end, out, limit, bytes[offset + 2] as number, datagramSize, into);
	return fillLengths(out, datagramSize > 0 ? datagramSize : into.length + end - into.next, into);
}

/** Decompresses the UDP fields of HC_UDP, which begin `bit` bits into `bytes` (RFC 4944, section 10.2). */
function decodeHcUdp(
	bytes: Uint8Array,
	bit: number,
	end: number,
	out: Uint8Array,
	limit: number,
	encoding: number,
	datagramSize: number,
	into: Decompressed,
): Decompressed | DecompressDrop {
	const sourceBits = (encoding & SOURCE_PORT_4) !== 0 ? 4 : 16;
	const destinationBits = (encoding & DESTINATION_PORT_4) !== 0 ? 4 : 16;
	const lengthBits = (encoding & LENGTH_ELIDED) !== 0 ? 0 : 16;
	const checksumBit = bit + sourceBits + destinationBits + lengthBits;
	if (checksumBit + 16 > end * 8) return "header-truncated";
	if (IPV6_BYTES + UDP_HEADER_BYTES > limit)
		return into.sizeKnown ? "headers-beyond-size" : "packet-too-long";
	const at = IPV6_BYTES;
	readPort(bytes, bit, sourceBits, out, at);
	readPort(bytes, bit + sourceBits, destinationBits, out, at + 2);
	readOctets(bytes, checksumBit, out, at + 6, 2);
	into.udpOffset = at;
	into.length = at + UDP_HEADER_BYTES;
	into.next = (checksumBit + 16 + 7) >>> 3;
	fillLengths(out, datagramSize > 0 ? datagramSize : into.length + end - into.next, into);
	if (lengthBits > 0) readOctets(bytes, checksumBit - 16, out, at + 4, 2);
	return into;
}

function readPort(bytes: Uint8Array, bit: number, count: number, out: Uint8Array, offset: number): void {
	const port = count === 4 ? PORT_PREFIX_4 | readBits(bytes, bit, 4) : readBits(bytes, bit, 16);
	out[offset] = port >>> 8;
	out[offset + 1] = port;
}
