import { CLUSTER_TIME_BYTES, ClusterTime, decodeClusterTime, encodeClusterTime } from "./cluster-time.js";

/** Message type on page 15. */
export const ADVERTISEMENT_TYPE = 0x03;
/** Octets of an ADV, page switch included. */
export const ADVERTISEMENT_BYTES = 2 + CLUSTER_TIME_BYTES + 6;

/** Flag: a candidacy that is not decided yet (HEED). */
export const TENTATIVE = 0x01;

export type AdvertisementDrop = "advertisement-truncated" | "advertisement-type";

/**
 * ADV: a node announces that it leads for the term that begins.
 *
 * On the air, big-endian: 0xff, type 0x03, {@link ClusterTime} (8), flags (1), charge (1), merit (1), section (1), hops
 * (1), completion (1). Longer ones are from later versions: what follows is passed over.
 */
export class Advertisement {
	readonly time = new ClusterTime();
	/** {@link TENTATIVE}; unknown bits are ignored. */
	flags = 0;
	/** Claimed charge, 0 to 255 (full). */
	charge = 0;
	/** What the sender's election says of itself; lower is better where it is compared. */
	merit = 0;
	/** The section whose slots it takes, from 0 on. */
	section = 0;
	/** Radio hops from it to the sink, at least 1; 255 when it knows no way. */
	hops = 0;
	/** How likely it thinks that a datagram of its own reaches the sink, in 1/255. */
	completion = 0;
}

/** Encodes an ADV, page switch first; returns the next offset. */
export function encodeAdvertisement(advertisement: Advertisement, bytes: Uint8Array, offset: number): number {
	const at = encodeClusterTime(ADVERTISEMENT_TYPE, advertisement.time, bytes, offset);
	bytes[at] = advertisement.flags;
	bytes[at + 1] = advertisement.charge;
	bytes[at + 2] = advertisement.merit;
	bytes[at + 3] = advertisement.section;
	bytes[at + 4] = advertisement.hops;
	bytes[at + 5] = advertisement.completion;
	return offset + ADVERTISEMENT_BYTES;
}

/** Decodes an ADV whose type octet is at `offset`, behind the page switch. */
export function decodeAdvertisement(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: Advertisement = new Advertisement(),
): Advertisement | AdvertisementDrop {
	if (offset + ADVERTISEMENT_BYTES - 1 > end) return "advertisement-truncated";
	if (bytes[offset] !== ADVERTISEMENT_TYPE) return "advertisement-type";
	const at = decodeClusterTime(bytes, offset + 1, into.time);
	into.flags = bytes[at]!;
	into.charge = bytes[at + 1]!;
	into.merit = bytes[at + 2]!;
	into.section = bytes[at + 3]!;
	into.hops = bytes[at + 4]!;
	into.completion = bytes[at + 5]!;
	return into;
}
