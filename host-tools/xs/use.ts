import type { XsHeapUse, XsStats } from "./limits.js";

/** A limit, and the most that was needed. */
export interface Need {
	readonly limit: number;
	readonly peak: number;
}

/** What the machines of one node used, one after the other: it has a new one after each reboot. */
export interface MoteUse {
	readonly node: number;
	/** Octets that were alive when a collection ended, at most. */
	readonly chunkBytes: Need;
	/** Slots that were alive when a collection ended, at most. */
	readonly slots: Need;
	readonly stackSlots: Need;
	readonly keys: Need;
	readonly collections: number;
	/** Instructions. */
	readonly meter: number;
	/** Why the last machine ended before its time; null for one that did not. */
	readonly died: string | null;
}

/** The use of a node with that of one more machine. */
export function addUse(
	before: MoteUse | undefined,
	node: number,
	stats: XsStats,
	died: string | undefined,
): MoteUse {
	const { chunks, slots, stack, keys } = stats;
	return {
		node,
		chunkBytes: most(before?.chunkBytes, needOf(chunks)),
		slots: most(before?.slots, needOf(slots)),
		stackSlots: most(before?.stackSlots, { limit: stack.limit, peak: stack.peak }),
		keys: most(before?.keys, { limit: keys.limit, peak: keys.peak }),
		collections: (before?.collections ?? 0) + stats.collections,
		meter: (before?.meter ?? 0) + stats.meter,
		died: died ?? null,
	};
}

/** What was alive at most; all that was in use of a machine that ended before it collected any garbage. */
function needOf({ limit, livePeak, peak }: XsHeapUse): Need {
	return { limit, peak: livePeak > 0 ? livePeak : peak };
}

function most(a: Need | undefined, b: Need): Need {
	return a === undefined || b.peak > a.peak ? b : a;
}
