import { putU16be, u16be } from "../bytes.js";
import { CLUSTER_TIME_BYTES, ClusterTime, decodeClusterTime, encodeClusterTime } from "./cluster-time.js";

/** Message type on page 15. */
export const SYNC_TYPE = 0x02;
/** Octets of a SYNC, page switch included. */
export const SYNC_BYTES = 2 + CLUSTER_TIME_BYTES + 4;

export type SyncDrop = "sync-truncated" | "sync-type";

/**
 * The sink's word that a round with an election begins, echoed by those who hear it: sets clocks, and shows the way.
 *
 * On the air, big-endian: 0xff, type 0x02, {@link ClusterTime} (8), hops (1), charge (1), cost (2). Longer ones are from
 * later versions: what follows is passed over.
 */
export class Sync {
	readonly time = new ClusterTime();
	/** Radio hops to the sink, 0 at the sink. */
	hops = 0;
	/** Charge of whoever sends it, 0 to 255 (full). */
	charge = 0;
	/** Expected transmissions to the sink, times 256, at most 65,535. */
	cost256 = 0;
}

/** Encodes a SYNC, page switch first; returns the next offset. */
export function encodeSync(sync: Sync, bytes: Uint8Array, offset: number): number {
	const at = encodeClusterTime(SYNC_TYPE, sync.time, bytes, offset);
	bytes[at] = sync.hops;
	bytes[at + 1] = sync.charge;
	putU16be(bytes, at + 2, sync.cost256);
	return offset + SYNC_BYTES;
}

/** Decodes a SYNC whose type octet is at `offset`, behind the page switch. */
export function decodeSync(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: Sync = new Sync(),
): Sync | SyncDrop {
	if (offset + SYNC_BYTES - 1 > end) return "sync-truncated";
	if (bytes[offset] !== SYNC_TYPE) return "sync-type";
	const at = decodeClusterTime(bytes, offset + 1, into.time);
	into.hops = bytes[at]!;
	into.charge = bytes[at + 1]!;
	into.cost256 = u16be(bytes, at + 2);
	return into;
}
