import type { ClusterTiming } from "../cluster/config.js";
import { CHAINING_DEFAULTS } from "../net/chaining.js";
import type { MotePlan } from "./plan.js";

const PREFIX = "2001:db8::/64";

/** What a node is that nobody told otherwise: the same on a board and in a scenario. */
export const MOTE_DEFAULTS = {
	channel: 26,
	panId: 0xabcd,
	txPowerDbm: 0,
	prefix: PREFIX,
	contexts: { "0": PREFIX },
	beaconPeriodUs: 10_000_000,
	csma: { minBe: 3, maxBe: 5, maxBackoffs: 4, maxRetries: 3 },
	neighbours: 32,
	queueLength: 8,
	hopLimit: 64,
	elideUdpChecksum: false,
	maxPacketBytes: 1280,
	/** Octets for reassembly: 4 contexts of one IPv6 MTU. */
	budgetBytes: 5120,
	chain: { format: "auto", ...CHAINING_DEFAULTS },
} as const satisfies Partial<MotePlan> & { beaconPeriodUs: number; budgetBytes: number };

/** How clustered nodes spend their time unless told otherwise; the rest depends on the election and the radio. */
export const CLUSTER_DEFAULTS = {
	roundUs: 20_000_000,
	syncUs: 60_000,
	receiptUs: 200_000,
	electionUs: 120_000,
	joinUs: 150_000,
	slotUs: 10_000,
	slotsPerSection: 16,
	sections: 48,
	sinkSlots: 16,
	forwardUs: 6_400_000,
	bufferedReadings: 32,
} as const satisfies Partial<ClusterTiming>;
