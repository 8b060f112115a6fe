import { copyBytes, i32be, putI32be, putU16be, u16be } from "../../bytes.js";

/**
 * ZigBee Encapsulation Protocol, version 2: IEEE 802.15.4 frames in UDP, as Wireshark, RIOT and Contiki-NG speak it.
 *
 * Octets of a data packet: "EX", version, type, channel, device (2), whether the frame ends in its FCS, LQI, time (8,
 * seconds since 1900 and their fraction as in NTP), sequence (4), 10 reserved, length, frame. Source: the dissector of
 * Wireshark, packet-zep.c.
 */

/** Octets before the frame. */
export const ZEP_HEADER_BYTES = 32;
/** UDP port of ZEP. */
export const ZEP_PORT = 17754;

const VERSION = 2;
const TYPE_DATA = 1;
const TYPE_ACK = 2;
/** Octets of an acknowledgement of ZEP, which is none of IEEE 802.15.4. */
const ACK_BYTES = 8;
const WITH_FCS = 1;
const LENGTH_AT = ZEP_HEADER_BYTES - 1;
/** Parts of an NTP second that a microsecond has. */
const FRACTION = 0x100000000 / 1_000_000;

/** One packet. Mutable: one object serves every packet. */
export class ZepPacket {
	/** An acknowledgement has a sequence and nothing else. */
	isAck = false;
	/** 11 to 26. */
	channel = 0;
	/** Who sent it, 0 to 0xffff. */
	device = 0;
	/** 0 to 255. */
	lqi = 0;
	/** Microseconds since the sender's start, exact to one of them. */
	timeUs = 0;
	/** 0 to 2^32 - 1. */
	sequence = 0;
	/** Where the frame lies, its FCS included. */
	start = 0;
	end = 0;
}

/** Writes a data packet around a PSDU of at most 127 octets, its FCS included; returns its length. */
export function encodeZep(packet: ZepPacket, psdu: Uint8Array, bytes: Uint8Array): number {
	bytes[0] = 0x45;
	bytes[1] = 0x58;
	bytes[2] = VERSION;
	bytes[3] = TYPE_DATA;
	bytes[4] = packet.channel;
	putU16be(bytes, 5, packet.device);
	bytes[7] = WITH_FCS;
	bytes[8] = packet.lqi;
	const seconds = Math.floor(packet.timeUs / 1_000_000);
	putI32be(bytes, 9, seconds | 0);
	putI32be(bytes, 13, Math.ceil((packet.timeUs - seconds * 1_000_000) * FRACTION) | 0);
	putI32be(bytes, 17, packet.sequence | 0);
	bytes.fill(0, 21, LENGTH_AT);
	bytes[LENGTH_AT] = psdu.length;
	copyBytes(psdu, 0, bytes, ZEP_HEADER_BYTES, psdu.length);
	return ZEP_HEADER_BYTES + psdu.length;
}

/**
 * Reads `bytes[0..length)`; undefined for anything but version 2, for a cut packet, and for a frame without its FCS,
 * in whose place a radio's own notes stand.
 */
export function decodeZep(bytes: Uint8Array, length: number, into: ZepPacket): ZepPacket | undefined {
	if (length < ACK_BYTES || bytes[0] !== 0x45 || bytes[1] !== 0x58 || bytes[2] !== VERSION) return undefined;
	into.isAck = bytes[3] === TYPE_ACK;
	if (into.isAck) {
		into.sequence = i32be(bytes, 4) >>> 0;
		return into;
	}
	if (bytes[3] !== TYPE_DATA || length < ZEP_HEADER_BYTES || bytes[7] !== WITH_FCS) return undefined;
	into.channel = bytes[4]!;
	into.device = u16be(bytes, 5);
	into.lqi = bytes[8]!;
	const fraction = i32be(bytes, 13) >>> 0;
	into.timeUs = (i32be(bytes, 9) >>> 0) * 1_000_000 + Math.floor(fraction / FRACTION);
	into.sequence = i32be(bytes, 17) >>> 0;
	into.start = ZEP_HEADER_BYTES;
	into.end = ZEP_HEADER_BYTES + bytes[LENGTH_AT]!;
	return into.end <= length ? into : undefined;
}
