import { AddressMode, LinkAddress } from "../address.js";
import { putU16le, u8, u16le } from "../bytes.js";
import { endsWithTermination1, skipHeaderIes, skipPayloadIes } from "./mac-ie.js";
import {
	AuxSecurityHeader,
	decodeAuxSecurityHeader,
	encodeAuxSecurityHeader,
	micLengthOf,
} from "./mac-security-header.js";

/** Frame types (IEEE 802.15.4-2020, table 7-1). The codec speaks the first four. */
export const FrameType = {
	beacon: 0,
	data: 1,
	ack: 2,
	command: 3,
	multipurpose: 5,
	fragment: 6,
	extended: 7,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** Why a MAC frame was refused by its codec. */
export type MacDrop =
	/** The frame ends before what its header announces. */
	| "mac-truncated"
	/** A reserved frame type, frame version, addressing mode or combination. */
	| "mac-reserved"
	/** A multipurpose, fragment or extended frame. */
	| "mac-unsupported-type";

const SECURITY_ENABLED = 0x0008;
const FRAME_PENDING = 0x0010;
const ACK_REQUEST = 0x0020;
const PAN_ID_COMPRESSION = 0x0040;
const SEQUENCE_SUPPRESSED = 0x0100;
const IE_PRESENT = 0x0200;

const DESTINATION_PAN = 1;
const SOURCE_PAN = 2;

/**
 * The MAC header of one frame, and where its payload lies. Mutable: one object serves every frame.
 *
 * What an encoder reads: everything down to `security`. The rest is what a decoder found.
 */
export class MacHeader {
	type: FrameType = FrameType.data;
	/** 0 (IEEE 802.15.4-2003), 1 (2006) or 2 (2015 and later). */
	version = 1;
	securityEnabled = false;
	framePending = false;
	ackRequest = false;
	panIdCompression = false;
	/** Only in version 2. */
	sequenceSuppressed = false;
	/** Only in version 2. Header IEs follow what {@link encodeMacHeader} writes. */
	iePresent = false;
	/** Sequence number 0 to 255, -1 when suppressed. */
	seq = 0;
	/** PAN identifier 0 to 0xffff, -1 when not in the frame. */
	destinationPan = -1;
	readonly destination = new LinkAddress();
	/** PAN identifier 0 to 0xffff, -1 when not in the frame. */
	sourcePan = -1;
	readonly source = new LinkAddress();
	/** Has a meaning only with `securityEnabled`, in version 1 or 2. */
	readonly security = new AuxSecurityHeader();

	/** Where the header IEs start; equal to `headerEnd` without them. */
	headerIes = 0;
	/** End of the MAC header, header IEs included: where payload IEs or the payload start. */
	headerEnd = 0;
	/** Payload IEs follow the header. While they are encrypted, `next` stays at `headerEnd`. */
	payloadIesPresent = false;
	/** Where the payload starts, after readable payload IEs. */
	next = 0;
	/** Where the payload ends, before the MIC. */
	end = 0;
	/** Octets of MIC from `end` on: 0, 4, 8 or 16. */
	micLength = 0;

	/** The PAN of the source, also when the header leaves it out because it is the destination's; else -1. */
	get effectiveSourcePan(): number {
		return this.sourcePan >= 0 ? this.sourcePan : this.destinationPan;
	}
}

/**
 * Which PAN identifiers are in the frame: bit 0 destination, bit 1 source, -1 for a reserved
 * combination (IEEE 802.15.4-2020, 7.2.2.6 and table 7-2).
 */
function panFields(version: number, destination: number, source: number, compressed: boolean): number {
	if (version < 2) {
		if (!compressed) return (destination === 0 ? 0 : DESTINATION_PAN) | (source === 0 ? 0 : SOURCE_PAN);
		return destination === 0 || source === 0 ? -1 : DESTINATION_PAN;
	}
	if (destination === AddressMode.none) {
		if (source === AddressMode.none) return compressed ? DESTINATION_PAN : 0;
		return compressed ? 0 : SOURCE_PAN;
	}
	if (source === AddressMode.none || (destination & source) === AddressMode.extended) {
		return compressed ? 0 : DESTINATION_PAN;
	}
	return compressed ? DESTINATION_PAN : DESTINATION_PAN | SOURCE_PAN;
}

/**
 * Decodes a MAC header in any frame version, with its auxiliary security header and IEs.
 *
 * `end` excludes the FCS. Reserved bits are ignored, reserved values are refused. A secured frame of
 * version 0 has no auxiliary header (its format was withdrawn in 2006). Source: IEEE 802.15.4-2020,
 * 7.2 to 7.4 and 9.4.
 */
export function decodeMacHeader(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: MacHeader = new MacHeader(),
): MacHeader | MacDrop {
	if (offset + 2 > end) return "mac-truncated";
	const control = u16le(bytes, offset);
	const type = control & 7;
	if (type > FrameType.command) return type === 4 ? "mac-reserved" : "mac-unsupported-type";
	const version = (control >>> 12) & 3;
	const destinationMode = ((control >>> 10) & 3) as AddressMode;
	const sourceMode = ((control >>> 14) & 3) as AddressMode;
	if (version === 3 || destinationMode === AddressMode.reserved || sourceMode === AddressMode.reserved) {
		return "mac-reserved";
	}
	into.type = type as FrameType;
	into.version = version;
	into.securityEnabled = (control & SECURITY_ENABLED) !== 0;
	into.framePending = (control & FRAME_PENDING) !== 0;
	into.ackRequest = (control & ACK_REQUEST) !== 0;
	into.panIdCompression = (control & PAN_ID_COMPRESSION) !== 0;
	into.sequenceSuppressed = version === 2 && (control & SEQUENCE_SUPPRESSED) !== 0;
	into.iePresent = version === 2 && (control & IE_PRESENT) !== 0;
	const pans = panFields(version, destinationMode, sourceMode, into.panIdCompression);
	if (pans < 0) return "mac-reserved";

	let next = offset + 2;
	into.seq = -1;
	if (!into.sequenceSuppressed) {
		if (next >= end) return "mac-truncated";
		into.seq = u8(bytes, next++);
	}
	into.destinationPan = -1;
	if ((pans & DESTINATION_PAN) !== 0) {
		if (next + 2 > end) return "mac-truncated";
		into.destinationPan = u16le(bytes, next);
		next += 2;
	}
	if (destinationMode === AddressMode.none) into.destination.setNone();
	else {
		if (next + (destinationMode === AddressMode.short ? 2 : 8) > end) return "mac-truncated";
		next = into.destination.readLittleEndian(destinationMode, bytes, next);
	}
	into.sourcePan = -1;
	if ((pans & SOURCE_PAN) !== 0) {
		if (next + 2 > end) return "mac-truncated";
		into.sourcePan = u16le(bytes, next);
		next += 2;
	}
	if (sourceMode === AddressMode.none) into.source.setNone();
	else {
		if (next + (sourceMode === AddressMode.short ? 2 : 8) > end) return "mac-truncated";
		next = into.source.readLittleEndian(sourceMode, bytes, next);
	}
	return decodeAfterAddresses(bytes, next, end, into);
}

function decodeAfterAddresses(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: MacHeader,
): MacHeader | MacDrop {
	into.micLength = 0;
	into.payloadIesPresent = false;
	into.headerIes = offset;
	into.headerEnd = offset;
	into.next = offset;
	into.end = end;
	const secured = into.securityEnabled && into.version !== 0;
	if (secured) {
		const security = decodeAuxSecurityHeader(bytes, offset, end, into.security, into.version);
		if (typeof security === "string") return security;
		into.micLength = micLengthOf(security.level);
		into.headerIes = security.next;
		into.headerEnd = security.next;
		into.next = security.next;
		into.end = end - into.micLength;
		if (into.next > into.end) return "mac-truncated";
	}
	if (!into.iePresent) return into;
	const headerEnd = skipHeaderIes(bytes, into.headerIes, into.end);
	if (typeof headerEnd === "string") return headerEnd;
	into.headerEnd = headerEnd;
	into.next = headerEnd;
	into.payloadIesPresent = headerEnd > into.headerIes && endsWithTermination1(bytes, headerEnd);
	return secured && into.security.level >= 4 ? into : passPayloadIes(bytes, into);
}

/**
 * Moves `header.next` behind the payload IEs, once they are in clear text (IEEE 802.15.4-2020, 7.4.3).
 *
 * Returns the header, or why its payload IEs are refused.
 */
export function passPayloadIes(bytes: Uint8Array, header: MacHeader): MacHeader | MacDrop {
	if (!header.payloadIesPresent) return header;
	const next = skipPayloadIes(bytes, header.headerEnd, header.end);
	if (typeof next === "string") return next;
	header.next = next;
	return header;
}

function putPan(name: string, pan: number, bytes: Uint8Array, offset: number): number {
	if (!(pan >= 0 && pan <= 0xffff)) {
		throw new RangeError(`encodeMacHeader: expected ${name} 0 to 0xffff in this combination, got ${pan}`);
	}
	putU16le(bytes, offset, pan);
	return offset + 2;
}

/**
 * Encodes a MAC header up to and including its auxiliary security header; returns the next offset.
 *
 * PAN identifiers are written as `panIdCompression` and the addressing modes ask for. IEs, when
 * `iePresent`, are the caller's to append. Throws a RangeError for a reserved combination, a field out of
 * range, a PAN identifier that the combination would lose, or too little room in `bytes`.
 */
export function encodeMacHeader(header: MacHeader, bytes: Uint8Array, offset: number): number {
	const { type, version, seq } = header;
	const destinationMode = header.destination.mode;
	const sourceMode = header.source.mode;
	if (!(type >= 0 && type <= FrameType.command)) {
		throw new RangeError(`encodeMacHeader: expected type 0 to 3, got ${type}`);
	}
	if (!(version >= 0 && version <= 2)) {
		throw new RangeError(`encodeMacHeader: expected version 0 to 2, got ${version}`);
	}
	if (version < 2 && (header.sequenceSuppressed || header.iePresent)) {
		throw new RangeError(`encodeMacHeader: expected version 2 for IEs or a suppressed seq, got ${version}`);
	}
	if (
		version < 2 &&
		header.securityEnabled &&
		(header.security.frameCounter < 0 || header.security.asnInNonce)
	) {
		throw new RangeError(`encodeMacHeader: expected version 2 without a frame counter, got ${version}`);
	}
	if (version === 0 && header.securityEnabled) {
		throw new RangeError("encodeMacHeader: expected version 1 or 2 for a secured frame, got 0");
	}
	if (destinationMode === AddressMode.reserved || sourceMode === AddressMode.reserved) {
		throw new RangeError("encodeMacHeader: expected addressing mode 0, 2 or 3, got 1");
	}
	const pans = panFields(version, destinationMode, sourceMode, header.panIdCompression);
	if (pans < 0) {
		throw new RangeError("encodeMacHeader: expected two addresses with panIdCompression below version 2");
	}
	putU16le(
		bytes,
		offset,
		type |
			(header.securityEnabled ? SECURITY_ENABLED : 0) |
			(header.framePending ? FRAME_PENDING : 0) |
			(header.ackRequest ? ACK_REQUEST : 0) |
			(header.panIdCompression ? PAN_ID_COMPRESSION : 0) |
			(header.sequenceSuppressed ? SEQUENCE_SUPPRESSED : 0) |
			(header.iePresent ? IE_PRESENT : 0) |
			(destinationMode << 10) |
			(version << 12) |
			(sourceMode << 14),
	);
	let next = offset + 2;
	if (!header.sequenceSuppressed) {
		if (!(seq >= 0 && seq <= 0xff)) {
			throw new RangeError(`encodeMacHeader: expected seq 0 to 255, got ${seq}`);
		}
		bytes[next++] = seq;
	}
	const { destinationPan, sourcePan } = header;
	if ((pans & DESTINATION_PAN) !== 0) next = putPan("destinationPan", destinationPan, bytes, next);
	else if (destinationPan >= 0) {
		throw new RangeError(
			`encodeMacHeader: expected destinationPan -1 in this combination, got ${destinationPan}`,
		);
	}
	next = header.destination.writeLittleEndian(bytes, next);
	if ((pans & SOURCE_PAN) !== 0) next = putPan("sourcePan", sourcePan, bytes, next);
	else if (sourcePan >= 0 && sourcePan !== destinationPan) {
		throw new RangeError(`encodeMacHeader: expected sourcePan -1 in this combination, got ${sourcePan}`);
	}
	next = header.source.writeLittleEndian(bytes, next);
	if (header.securityEnabled) next = encodeAuxSecurityHeader(header.security, bytes, next);
	if (next > bytes.length) {
		throw new RangeError(`encodeMacHeader: expected room for ${next - offset} octets at ${offset}`);
	}
	return next;
}
