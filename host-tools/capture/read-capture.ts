import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { fileError, systemErrorCode, UserError } from "../errors.js";
import { isLog } from "../trace/log-format.js";
import { type CapturedFrame, type CapturedPacket, LinkType } from "./captured-frame.js";
import { isPcap, readPcap } from "./pcap-reader.js";
import { isPcapng, readPcapng } from "./pcapng-reader.js";
import { tapFrame } from "./tap.js";
import { ethernetFrame } from "./zep.js";

/** Octets that tell what a file is. */
const HEAD_BYTES = 512;

/** A capture file that was checked from its beginning to its end. */
export interface Capture {
	readonly path: string;
	/** Packets in the file, frames or not. */
	readonly packets: number;
	/** The IEEE 802.15.4 frames among them, in the order of the file; may be walked again. */
	frames(): Generator<CapturedFrame, void, undefined>;
}

/** Reads a whole file. Throws a UserError when it is not there or no file. */
export function readInputFile(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		if (systemErrorCode(error) === "ERR_FS_FILE_TOO_LARGE") {
			throw new UserError(`${path}: expected a file up to 2 GiB, found a larger one`);
		}
		throw fileError(path, error);
	}
}

/** The first octets of a file, 512 at most. Throws a UserError when it is not there or no file. */
export function readHead(path: string): Buffer {
	const head = Buffer.alloc(HEAD_BYTES);
	try {
		const file = openSync(path, "r");
		try {
			return head.subarray(0, readSync(file, head));
		} finally {
			closeSync(file);
		}
	} catch (error) {
		throw fileError(path, error);
	}
}

/** Whether octets begin as a capture file does. */
export function isCapture(file: Uint8Array): boolean {
	return isPcap(file) || isPcapng(file);
}

/**
 * Opens a pcap or pcapng file with link type 195, 230, 283, or 1 carrying ZEP.
 *
 * The whole structure is checked first, so that a capture that is cut gives no half of an answer.
 * Throws a UserError with the place, what was expected and what was found.
 */
export function openCapture(path: string, file: Uint8Array = readInputFile(path)): Capture {
	const packets = (): Generator<CapturedPacket, void, undefined> =>
		isPcap(file) ? readPcap(file, path) : readPcapng(file, path);
	if (!isCapture(file))
		throw new UserError(`${path}: expected a pcap or pcapng file, found ${describe(file)}`);
	let count = 0;
	let hasFrame = false;
	let isSupported = false;
	const foreign = new Set<number>();
	for (const packet of packets()) {
		const { linkType } = packet;
		count++;
		hasFrame ||= toFrame(packet) !== undefined;
		if (isLinkType(linkType)) isSupported = true;
		else foreign.add(linkType);
	}
	if (foreign.size > 0 && !isSupported) {
		const found = [...foreign].join(" and ");
		throw new UserError(`${path}: expected link type 195, 230, 283 or 1 (with ZEP), found ${found}`);
	}
	if (count > 0 && !hasFrame) {
		const expected = "expected IEEE 802.15.4 frames (on Ethernet: ZEP on UDP port 17754)";
		throw new UserError(`${path}: ${expected}, found none among ${count} packets`);
	}
	return {
		path,
		packets: count,
		*frames() {
			for (const packet of packets()) {
				const frame = toFrame(packet);
				if (frame !== undefined) yield frame;
			}
		},
	};
}

function isLinkType(linkType: number): boolean {
	return Object.values(LinkType).some((known) => known === linkType);
}

function toFrame(packet: CapturedPacket): CapturedFrame | undefined {
	const { number, timeUs, bytes, originalLength } = packet;
	const isCut = bytes.length < originalLength;
	let frame: CapturedFrame | undefined;
	switch (packet.linkType) {
		case LinkType.ieee802154WithFcs:
			frame = { number, timeUs, psdu: bytes, fcs: "present" };
			break;
		case LinkType.ieee802154NoFcs:
			frame = { number, timeUs, psdu: bytes, fcs: "absent" };
			break;
		case LinkType.ieee802154Tap:
			frame = tapFrame(packet);
			break;
		case LinkType.ethernet:
			return ethernetFrame(packet);
		default:
			return undefined;
	}
	return isCut ? { ...frame, fcs: "absent", drop: "frame-cut" } : frame;
}

/** What a file that is no capture looks like, in a word or its first octets. */
export function describe(file: Uint8Array): string {
	if (file.length === 0) return "an empty file";
	if (isLog(file)) return "an event log (lowguard trace FILE --to pcap makes a capture of it)";
	const head = file.subarray(0, HEAD_BYTES);
	if (head.every((octet) => octet === 9 || octet === 10 || octet === 13 || (octet >= 32 && octet < 127))) {
		return "text";
	}
	if (head[0] === 0x1f && head[1] === 0x8b) return "gzip (unpack it first)";
	return `octets ${Buffer.from(head.subarray(0, 4)).toString("hex")}`;
}
