import { copyBytes, i32be, putI32be, putU16be, u16be } from "../bytes.js";
import { checksumOk, transportChecksum } from "./checksum.js";
import { IPV6_BYTES } from "./ipv6.js";
import { ICMPV6 } from "./protocols.js";

/** Octets of an ICMPv6 message before its body (RFC 4443, section 2.1) and the 4 that each type here adds. */
export const ICMPV6_HEADER_BYTES = 8;
/** No ICMPv6 error makes a packet longer than the minimum MTU of IPv6 (RFC 4443, section 2.4 c). */
const MIN_MTU = 1280;

/** Message types (RFC 4443). */
export const Icmpv6Type = {
	destinationUnreachable: 1,
	packetTooBig: 2,
	timeExceeded: 3,
	parameterProblem: 4,
	echoRequest: 128,
	echoReply: 129,
} as const;

/** Codes of destination unreachable (RFC 4443, section 3.1). */
export const UnreachableCode = {
	noRoute: 0,
	prohibited: 1,
	beyondScope: 2,
	address: 3,
	port: 4,
} as const;

/** Why octets are no ICMPv6 message. */
export type Icmpv6Drop = "icmpv6-truncated" | "icmpv6-checksum";

/** An ICMPv6 message: echo, or an error with the beginning of the packet that caused it (RFC 4443). */
export class Icmpv6Message {
	type: number = 0;
	code = 0;
	checksum = 0;
	/** Echo: identifier and sequence number, 0 to 65,535. */
	identifier = 0;
	sequence = 0;
	/** Packet too big: the MTU of the next link; else the 32 bits behind the checksum, unsigned. */
	parameter = 0;
	/** Offset of the echo's data, or of the packet that caused an error. */
	next = 0;
}

/** Decodes the header of an ICMPv6 message; the checksum is not verified here, see {@link verifyIcmpv6}. */
export function decodeIcmpv6(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: Icmpv6Message = new Icmpv6Message(),
): Icmpv6Message | Icmpv6Drop {
	if (offset + ICMPV6_HEADER_BYTES > end) return "icmpv6-truncated";
	into.type = bytes[offset] as number;
	into.code = bytes[offset + 1] as number;
	into.checksum = u16be(bytes, offset + 2);
	into.identifier = u16be(bytes, offset + 4);
	into.sequence = u16be(bytes, offset + 6);
	into.parameter = i32be(bytes, offset + 4) >>> 0;
	into.next = offset + ICMPV6_HEADER_BYTES;
	return into;
}

/** Whether the checksum of the message at `icmpOffset` of the IPv6 packet `datagram[0..length)` is right. */
export function verifyIcmpv6(
	datagram: Uint8Array,
	length: number,
	icmpOffset: number,
	sourceOffset = 8,
	destinationOffset = 24,
): boolean {
	return checksumOk(datagram, length, icmpOffset, ICMPV6, sourceOffset, destinationOffset);
}

function encode(
	type: number,
	code: number,
	parameter: number,
	datagram: Uint8Array,
	icmpOffset: number,
	length: number,
): number {
	datagram[icmpOffset] = type;
	datagram[icmpOffset + 1] = code;
	putU16be(datagram, icmpOffset + 2, 0);
	putI32be(datagram, icmpOffset + 4, parameter);
	putU16be(datagram, icmpOffset + 2, transportChecksum(datagram, length, icmpOffset, ICMPV6));
	return icmpOffset + ICMPV6_HEADER_BYTES;
}

/**
 * Writes the header of an echo request or reply at `icmpOffset` of an IPv6 packet of `length` octets whose
 * addresses and data stand already, checksum included; returns the offset of the data (RFC 4443, section 4).
 */
export function encodeEcho(
	type: typeof Icmpv6Type.echoRequest | typeof Icmpv6Type.echoReply,
	identifier: number,
	sequence: number,
	datagram: Uint8Array,
	icmpOffset: number,
	length: number,
): number {
	const parameter = (identifier << 16) | (sequence & 0xffff);
	return encode(type, 0, parameter, datagram, icmpOffset, length);
}

/**
 * Writes an error at `icmpOffset` of an IPv6 packet whose addresses stand already (RFC 4443, section 3).
 *
 * As much of the packet `cause[0..causeLength)` follows as fits within the minimum MTU and within
 * `datagram`. `parameter` is the MTU of packet too big, else 0. Returns the length of the whole IPv6
 * packet; the caller then writes its payload length.
 */
export function encodeIcmpv6Error(
	type: number,
	code: number,
	parameter: number,
	cause: Uint8Array,
	causeLength: number,
	datagram: Uint8Array,
	icmpOffset: number = IPV6_BYTES,
): number {
	const data = icmpOffset + ICMPV6_HEADER_BYTES;
	const room = Math.min(MIN_MTU, datagram.length) - data;
	if (room < 0)
		throw new RangeError(`encodeIcmpv6Error: expected ${data} octets of datagram, got ${data + room}`);
	const kept = Math.min(causeLength, room);
	copyBytes(cause, 0, datagram, data, kept);
	encode(type, code, parameter, datagram, icmpOffset, data + kept);
	return data + kept;
}
