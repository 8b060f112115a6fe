import { i32be, putI32be, putU16be, u16be } from "../bytes.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "./lowpan.js";

/** Octets of {@link ClusterTime} on the air. */
export const CLUSTER_TIME_BYTES = 8;

/**
 * What SYNC, ADV and SCHEDULE begin with, behind their type: sequence of the sender's broadcasts (2), round (2), elapsed
 * (4), big-endian.
 */
export class ClusterTime {
	/** Rises with each broadcast of this sender, of whatever kind: shows its neighbours what they missed. */
	sequence = 0;
	/** Number of the round, 16 bits that wrap (RFC 1982). */
	round = 0;
	/** Time since that round began at which the frame's start-of-frame delimiter is sent, in µs. */
	elapsedUs = 0;
}

/** Writes page switch, type and time; returns the next offset. */
export function encodeClusterTime(
	type: number,
	time: ClusterTime,
	bytes: Uint8Array,
	offset: number,
): number {
	bytes[offset] = Dispatch.page | EXPERIMENTAL_PAGE;
	bytes[offset + 1] = type;
	putU16be(bytes, offset + 2, time.sequence);
	putU16be(bytes, offset + 4, time.round);
	putI32be(bytes, offset + 6, time.elapsedUs | 0);
	return offset + 2 + CLUSTER_TIME_BYTES;
}

/** Reads the time at `offset`, behind the type; the caller has checked the length. Returns the next offset. */
export function decodeClusterTime(bytes: Uint8Array, offset: number, into: ClusterTime): number {
	into.sequence = u16be(bytes, offset);
	into.round = u16be(bytes, offset + 2);
	into.elapsedUs = i32be(bytes, offset + 4) >>> 0;
	return offset + CLUSTER_TIME_BYTES;
}
