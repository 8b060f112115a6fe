import { i32be, putI32be, putU16be, u16be } from "../bytes.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "./lowpan.js";

/** Message type on page 15. */
export const JOIN_TYPE = 0x04;
/** Octets of a JOIN, page switch included. */
export const JOIN_BYTES = 6;
/** Octets of one that asks for an intermediary. */
export const INTERMEDIARY_JOIN_BYTES: number = JOIN_BYTES + 4;

/** Flag: the sender leads a cluster itself, and asks the receiver to pass its datagrams on as its intermediary. */
export const AS_INTERMEDIARY = 0x01;
/** Flag: the sender hears another head that took the same section; the receiver should take another one. */
export const CLASHES = 0x02;

const ALL_TURNS = -1;

export type JoinDrop = "join-truncated" | "join-type";

/**
 * JOIN, to one head: the sender joins its cluster for this term, or makes it its intermediary.
 *
 * On the air, big-endian: 0xff, type 0x04, flags (1), charge (1), round (2); with the flag AS_INTERMEDIARY then turns (4),
 * which are all where they are left out. Longer ones are from later versions: what follows is passed over.
 */
export class Join {
	/** {@link AS_INTERMEDIARY}, {@link CLASHES}; unknown bits are ignored. */
	flags = 0;
	/** Charge of the sender, 0 to 255 (full). */
	charge = 0;
	/** Number of the round that it was sent in: one of another round is a replay. */
	round = 0;
	/** With {@link AS_INTERMEDIARY}: the turns of the forward phase in which datagrams come, one a bit; else 0. */
	turns = 0;
}

/** Encodes a JOIN, page switch first; returns the next offset. */
export function encodeJoin(join: Join, bytes: Uint8Array, offset: number): number {
	bytes[offset] = Dispatch.page | EXPERIMENTAL_PAGE;
	bytes[offset + 1] = JOIN_TYPE;
	bytes[offset + 2] = join.flags;
	bytes[offset + 3] = join.charge;
	putU16be(bytes, offset + 4, join.round);
	if ((join.flags & AS_INTERMEDIARY) === 0) return offset + JOIN_BYTES;
	putI32be(bytes, offset + 6, join.turns);
	return offset + INTERMEDIARY_JOIN_BYTES;
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
	const asks = (into.flags & AS_INTERMEDIARY) !== 0;
	const hasTurns = offset + INTERMEDIARY_JOIN_BYTES - 1 <= end;
	into.turns = !asks ? 0 : hasTurns ? i32be(bytes, offset + 5) : ALL_TURNS;
	return into;
}
