import { putFcs } from "../frames/fcs.js";
import { encodeMacHeader, FrameType, MacHeader } from "../frames/mac-frame.js";
import { ACK_BYTES, FCS_BYTES } from "./timing.js";

/** Octets that an acknowledgement has at most: an enhanced one with an EUI-64. */
const MAX_ACK_BYTES = 32;

/** Bits of the second octet: the frame version, and whether the sequence number is suppressed. */
const VERSION_AND_SUPPRESSION = 0x31;
const VERSION_2_SUPPRESSED = 0x21;

/** Sequence number of a frame, -1 where a frame of version 2 leaves it out (IEEE 802.15.4-2020, 7.2.2). */
export function sequenceNumber(psdu: Uint8Array): number {
	return (psdu[1]! & VERSION_AND_SUPPRESSION) === VERSION_2_SUPPRESSED ? -1 : psdu[2]!;
}

/** An immediate acknowledgement, with its FCS (IEEE 802.15.4-2020, 7.3.3). */
export function immediateAck(seq: number): Uint8Array {
	const psdu = Uint8Array.of(FrameType.ack, 0x00, seq, 0, 0);
	putFcs(psdu, ACK_BYTES);
	return psdu;
}

/** An enhanced acknowledgement without security or IEs, with its FCS (IEEE 802.15.4-2020, 7.3.3). */
export function enhancedAck(received: MacHeader): Uint8Array {
	const header = new MacHeader();
	header.type = FrameType.ack;
	header.version = 2;
	header.seq = received.seq;
	header.sequenceSuppressed = received.sequenceSuppressed;
	header.destination.set(received.source);
	// Where nobody is named, the PAN is not either.
	const isNamed = received.source.byteLength > 0;
	header.destinationPan = isNamed ? received.effectiveSourcePan : -1;
	header.panIdCompression = isNamed && header.destinationPan < 0;
	const bytes = new Uint8Array(MAX_ACK_BYTES);
	const end = encodeMacHeader(header, bytes, 0) + FCS_BYTES;
	putFcs(bytes, end);
	return bytes.slice(0, end);
}

/** The acknowledgement that a frame gets: an enhanced one in version 2, else an immediate one. */
export function acknowledgementOf(received: MacHeader): Uint8Array {
	return received.version === 2 ? enhancedAck(received) : immediateAck(received.seq);
}
