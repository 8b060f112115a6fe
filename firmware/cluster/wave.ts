import { encodeSync, type Sync, Sync as SyncFrame } from "../frames/cluster-sync.js";
import type { ClusterParts } from "./parts.js";
import { round16 } from "./round-clock.js";

/** Whoever heard so many echoes of those who are near and no closer to the sink says nothing more. */
const COPIES = 4;
/** Hops that a wave can make in its phase: each has this part of it. */
const HOPS_A_PHASE = 5;
/** The sink speaks so long after the round began: whoever has a later clock is awake by then. */
const SINK_AFTER_US = 500;
/** No echo begins later than this before the phase ends. */
const TAIL_US = 1800;

/** The wave of SYNCs of one round: the sink begins it, and whoever is needed to carry it on echoes it once. */
export class Wave {
	readonly #parts: ClusterParts;
	readonly #frame = new SyncFrame();
	#round = -1;
	#copies = 0;
	/** We said SYNC in this round: others may send their datagrams over us. */
	hasSpoken = false;
	/** Hops of the SYNC that our clock was set by in this round, 255 for none. */
	#setHops = 255;

	constructor(parts: ClusterParts) {
		this.#parts = parts;
	}

	begin(): void {
		this.#round = -1;
		this.#copies = 0;
		this.hasSpoken = false;
		this.#setHops = 255;
	}

	/** Begins the wave, at the sink. */
	start(): void {
		const { rounds, timeline } = this.#parts;
		this.say(rounds.at(SINK_AFTER_US), rounds.at(timeline.syncEndUs - TAIL_US));
	}

	/** Whether the clock is to be set by a SYNC with this many hops: the first one, and those from nearer the sink. */
	isBest(hops: number): boolean {
		if (hops >= this.#setHops) return false;
		this.#setHops = hops;
		return true;
	}

	/** Takes a SYNC of this round from a trusted neighbour, whose way was considered. `isNear`: it is within the cluster radius. */
	hear(sync: Sync, isNear: boolean): void {
		const { rounds, ways, timeline, clock } = this.#parts;
		if (isNear && sync.hops >= ways.hops) this.#copies++;
		if (this.#round === rounds.round) return;
		this.#round = rounds.round;
		const nowUs = clock.nowUs();
		const untilUs = rounds.at(timeline.syncEndUs - TAIL_US);
		if (nowUs < untilUs) this.say(nowUs + this.delayUs(), untilUs);
	}

	/** The more charge, the sooner: then those who have it are asked to pass on what others send. */
	private delayUs(): number {
		const { config, random } = this.#parts;
		const halfUs = Math.floor(config.syncUs / HOPS_A_PHASE / 2);
		const poverty = 255 - this.#parts.charge();
		return Math.floor((poverty * halfUs) / 255) + random.below(Math.max(1, halfUs));
	}

	private say(atUs: number, untilUs: number): void {
		const { voice, rounds, ways, isSink } = this.#parts;
		const round = rounds.round;
		voice.say(
			"sync",
			atUs,
			untilUs,
			(bytes, offset, sequence, sfdUs) => {
				if (rounds.round !== round || !ways.hasWay) return -1;
				if (!isSink && this.#copies >= COPIES) return -1;
				const s = this.#frame;
				s.time.sequence = sequence;
				s.time.round = round16(round);
				s.time.elapsedUs = Math.max(0, rounds.elapsedAt(sfdUs));
				s.hops = ways.hops;
				s.charge = this.#parts.charge();
				s.cost256 = ways.cost256;
				return encodeSync(s, bytes, offset);
			},
			(sent) => {
				if (!sent) return;
				this.hasSpoken = true;
				ways.noteTold();
			},
		);
	}
}
