import { AddressMode, LinkAddress } from "../address.js";
import { copyBytes, i32be, putI32be, putU16be, u16be } from "../bytes.js";
import { ICMPV6, transportChecksum } from "./checksum.js";

/** ICMPv6 types of address resolution (RFC 4861, sections 4.3 and 4.4). */
export const NeighbourType = { solicitation: 135, advertisement: 136 } as const;
/** Flag of an advertisement that answers a solicitation. */
export const SOLICITED = 0x40;
/** Flag of an advertisement that replaces what is cached. */
export const OVERRIDE = 0x20;

/** Octets up to the options: ICMPv6 header, flags, target address. */
const FIXED_BYTES = 24;
const SOURCE_OPTION = 1;
const TARGET_OPTION = 2;
/** Option lengths count in units of 8 octets. */
const UNIT_BYTES = 8;

/** Why octets are no neighbour message. */
export type NeighbourMessageDrop = "neighbour-truncated" | "neighbour-option" | "neighbour-target";

/** A neighbour solicitation or advertisement with its link-layer address option (RFC 4861, RFC 4944, section 8). */
export class NeighbourMessage {
	type: number = NeighbourType.solicitation;
	/** Flags of an advertisement, 0 in a solicitation. */
	flags = 0;
	/** Offset of the target address, 16 octets. */
	targetOffset = 0;
	/** Of the sender of a solicitation, of the target of an advertisement; none when it is not said. */
	readonly linkAddress = new LinkAddress();
}

/** Octets of a message with an option for `address`. */
export function neighbourMessageBytes(address: LinkAddress): number {
	return FIXED_BYTES + optionBytes(address);
}

function optionBytes(address: LinkAddress): number {
	return address.mode === AddressMode.none ? 0 : address.mode === AddressMode.short ? 8 : 16;
}

/**
 * Writes a message about the address at `targetOffset` of `target` at `offset` of an IPv6 packet of `length` octets whose addresses stand already, checksum
 * included; returns the offset after it.
 */
export function encodeNeighbourMessage(
	type: number,
	flags: number,
	target: Uint8Array,
	targetOffset: number,
	address: LinkAddress,
	datagram: Uint8Array,
	offset: number,
	length: number,
): number {
	const end = offset + neighbourMessageBytes(address);
	for (let at = offset; at < end; at++) datagram[at] = 0;
	datagram[offset] = type;
	datagram[offset + 4] = flags;
	copyBytes(target, targetOffset, datagram, offset + 8, 16);
	if (address.mode !== AddressMode.none) {
		const at = offset + FIXED_BYTES;
		datagram[at] = type === NeighbourType.solicitation ? SOURCE_OPTION : TARGET_OPTION;
		datagram[at + 1] = optionBytes(address) / UNIT_BYTES;
		if (address.mode === AddressMode.short) putU16be(datagram, at + 2, address.low);
		else {
			putI32be(datagram, at + 2, address.high);
			putI32be(datagram, at + 6, address.low);
		}
	}
	putU16be(datagram, offset + 2, transportChecksum(datagram, length, offset, ICMPV6));
	return end;
}

/** Decodes a message at `bytes[offset..end)`; unknown options are passed over (RFC 4861, section 4.6). */
export function decodeNeighbourMessage(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: NeighbourMessage = new NeighbourMessage(),
): NeighbourMessage | NeighbourMessageDrop {
	if (offset + FIXED_BYTES > end) return "neighbour-truncated";
	into.type = bytes[offset]!;
	into.flags = into.type === NeighbourType.advertisement ? bytes[offset + 4]! : 0;
	into.targetOffset = offset + 8;
	if (bytes[into.targetOffset] === 0xff) return "neighbour-target";
	into.linkAddress.setNone();
	const wanted = into.type === NeighbourType.solicitation ? SOURCE_OPTION : TARGET_OPTION;
	for (let at = offset + FIXED_BYTES; at < end; ) {
		const units = at + 1 < end ? bytes[at + 1]! : 0;
		if (units === 0 || at + units * UNIT_BYTES > end) return "neighbour-option";
		if (bytes[at] === wanted) {
			if (units === 1) into.linkAddress.setShort(u16be(bytes, at + 2));
			else into.linkAddress.setExtended(i32be(bytes, at + 2), i32be(bytes, at + 6));
		}
		at += units * UNIT_BYTES;
	}
	return into;
}
