import { putU16be, u16be } from "../bytes.js";
import { checksumOk, transportChecksum } from "./checksum.js";
import { UDP } from "./protocols.js";

/** Octets of a UDP header (RFC 768). */
export const UDP_HEADER_BYTES = 8;

/** Why octets are no UDP datagram. */
export type UdpDrop = "udp-truncated" | "udp-length" | "udp-checksum";

/** A UDP header (RFC 768). */
export class UdpHeader {
	sourcePort = 0;
	destinationPort = 0;
	/** Octets of header and payload. */
	length = 0;
	checksum = 0;
	/** Offset of the payload. */
	next = 0;
}

/**
 * Decodes a UDP header; its length must be just that of `bytes[offset..end)`.
 *
 * The checksum is not verified here: see {@link verifyUdp}.
 */
export function decodeUdp(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: UdpHeader = new UdpHeader(),
): UdpHeader | UdpDrop {
	if (offset + UDP_HEADER_BYTES > end) return "udp-truncated";
	into.sourcePort = u16be(bytes, offset);
	into.destinationPort = u16be(bytes, offset + 2);
	into.length = u16be(bytes, offset + 4);
	into.checksum = u16be(bytes, offset + 6);
	into.next = offset + UDP_HEADER_BYTES;
	return into.length === end - offset ? into : "udp-length";
}

/**
 * Whether the UDP checksum at `udpOffset` of the IPv6 packet `datagram[0..length)` is right.
 *
 * A checksum of 0 is wrong: over IPv6 it is not optional (RFC 8200, section 8.1).
 */
export function verifyUdp(
	datagram: Uint8Array,
	length: number,
	udpOffset: number,
	sourceOffset = 8,
	destinationOffset = 24,
): boolean {
	return (
		u16be(datagram, udpOffset + 6) !== 0 &&
		checksumOk(datagram, length, udpOffset, UDP, sourceOffset, destinationOffset)
	);
}

/**
 * Writes the UDP header at `udpOffset` of an IPv6 packet whose addresses and UDP payload stand already,
 * its checksum included; returns the offset of the payload.
 */
export function encodeUdp(
	sourcePort: number,
	destinationPort: number,
	datagram: Uint8Array,
	udpOffset: number,
	length: number,
): number {
	putU16be(datagram, udpOffset, sourcePort);
	putU16be(datagram, udpOffset + 2, destinationPort);
	putU16be(datagram, udpOffset + 4, length - udpOffset);
	putU16be(datagram, udpOffset + 6, 0);
	putU16be(datagram, udpOffset + 6, transportChecksum(datagram, length, udpOffset, UDP));
	return udpOffset + UDP_HEADER_BYTES;
}
