import { type CapturedPacket, LinkType } from "../../../../../host-tools/capture/captured-frame.js";

/** An Ethernet packet around a UDP datagram to the group of the air, as a capture on a host has it. */
export function ethernetAround(payload: Uint8Array): Uint8Array {
	const packet = new Uint8Array(42 + payload.length);
	const view = new DataView(packet.buffer);
	packet.set([1, 0, 0x5e, 0x40, 15, 4, 2, 0, 0, 0, 0, 1, 8, 0]);
	packet.set([0x45, 0, 0, 0, 0, 0, 0, 0, 1, 17, 0, 0, 10, 0, 0, 1, 239, 192, 15, 4], 14);
	view.setUint16(16, 28 + payload.length);
	view.setUint16(34, 40_000);
	view.setUint16(36, 17_754);
	view.setUint16(38, 8 + payload.length);
	packet.set(payload, 42);
	return packet;
}

/** The same as the capture tools read it. */
export function capturedAround(payload: Uint8Array): CapturedPacket {
	const bytes = ethernetAround(payload);
	return { number: 1, timeUs: 0, linkType: LinkType.ethernet, bytes, originalLength: bytes.length };
}

/** A classic pcap of Ethernet packets, one a millisecond. */
export function pcapOf(packets: readonly Uint8Array[]): Uint8Array {
	const file = new Uint8Array(24 + packets.reduce((sum, { length }) => sum + 16 + length, 0));
	const view = new DataView(file.buffer);
	[0xa1b2c3d4, 0x00040002, 0, 0, 0xffff, LinkType.ethernet].forEach((word, i) => {
		view.setUint32(4 * i, word, true);
	});
	let at = 24;
	packets.forEach((packet, i) => {
		view.setUint32(at + 4, i * 1000, true);
		view.setUint32(at + 8, packet.length, true);
		view.setUint32(at + 12, packet.length, true);
		file.set(packet, at + 16);
		at += 16 + packet.length;
	});
	return file;
}
