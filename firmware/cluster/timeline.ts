import type { ClusterConfig } from "./config.js";

/** The section of a sink's own cluster, which is first in every round. */
export const SINK_SECTION = 0xff;

/**
 * Elections are never further apart than this many rounds, whatever the configuration says: SYNC sets the clocks, shows the
 * way, and lets receipts pass, and without them nothing is confirmed.
 */
const MOST_ROUNDS_PER_ELECTION = 32;

/** When the phases of a round begin and end, in µs since it began: see {@link ClusterConfig}. */
export class Timeline {
	readonly config: ClusterConfig;
	readonly roundsPerElection: number;
	/** Ends of the phases of a round with an election, in their order; each begins where the one before ends. */
	readonly syncEndUs: number;
	readonly receiptEndUs: number;
	readonly firstWindowEndUs: number;
	readonly secondWindowEndUs: number;
	readonly joinEndUs: number;
	/** What the slots of all sections take. */
	readonly #slotsUs: number;

	/** Throws a RangeError when the phases do not fit into a round. */
	constructor(config: ClusterConfig) {
		this.config = config;
		this.roundsPerElection = Math.max(1, Math.min(MOST_ROUNDS_PER_ELECTION, config.roundsPerElection));
		this.syncEndUs = config.syncUs;
		this.receiptEndUs = this.syncEndUs + config.receiptUs;
		this.firstWindowEndUs = this.receiptEndUs + config.electionUs;
		this.secondWindowEndUs = this.firstWindowEndUs + config.electionUs;
		this.joinEndUs = this.secondWindowEndUs + config.joinUs;
		this.#slotsUs = (config.sinkSlots + config.sections * config.slotsPerSection) * config.slotUs;
		const needsUs = this.joinEndUs + this.#slotsUs + config.forwardUs;
		if (needsUs > config.roundUs) {
			throw new RangeError(`ClusterConfig: expected roundUs of at least ${needsUs}, got ${config.roundUs}`);
		}
	}

	/** The round of the election that the term of a round began with, counted as on the air: in 16 bits. */
	termOf(round: number): number {
		return round - ((round & 0xffff) % this.roundsPerElection);
	}

	hasElection(round: number): boolean {
		return this.termOf(round) === round;
	}

	/** When the slots begin. */
	slotsAt(round: number): number {
		return this.hasElection(round) ? this.joinEndUs : 0;
	}

	/** When the first slot of a section begins. */
	sectionAt(round: number, section: number): number {
		const { sinkSlots, slotsPerSection, slotUs } = this.config;
		const slots = section === SINK_SECTION ? 0 : sinkSlots + section * slotsPerSection;
		return this.slotsAt(round) + slots * slotUs;
	}

	/** Slots of a section. */
	slotsOf(section: number): number {
		return section === SINK_SECTION ? this.config.sinkSlots : this.config.slotsPerSection;
	}

	/** The section whose slots are at a time since the round began, -1 for none. */
	sectionOf(round: number, elapsedUs: number): number {
		const { sinkSlots, sections, slotsPerSection, slotUs } = this.config;
		const slot = Math.floor((elapsedUs - this.slotsAt(round)) / slotUs);
		if (slot < 0 || slot >= sinkSlots + sections * slotsPerSection) return -1;
		return slot < sinkSlots ? SINK_SECTION : Math.floor((slot - sinkSlots) / slotsPerSection);
	}

	/** When the slot for newcomers of a section begins: its last one. */
	newcomersAt(round: number, section: number): number {
		return this.sectionAt(round, section) + (this.slotsOf(section) - 1) * this.config.slotUs;
	}

	forwardAt(round: number): number {
		return this.slotsAt(round) + this.#slotsUs;
	}

	forwardEnd(round: number): number {
		return this.forwardAt(round) + this.config.forwardUs;
	}
}
