import { putU16be, u16be } from "../bytes.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "./lowpan.js";

/** Message type on page 15. */
export const JOIN_TYPE = 0x04;
/** Octets of a JOIN, page switch included. */
export const JOIN_BYTES = 6;

/** Flag: the sender leads a cluster itself, and asks the receiver to pass its datagrams on as its intermediary. */
export const AS_INTERMEDIARY = 0x01;
/** Flag, with the one above: the sender passes on datagrams of others, so that more of them come than its own. */
export const PASSES_ON = 0x02;
/** Flag: the sender hears another head that took the same section; the receiver should take another one. */
export const CLASHES = 0x04;

export type JoinDrop = "join-truncated" | "join-type";

/**
 * JOIN, to one head: the sender joins its cluster for this term, or makes it its intermediary.
 *
 * On the air, big-endian: 0xff, type 0x04, flags (1), charge (1), round (2). Longer ones are from later versions: what
 * follows is passed over.
 */
export class Join {
	/** {@link AS_INTERMEDIARY}, {@link PASSES_ON}, {@link CLASHES}; unknown bits are ignored. */
	flags = 0;
	/** Charge of the sender, 0 to 255 (full). */
	charge = 0;
	/** Number of the round that it was sent in: one of another round is a replay. */
	round = 0;
}

/** Encodes a JOIN, page switch first; returns the next offset. */
export function encodeJoin(join: Join, bytes: Uint8Array, offset: number): number {
	bytes[offset] = Dispatch.page | EXPERIMENTAL_PAGE;
	bytes[offset + 1] = JOIN_TYPE;
	bytes[offset + 2] = join.flags;
	bytes[offset + 3] = join.charge;
	putU16be(bytes, offset + 4, join.round);
	return offset + JOIN_BYTES;
}

/** Decodes a JOIN whose type octet is at `offset`, behind the page switch. */
export function decodeJoin(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: Join = new Join(),
): Join | JoinDrop {
	if (offset + JOIN_BYTES - 1 > end) return "join-truncated";
	if (bytes[offset] !== JOIN_TYPE) return "join-type";
	into.flags = bytes[offset + 1]!;
	into.charge = bytes[offset + 2]!;
	into.round = u16be(bytes, offset + 3);
	return into;
}
