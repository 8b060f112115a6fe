import type { CapturedFrame, CapturedPacket } from "./captured-frame.js";

/** TLV types of LINKTYPE_IEEE802_15_4_TAP (its specification, section 3). */
export const TapTlv = { fcsType: 0, rss: 1, channel: 3, lqi: 10 } as const;
/** Values of the FCS type. */
export const TapFcs = { none: 0, crc16: 1, crc32: 2 } as const;
/** Octets of the header before the TLVs, and of a TLV before its value. */
export const TAP_HEADER_BYTES = 4;

/**
 * The frame behind a TAP pseudo-header: little-endian TLVs, padded to four octets.
 *
 * A 32-bit FCS, which no radio at 2.4 GHz sends, is cut off and counts as absent.
 */
export function tapFrame(packet: CapturedPacket): CapturedFrame {
	const { number, timeUs, bytes } = packet;
	const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const broken: CapturedFrame = { number, timeUs, psdu: bytes, fcs: "absent", drop: "capture-header" };
	if (bytes.length < TAP_HEADER_BYTES || data.getUint8(0) !== 0) return broken;
	const headerBytes = data.getUint16(2, true);
	if (headerBytes < TAP_HEADER_BYTES || headerBytes > bytes.length) return broken;
	const found: { rssiDbm?: number; channel?: number; lqi?: number } = {};
	let fcsType: number = TapFcs.none;
	let at = TAP_HEADER_BYTES;
	while (at + 4 <= headerBytes) {
		const type = data.getUint16(at, true);
		const length = data.getUint16(at + 2, true);
		const value = at + 4;
		if (value + length > headerBytes) return broken;
		if (type === TapTlv.fcsType && length >= 1) fcsType = data.getUint8(value);
		else if (type === TapTlv.rss && length === 4) found.rssiDbm = data.getFloat32(value, true);
		else if (type === TapTlv.channel && length >= 3) found.channel = data.getUint16(value, true);
		else if (type === TapTlv.lqi && length >= 1) found.lqi = data.getUint8(value);
		at = value + length + (-length & 3);
	}
	const hasLongFcs = fcsType === TapFcs.crc32 && bytes.length >= headerBytes + 4;
	const psdu = bytes.subarray(headerBytes, hasLongFcs ? bytes.length - 4 : bytes.length);
	return { number, timeUs, psdu, fcs: fcsType === TapFcs.crc16 ? "present" : "absent", ...found };
}
