import { u16be } from "../../firmware/bytes.js";
import { UDP } from "../../firmware/frames/checksum.js";
import { putFcs } from "../../firmware/frames/fcs.js";
import { findUpperLayer, IPV6_BYTES } from "../../firmware/frames/ipv6.js";
import type { CapturedFrame, CapturedPacket } from "./captured-frame.js";

/** UDP port of the ZigBee Encapsulation Protocol. */
export const ZEP_PORT = 17754;

const ETHERNET_BYTES = 14;
const ETHER_IPV4 = 0x0800;
const ETHER_VLAN = 0x8100;
const ETHER_IPV6 = 0x86dd;
const UDP_BYTES = 8;
/** Octets of the header of a version 1 packet, and of a data packet of version 2. */
const ZEP_V1_BYTES = 16;
const ZEP_V2_BYTES = 32;
const ZEP_DATA = 1;

/** The frame that an Ethernet packet carries by ZEP; undefined for any other packet. */
export function ethernetFrame(packet: CapturedPacket): CapturedFrame | undefined {
	const { bytes } = packet;
	const payload = udpPayload(bytes);
	return payload === undefined ? undefined : zepFrame(packet, bytes.subarray(payload));
}

/** Offset of the payload of a UDP datagram to or from the ZEP port. */
function udpPayload(bytes: Uint8Array): number | undefined {
	if (bytes.length < ETHERNET_BYTES) return undefined;
	let etherType = u16be(bytes, 12);
	let ip = ETHERNET_BYTES;
	if (etherType === ETHER_VLAN && bytes.length >= ip + 4) {
		etherType = u16be(bytes, ip + 2);
		ip += 4;
	}
	const udp =
		etherType === ETHER_IPV4 ? udpInIpv4(bytes, ip) : etherType === ETHER_IPV6 ? udpInIpv6(bytes, ip) : 0;
	if (udp === 0 || udp + UDP_BYTES > bytes.length) return undefined;
	const isZep = u16be(bytes, udp) === ZEP_PORT || u16be(bytes, udp + 2) === ZEP_PORT;
	return isZep ? udp + UDP_BYTES : undefined;
}

function udpInIpv4(bytes: Uint8Array, ip: number): number {
	if (ip + 20 > bytes.length || (bytes[ip] as number) >>> 4 !== 4 || bytes[ip + 9] !== UDP) return 0;
	const isFragment = (u16be(bytes, ip + 6) & 0x1fff) !== 0;
	return isFragment ? 0 : ip + ((bytes[ip] as number) & 0xf) * 4;
}

function udpInIpv6(bytes: Uint8Array, ip: number): number {
	if (ip + IPV6_BYTES > bytes.length) return 0;
	const upper = findUpperLayer(bytes, ip, bytes.length);
	return typeof upper === "object" && upper.protocol === UDP && !upper.fragmented ? upper.offset : 0;
}

/** The frame in a ZEP packet of version 1 or 2; undefined for acknowledgements and other types. */
function zepFrame(packet: CapturedPacket, zep: Uint8Array): CapturedFrame | undefined {
	const { number, timeUs } = packet;
	if (zep.length < 4 || zep[0] !== 0x45 || zep[1] !== 0x58) return undefined;
	const version = zep[2] as number;
	if (version !== 1 && version !== 2) return undefined;
	if (version === 2 && zep[3] !== ZEP_DATA) return undefined;
	const headerBytes = version === 1 ? ZEP_V1_BYTES : ZEP_V2_BYTES;
	const length = zep[headerBytes - 1];
	if (length === undefined) {
		return { number, timeUs, psdu: zep, fcs: "absent", drop: "capture-header" };
	}
	const psdu = zep.subarray(headerBytes, headerBytes + length);
	if (psdu.length < length) return { number, timeUs, psdu, fcs: "absent", drop: "frame-cut" };
	const from = version === 1 ? 3 : 4;
	const common = { number, timeUs, channel: zep[from] as number, fcs: "present" } as const;
	const hasFcs = zep[from + 3] !== 0;
	if (hasFcs || length < 2) return { ...common, psdu };
	return { ...common, ...fromRadioStatus(psdu), lqi: zep[from + 4] as number };
}

/**
 * Puts an FCS in the place of the two octets that a TI radio leaves there: RSSI, then CRC-OK in bit 7.
 *
 * Where the radio found the FCS wrong, it is made wrong. Source: CC2420 data sheet (RSSI offset -45 dB).
 */
function fromRadioStatus(psdu: Uint8Array): { psdu: Uint8Array; rssiDbm: number } {
	const copy = Uint8Array.from(psdu);
	const status = psdu[psdu.length - 1] as number;
	const rssi = psdu[psdu.length - 2] as number;
	putFcs(copy, copy.length);
	if ((status & 0x80) === 0) copy[copy.length - 1]! ^= 0xff;
	return { psdu: copy, rssiDbm: (rssi > 127 ? rssi - 256 : rssi) - 45 };
}
