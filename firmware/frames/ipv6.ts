import { copyBytes, putU16be, u16be } from "../bytes.js";
import {
	AUTHENTICATION,
	DESTINATION_OPTIONS,
	FRAGMENT,
	HOP_BY_HOP,
	ICMPV6,
	MOBILITY,
	NO_NEXT_HEADER,
	ROUTING,
	TCP,
	UDP,
} from "./protocols.js";

/** Octets of the fixed IPv6 header (RFC 8200, section 3). */
export const IPV6_BYTES = 40;

/** Why octets are no IPv6 packet. */
export type Ipv6Drop = "ipv6-truncated" | "ipv6-version" | "ipv6-length";

/** The fixed header of an IPv6 packet (RFC 8200, section 3). */
export class Ipv6Header {
	/** DSCP in the upper six bits, ECN in the lower two. */
	trafficClass = 0;
	/** 20 bits. */
	flowLabel = 0;
	/** Octets behind this header, 0 to 65,535. */
	payloadLength = 0;
	nextHeader = NO_NEXT_HEADER;
	hopLimit = 0;
	/** Offsets of the two addresses, 16 octets each. */
	sourceOffset = 0;
	destinationOffset = 0;
	/** Offset after the header. */
	next = 0;
}

/** What an IPv6 header says besides its addresses. */
export type Ipv6Fields = Pick<
	Ipv6Header,
	"trafficClass" | "flowLabel" | "payloadLength" | "nextHeader" | "hopLimit"
>;

/** Decodes the fixed header of an IPv6 packet; whether its payload is all there is not asked. */
export function decodeIpv6(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: Ipv6Header = new Ipv6Header(),
): Ipv6Header | Ipv6Drop {
	if (offset >= end) return "ipv6-truncated";
	if ((bytes[offset] as number) >>> 4 !== 6) return "ipv6-version";
	if (offset + IPV6_BYTES > end) return "ipv6-truncated";
	const second = bytes[offset + 1] as number;
	into.trafficClass = (((bytes[offset] as number) & 0xf) << 4) | (second >>> 4);
	into.flowLabel = ((second & 0xf) << 16) | u16be(bytes, offset + 2);
	into.payloadLength = u16be(bytes, offset + 4);
	into.nextHeader = bytes[offset + 6] as number;
	into.hopLimit = bytes[offset + 7] as number;
	into.sourceOffset = offset + 8;
	into.destinationOffset = offset + 24;
	into.next = offset + IPV6_BYTES;
	return into;
}

/** Encodes the fixed header with two 16-octet addresses, and returns the next offset. */
export function encodeIpv6(
	header: Ipv6Fields,
	source: Uint8Array,
	destination: Uint8Array,
	bytes: Uint8Array,
	offset: number,
): number {
	if (source.length !== 16 || destination.length !== 16) {
		throw new RangeError(
			`encodeIpv6: expected addresses of 16 octets, got ${source.length} and ${destination.length}`,
		);
	}
	putIpv6Fields(header, bytes, offset);
	copyBytes(source, 0, bytes, offset + 8, 16);
	copyBytes(destination, 0, bytes, offset + 24, 16);
	return offset + IPV6_BYTES;
}

/** Writes what stands before the two addresses of the fixed header at `offset`. */
export function putIpv6Fields(header: Ipv6Fields, bytes: Uint8Array, offset: number): void {
	bytes[offset] = 0x60 | (header.trafficClass >>> 4);
	bytes[offset + 1] = ((header.trafficClass & 0xf) << 4) | ((header.flowLabel >>> 16) & 0xf);
	putU16be(bytes, offset + 2, header.flowLabel & 0xffff);
	putU16be(bytes, offset + 4, header.payloadLength);
	bytes[offset + 6] = header.nextHeader;
	bytes[offset + 7] = header.hopLimit;
}

/** Whether `datagram[0..length)` is one IPv6 packet, no octet less or more; undefined when it is. */
export function checkIpv6(datagram: Uint8Array, length: number): Ipv6Drop | undefined {
	if (length < 1) return "ipv6-truncated";
	if ((datagram[0] as number) >>> 4 !== 6) return "ipv6-version";
	if (length < IPV6_BYTES) return "ipv6-truncated";
	return u16be(datagram, 4) + IPV6_BYTES === length ? undefined : "ipv6-length";
}

/** Where the upper layer of an IPv6 packet begins, behind all extension headers. */
export class UpperLayer {
	/** Next header value of the upper layer, such as 17 for UDP. */
	protocol = NO_NEXT_HEADER;
	/** Offset of the upper layer. */
	offset = 0;
	/**
	 * Offset of the final destination's address, which the pseudo-header takes: the last segment of a
	 * routing header with segments left, else the destination of the fixed header.
	 */
	destinationOffset = 0;
	/** Part of a fragmented packet: its checksum covers octets that are elsewhere (RFC 8200, 4.5). */
	fragmented = false;
}

/**
 * Walks the extension headers of the IPv6 packet `datagram[offset..end)` to its upper layer.
 *
 * A header that is unknown, or encrypted, is taken for the upper layer. A header that ends behind the
 * packet gives `ipv6-truncated`.
 */
export function findUpperLayer(
	datagram: Uint8Array,
	offset: number,
	end: number,
	into: UpperLayer = new UpperLayer(),
): UpperLayer | Ipv6Drop {
	if (offset + IPV6_BYTES > end) return "ipv6-truncated";
	if ((datagram[offset] as number) >>> 4 !== 6) return "ipv6-version";
	into.destinationOffset = offset + 24;
	into.fragmented = false;
	let protocol = datagram[offset + 6] as number;
	let at = offset + IPV6_BYTES;
	while (isExtension(protocol)) {
		if (at + 8 > end) return "ipv6-truncated";
		const units = datagram[at + 1] as number;
		const bytes = protocol === FRAGMENT ? 8 : protocol === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
		if (at + bytes > end) return "ipv6-truncated";
		if (
			protocol === ROUTING &&
			(datagram[at + 3] as number) > 0 &&
			bytes >= 24 &&
			hasPlainAddresses(datagram, at)
		)
			into.destinationOffset = at + bytes - 16;
		const fragment = protocol === FRAGMENT ? u16be(datagram, at + 2) & 0xfff9 : 0;
		protocol = datagram[at] as number;
		at += bytes;
		if (fragment !== 0) {
			into.fragmented = true;
			break;
		}
	}
	into.protocol = protocol;
	into.offset = at;
	return into;
}

/** Whether a routing header ends with its final destination in full: types 0 and 2 (RFC 6275, 6.4). */
function hasPlainAddresses(datagram: Uint8Array, offset: number): boolean {
	const type = datagram[offset + 2];
	return type === 0 || type === 2;
}

function isExtension(protocol: number): boolean {
	switch (protocol) {
		case HOP_BY_HOP:
		case ROUTING:
		case FRAGMENT:
		case AUTHENTICATION:
		case DESTINATION_OPTIONS:
		case MOBILITY:
			return true;
		default:
			return false;
	}
}

/** `udp`, `tcp`, `icmpv6`, `none`, or the number of a next header value, for people to read. */
export function nextHeaderName(protocol: number): string {
	if (protocol === UDP) return "udp";
	if (protocol === TCP) return "tcp";
	if (protocol === ICMPV6) return "icmpv6";
	return protocol === NO_NEXT_HEADER ? "none" : String(protocol);
}
