import { Timeline } from "../../firmware/cluster/timeline.js";
import { ADVERTISEMENT_TYPE } from "../../firmware/frames/cluster-advertisement.js";
import { SCHEDULE_TYPE } from "../../firmware/frames/cluster-schedule.js";
import { SYNC_TYPE } from "../../firmware/frames/cluster-sync.js";
import { CLUSTER_TIME_BYTES, ClusterTime, decodeClusterTime } from "../../firmware/frames/cluster-time.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "../../firmware/frames/lowpan.js";
import { FrameType } from "../../firmware/frames/mac-frame.js";
import { airtimeUs, SHR_US } from "../../firmware/mac/timing.js";
import type { AttackContext } from "./attack.js";
import type { Heard } from "./heard.js";

/** Types of page 15 from here on are fragments. */
const FIRST_FRAGMENT_TYPE = 0x40;
/** Security levels from here on encrypt (IEEE 802.15.4-2020, 9.4.1.1). */
const ENCRYPTED = 4;
const TIMED: ReadonlySet<number> = new Set([SYNC_TYPE, ADVERTISEMENT_TYPE, SCHEDULE_TYPE]);
/** SYNC tells the network's time best; what others tell goes by clocks that have drifted since. */
const SYNC_ELECTIONS = 3;

/** When the parts of a round begin, in µs of the run. */
export interface RoundTimes {
	readonly round: number;
	readonly beganUs: number;
	readonly hasElection: boolean;
}

/** The type octet of a message on page 15 in a frame that can be read; -1 where there is none. */
export function messageTypeOf({ isReadable, header, psdu }: Heard): number {
	if (!isReadable || header.type !== FrameType.data || header.next + 1 >= header.end) return -1;
	if (header.securityEnabled && header.security.level >= ENCRYPTED) return -1;
	if (psdu[header.next] !== (Dispatch.page | EXPERIMENTAL_PAGE)) return -1;
	const type = psdu[header.next + 1]!;
	return type < FIRST_FRAGMENT_TYPE ? type : -1;
}

/** What an attacker knows of the time that a network keeps: from any of its broadcasts that tell it, and its configuration. */
export class ClusterEar {
	readonly timeline: Timeline;
	readonly #context: AttackContext;
	readonly #handlers: ((times: RoundTimes) => void)[] = [];
	readonly #time = new ClusterTime();
	/** Since when the current round goes on; -1 until a broadcast told it. */
	#beganUs = -1;
	#round = 0;
	/** When a SYNC told the time last. */
	#syncUs = Number.NEGATIVE_INFINITY;

	/** Throws a RangeError where nodes form no clusters. */
	constructor(context: AttackContext) {
		if (context.cluster === undefined)
			throw new RangeError("attacks: expected a scenario with an election, got none");
		this.#context = context;
		this.timeline = new Timeline(context.cluster);
		context.hear((heard) => {
			if (!heard.isOurs && context.isActive()) this.#note(heard);
		});
	}

	/** The current round; undefined until a broadcast told it. */
	get now(): RoundTimes | undefined {
		if (this.#beganUs < 0) return undefined;
		const { roundUs } = this.timeline.config;
		const passed = Math.floor((this.#context.nowUs() - this.#beganUs) / roundUs);
		return this.#times(this.#round + passed, this.#beganUs + passed * roundUs);
	}

	/** Calls back as each round begins, from the one after the first broadcast on. */
	onRound(handler: (times: RoundTimes) => void): void {
		this.#handlers.push(handler);
	}

	#note(heard: Heard): void {
		const type = messageTypeOf(heard);
		const { psdu, header } = heard;
		if (!TIMED.has(type) || header.next + 2 + CLUSTER_TIME_BYTES > header.end) return;
		const { timeline } = this;
		const patienceUs = SYNC_ELECTIONS * timeline.roundsPerElection * timeline.config.roundUs;
		if (type === SYNC_TYPE) this.#syncUs = heard.endUs;
		else if (heard.endUs - this.#syncUs < patienceUs) return;
		decodeClusterTime(psdu, header.next + 2, this.#time);
		const sfdUs = heard.endUs - airtimeUs(psdu.length) + SHR_US;
		const isFirst = this.#beganUs < 0;
		this.#round = this.#time.round;
		this.#beganUs = Math.round(sfdUs - this.#time.elapsedUs);
		if (isFirst) this.#await();
	}

	/** Follows what was heard since: the clocks of the network are not the attacker's. */
	#await(): void {
		const { round, beganUs } = this.now!;
		const nextUs = beganUs + this.timeline.config.roundUs;
		this.#context.at(Math.max(nextUs, this.#context.nowUs() + 1), () => {
			const now = this.now!;
			// Heard again meanwhile, the round may seem to begin a little later than was thought.
			const times =
				now.round === round ? this.#times(round + 1, now.beganUs + this.timeline.config.roundUs) : now;
			for (const handler of this.#handlers) handler(times);
			this.#awaitAfter(times);
		});
	}

	#awaitAfter({ beganUs }: RoundTimes): void {
		// Half-way through, all that tells the time of this round has been heard.
		this.#context.at(Math.round(beganUs + this.timeline.config.roundUs / 2), () => this.#await());
	}

	#times(round: number, beganUs: number): RoundTimes {
		return {
			round: round & 0xffff,
			beganUs,
			hasElection: (round & 0xffff) % this.timeline.roundsPerElection === 0,
		};
	}
}
