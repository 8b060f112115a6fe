import type { ElectionFactory, ElectionOptions } from "./election.js";

/**
 * How a clustered node spends its time. All nodes of a network have the same.
 *
 * A round begins at the same time everywhere. In one with an election all nodes are awake first: the sink's SYNC (0x02)
 * and its echoes for `syncUs`, its RECEIPTs and their echoes for `receiptUs`, announcements (ADV) for `electionUs`, those of the second window for as long again, JOINs
 * for `joinUs`. Then, in every round, the slots: `sinkSlots` of the sink's own cluster, and `sections` of
 * `slotsPerSection` each, one section a cluster. In the first slot of a section its head sends SCHEDULE, in the last one it
 * listens for newcomers' JOINs; between them each member has one slot, and sleeps outside it. Then, for `forwardUs`, heads
 * send what they collected towards the sink, and those that heads chose as intermediaries pass it on. All sleep for the
 * rest of `roundUs`.
 */
export interface ClusterTiming {
	readonly roundUs: number;
	/** 1 or more. */
	readonly roundsPerElection: number;
	readonly syncUs: number;
	readonly receiptUs: number;
	readonly electionUs: number;
	readonly joinUs: number;
	readonly slotUs: number;
	/** Slots of a section, 3 to 64: SCHEDULE, members, newcomers. */
	readonly slotsPerSection: number;
	/** 1 to 255. */
	readonly sections: number;
	/** Slots of the sink's own cluster, whose members send to it directly: 3 to 255. */
	readonly sinkSlots: number;
	readonly forwardUs: number;
	/** Clocks differ from true time by at most this much, in parts per million: what guard times are made for. */
	readonly driftPpm: number;
	/** A head whose announcement is weaker covers nobody under elections within a radius, in dBm. */
	readonly radiusRssiDbm: number;
	/** Readings that a node keeps until a receipt tells that they arrived. */
	readonly bufferedReadings: number;
}

/** How a node takes part in clusters. */
export interface ClusterConfig extends ClusterTiming {
	readonly election: ElectionFactory;
	readonly electionOptions: ElectionOptions;
}

/** When the slots of a round begin, in µs since the round began. */
export function slotsBeginUs(config: ClusterTiming, hasElection: boolean): number {
	return hasElection ? config.syncUs + config.receiptUs + 2 * config.electionUs + config.joinUs : 0;
}
