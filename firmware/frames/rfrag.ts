import { i32be, putI32be, putU16be, u16be } from "../bytes.js";
import { Dispatch } from "./lowpan.js";

/** Octets of an RFRAG header and of an RFRAG-ACK (RFC 8931, section 5). */
export const RFRAG_BYTES = 6;

/** Why octets are no recoverable fragment or acknowledgement. */
export type RfragDrop = "rfrag-truncated" | "not-rfrag";

/** A recoverable fragment header (RFC 8931, section 5.1). */
export class RfragHeader {
	/** Explicit congestion notification. */
	ecn = false;
	/** Names the datagram on this hop, 0 to 255. */
	tag = 0;
	/** The sender asks for an acknowledgement. */
	ackRequest = false;
	/** Number of the fragment, 0 to 31. */
	sequence = 0;
	/** Octets of the fragment as the sender claims, 0 to 1,023. */
	size = 0;
	/**
	 * Sequence 0: octets of the whole compressed packet; else where the fragment lies in it. 0 says that
	 * the sender gives the packet up.
	 */
	offset = 0;
	/** Offset after the header. */
	next = 0;
}

/** An acknowledgement of recoverable fragments (RFC 8931, section 5.2). */
export class RfragAck {
	ecn = false;
	tag = 0;
	/** Bit 31 stands for sequence 0; unsigned. All zero says that the receiver gives the packet up. */
	bitmap = 0;
	/** Offset after the header. */
	next = 0;
}

/** Decodes a recoverable fragment header. */
export function decodeRfrag(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: RfragHeader = new RfragHeader(),
): RfragHeader | RfragDrop {
	if (offset >= end) return "rfrag-truncated";
	const dispatch = bytes[offset] as number;
	if ((dispatch & 0xfe) !== Dispatch.rfrag) return "not-rfrag";
	if (offset + RFRAG_BYTES > end) return "rfrag-truncated";
	const fields = u16be(bytes, offset + 2);
	into.ecn = (dispatch & 1) !== 0;
	into.tag = bytes[offset + 1] as number;
	into.ackRequest = (fields & 0x8000) !== 0;
	into.sequence = (fields >>> 10) & 0x1f;
	into.size = fields & 0x3ff;
	into.offset = u16be(bytes, offset + 4);
	into.next = offset + RFRAG_BYTES;
	return into;
}

/** Encodes a recoverable fragment header and returns the next offset; RangeError for a field out of range. */
export function encodeRfrag(header: Omit<RfragHeader, "next">, bytes: Uint8Array, offset: number): number {
	const { ecn, tag, ackRequest, sequence, size } = header;
	check("tag", tag, 0xff);
	check("sequence", sequence, 0x1f);
	check("size", size, 0x3ff);
	check("offset", header.offset, 0xffff);
	bytes[offset] = Dispatch.rfrag | (ecn ? 1 : 0);
	bytes[offset + 1] = tag;
	putU16be(bytes, offset + 2, (ackRequest ? 0x8000 : 0) | (sequence << 10) | size);
	putU16be(bytes, offset + 4, header.offset);
	return offset + RFRAG_BYTES;
}

/** Decodes an acknowledgement of recoverable fragments. */
export function decodeRfragAck(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: RfragAck = new RfragAck(),
): RfragAck | RfragDrop {
	if (offset >= end) return "rfrag-truncated";
	const dispatch = bytes[offset] as number;
	if ((dispatch & 0xfe) !== Dispatch.rfragAck) return "not-rfrag";
	if (offset + RFRAG_BYTES > end) return "rfrag-truncated";
	into.ecn = (dispatch & 1) !== 0;
	into.tag = bytes[offset + 1] as number;
	into.bitmap = i32be(bytes, offset + 2) >>> 0;
	into.next = offset + RFRAG_BYTES;
	return into;
}

/** Encodes an acknowledgement of recoverable fragments and returns the next offset. */
export function encodeRfragAck(ack: Omit<RfragAck, "next">, bytes: Uint8Array, offset: number): number {
	check("tag", ack.tag, 0xff);
	bytes[offset] = Dispatch.rfragAck | (ack.ecn ? 1 : 0);
	bytes[offset + 1] = ack.tag;
	putI32be(bytes, offset + 2, ack.bitmap | 0);
	return offset + RFRAG_BYTES;
}

function check(field: string, value: number, most: number): void {
	if (!(Number.isInteger(value) && value >= 0 && value <= most)) {
		throw new RangeError(`encodeRfrag: expected ${field} from 0 to ${most}, got ${value}`);
	}
}
