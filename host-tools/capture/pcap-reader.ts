import { UserError } from "../errors.js";
import type { CapturedPacket } from "./captured-frame.js";

const GLOBAL_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
/** The largest packet that libpcap itself would write. */
const MAX_PACKET_BYTES = 0x40000;

/** Magic numbers as a little-endian reader sees them: byte order and resolution of the timestamps. */
const FORMATS: ReadonlyMap<number, { readonly littleEndian: boolean; readonly perUs: number }> = new Map([
	[0xa1b2c3d4, { littleEndian: true, perUs: 1 }],
	[0xd4c3b2a1, { littleEndian: false, perUs: 1 }],
	[0xa1b23c4d, { littleEndian: true, perUs: 1000 }],
	[0x4d3cb2a1, { littleEndian: false, perUs: 1000 }],
]);

/** Whether a file begins as a classic pcap does. */
export function isPcap(file: Uint8Array): boolean {
	return file.length >= 4 && FORMATS.has(view(file).getUint32(0, true));
}

/**
 * Reads a classic pcap file (draft-ietf-opsawg-pcap): both byte orders, microseconds and nanoseconds.
 *
 * Nanoseconds are cut to microseconds. Throws a UserError that names `path` for a file that is cut.
 */
export function* readPcap(file: Uint8Array, path: string): Generator<CapturedPacket, void, undefined> {
	const data = view(file);
	const format = FORMATS.get(data.getUint32(0, true));
	if (format === undefined) throw new TypeError("readPcap: expected a pcap file, got another magic number");
	if (file.length < GLOBAL_HEADER_BYTES) {
		throw new UserError(`${path}: expected a pcap header of 24 octets, found ${file.length}`);
	}
	const { littleEndian, perUs } = format;
	// The upper bits say how long the FCS is, where the link type itself does not.
	const linkType = data.getUint32(20, littleEndian) & 0xffff;
	let offset = GLOBAL_HEADER_BYTES;
	for (let number = 1; offset < file.length; number++) {
		const left = file.length - offset;
		if (left < RECORD_HEADER_BYTES) {
			throw new UserError(
				`${path}: frame ${number} at octet ${offset}: expected 16 octets of header, found ${left}`,
			);
		}
		const capturedLength = data.getUint32(offset + 8, littleEndian);
		const originalLength = data.getUint32(offset + 12, littleEndian);
		if (capturedLength > MAX_PACKET_BYTES) {
			throw new UserError(
				`${path}: frame ${number} at octet ${offset}: expected a length up to ${MAX_PACKET_BYTES}, found ${capturedLength}`,
			);
		}
		const start = offset + RECORD_HEADER_BYTES;
		if (start + capturedLength > file.length) {
			throw new UserError(
				`${path}: frame ${number} at octet ${offset}: expected ${capturedLength} octets of packet, found ${file.length - start}`,
			);
		}
		const seconds = data.getUint32(offset, littleEndian);
		const fraction = data.getUint32(offset + 4, littleEndian);
		yield {
			number,
			timeUs: seconds * 1_000_000 + Math.floor(fraction / perUs),
			linkType,
			bytes: file.subarray(start, start + capturedLength),
			originalLength,
		};
		offset = start + capturedLength;
	}
}

function view(file: Uint8Array): DataView {
	return new DataView(file.buffer, file.byteOffset, file.byteLength);
}
