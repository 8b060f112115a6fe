import { putU16be } from "../bytes.js";
import { findUpperLayer, IPV6_BYTES } from "./ipv6.js";
import { IPV6_IN_IPV6, UDP } from "./protocols.js";

export { ICMPV6, TCP, UDP } from "./protocols.js";

/** Sum of big-endian 16-bit words, not folded; exact for up to some 2^36 octets. */
function sumWords(bytes: Uint8Array, offset: number, end: number): number {
	let sum = 0;
	let at = offset;
	const last = end - 1;
	for (; at < last; at += 2) sum += ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
	if (at < end) sum += (bytes[at] as number) << 8;
	return sum;
}

/**
 * Sum over the pseudo-header and the transport octets of an IPv6 packet, folded to 16 bits
 * (RFC 8200, section 8.1).
 *
 * 0xffff means that a checksum among those octets is right.
 */
function foldedSum(
	packet: Uint8Array,
	sourceOffset: number,
	destinationOffset: number,
	transportOffset: number,
	end: number,
	nextHeader: number,
): number {
	let sum =
		sumWords(packet, sourceOffset, sourceOffset + 16) +
		sumWords(packet, destinationOffset, destinationOffset + 16) +
		sumWords(packet, transportOffset, end) +
		(end - transportOffset) +
		nextHeader;
	// The sum of a 2,047-octet packet needs 27 bits: two folds always suffice.
	sum = (sum & 0xffff) + (sum >>> 16);
	return (sum & 0xffff) + (sum >>> 16);
}

/**
 * The checksum of a transport header and payload under the IPv6 pseudo-header (RFC 8200, 8.1).
 *
 * `datagram[0..length)` is the IPv6 packet; the checksum field itself must be 0. The address offsets
 * differ for an IPv6 header that does not begin at 0, and behind a routing header, whose last address
 * is the final destination. The result is never 0 for UDP (RFC 8200, section 8.1: sent as 0xffff).
 */
export function transportChecksum(
	datagram: Uint8Array,
	length: number,
	transportOffset: number,
	nextHeader: number,
	sourceOffset = 8,
	destinationOffset = 24,
): number {
	const checksum =
		~foldedSum(datagram, sourceOffset, destinationOffset, transportOffset, length, nextHeader) & 0xffff;
	return checksum === 0 && nextHeader === UDP ? 0xffff : checksum;
}

/** Whether the checksum within `datagram[transportOffset..length)` is right. */
export function checksumOk(
	datagram: Uint8Array,
	length: number,
	transportOffset: number,
	nextHeader: number,
	sourceOffset = 8,
	destinationOffset = 24,
): boolean {
	return foldedSum(datagram, sourceOffset, destinationOffset, transportOffset, length, nextHeader) === 0xffff;
}

/**
 * Computes and writes the checksum of the UDP header at `udpOffset` of `datagram[0..length)`.
 *
 * What a decompressor does with an elided one, once the packet is whole (RFC 6282, section 4.3.2).
 * `addressOffset` is where the addresses of an IPv6 header around the UDP header are: that header, or one
 * that it contains, gives the pseudo-header its addresses, and a routing header the final destination.
 */
export function fillUdpChecksum(
	datagram: Uint8Array,
	length: number,
	udpOffset: number,
	addressOffset = 8,
): void {
	putU16be(datagram, udpOffset + 6, 0);
	let sourceOffset = addressOffset;
	let destinationOffset = addressOffset + 16;
	let base = addressOffset - 8;
	while (base + IPV6_BYTES < udpOffset) {
		const found = findUpperLayer(datagram, base, length);
		if (typeof found === "string") break;
		sourceOffset = base + 8;
		destinationOffset = found.destinationOffset;
		if (found.protocol !== IPV6_IN_IPV6) break;
		base = found.offset;
		sourceOffset = base + 8;
		destinationOffset = base + 24;
	}
	const checksum = transportChecksum(datagram, length, udpOffset, UDP, sourceOffset, destinationOffset);
	putU16be(datagram, udpOffset + 6, checksum);
}
