import { LinkAddress } from "../../../firmware/address.js";
import { putU16be } from "../../../firmware/bytes.js";
import { encodeEcho, Icmpv6Type } from "../../../firmware/frames/icmpv6.js";
import { encodeIpv6, IPV6_BYTES } from "../../../firmware/frames/ipv6.js";
import { ICMPV6, UDP } from "../../../firmware/frames/protocols.js";
import { encodeUdp } from "../../../firmware/frames/udp.js";
import { addressUnder, linkLocalOf } from "../../../firmware/net/addresses.js";
import { PREFIX } from "./network.js";

/** Link-local address of the node with this short address. */
export function near(shortAddress: number): Uint8Array {
	return linkLocalOf(LinkAddress.short(shortAddress));
}

/** Routable address of the node with this short address. */
export function far(shortAddress: number): Uint8Array {
	return addressUnder(PREFIX, LinkAddress.short(shortAddress));
}

/** Octets 0, 1, 2 … */
export function counting(length: number, from = 0): Uint8Array {
	return Uint8Array.from({ length }, (_, i) => i + from);
}

export interface PacketParts {
	readonly source?: Uint8Array;
	readonly destination?: Uint8Array;
	readonly hopLimit?: number;
	readonly sourcePort?: number;
	readonly destinationPort?: number;
	readonly payload?: Uint8Array;
	/** Extension headers between the IPv6 header and UDP, the first of this type. */
	readonly extensions?: { readonly type: number; readonly bytes: Uint8Array };
}

function header(parts: PacketParts, nextHeader: number, payloadLength: number): Uint8Array {
	const packet = new Uint8Array(IPV6_BYTES + payloadLength);
	const { source = near(1), destination = near(2), hopLimit = 64 } = parts;
	const fixed = { trafficClass: 0, flowLabel: 0, payloadLength, nextHeader, hopLimit };
	encodeIpv6(fixed, source, destination, packet, 0);
	return packet;
}

/** A UDP packet, checksum right. */
export function udpPacket(parts: PacketParts): Uint8Array {
	const { sourcePort = 0xf0b1, destinationPort = 0xf0b2, payload = counting(20), extensions } = parts;
	const before = extensions?.bytes.length ?? 0;
	const packet = header(parts, extensions?.type ?? UDP, before + 8 + payload.length);
	if (extensions !== undefined) packet.set(extensions.bytes, IPV6_BYTES);
	packet.set(payload, IPV6_BYTES + before + 8);
	encodeUdp(sourcePort, destinationPort, packet, IPV6_BYTES + before, packet.length);
	return packet;
}

/** An echo request, checksum right. */
export function echoPacket(parts: PacketParts): Uint8Array {
	const { payload = counting(20) } = parts;
	const packet = header(parts, ICMPV6, 8 + payload.length);
	packet.set(payload, IPV6_BYTES + 8);
	encodeEcho(Icmpv6Type.echoRequest, 1, 2, packet, IPV6_BYTES, packet.length);
	return packet;
}

/** A packet of any protocol; its payload as it stands. */
export function rawPacket(parts: PacketParts, nextHeader: number): Uint8Array {
	const { payload = counting(20) } = parts;
	const packet = header(parts, nextHeader, payload.length);
	packet.set(payload, IPV6_BYTES);
	putU16be(packet, 4, payload.length);
	return packet;
}
