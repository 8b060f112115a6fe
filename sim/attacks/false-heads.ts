import { BROADCAST, LinkAddress } from "../../firmware/address.js";
import {
	ADVERTISEMENT_BYTES,
	Advertisement,
	encodeAdvertisement,
} from "../../firmware/frames/cluster-advertisement.js";
import { AS_INTERMEDIARY, decodeJoin, JOIN_TYPE } from "../../firmware/frames/cluster-join.js";
import {
	encodeSchedule,
	encodeScheduleMember,
	LONG_NAMES,
	SCHEDULE_BYTES,
	Schedule,
} from "../../firmware/frames/cluster-schedule.js";
import { FrameType } from "../../firmware/frames/mac-frame.js";
import { airtimeUs, LIFS_US, SHR_US, TURNAROUND_US } from "../../firmware/mac/timing.js";
import type { AttackContext, AttackRandom, Peer } from "./attack.js";
import { type ClusterEar, messageTypeOf, type RoundTimes } from "./cluster-ear.js";
import type { Heard } from "./heard.js";

/** What a false head claims of itself: as near to the sink as a node can be, and sure to reach it. */
const HOPS = 1;
const COMPLETION = 255;
/** Heads send SCHEDULE within a millisecond after its slot began. */
const SCHEDULE_AFTER_US = 300;
/** Octets of a data frame around its payload: short addresses, FCS. */
const FRAME_BYTES = 11;
/** Room for members in a SCHEDULE of this attacker's. */
const MOST_MEMBERS = 10;

/** One head that there is none of: a name under which a radio announces itself, and those who believed it. */
interface FalseHead {
	readonly name: Peer;
	readonly section: number;
	readonly members: LinkAddress[];
	sequence: number;
}

export interface FalseHeadsOptions {
	/** Charge that each claims, 0 to 255. */
	readonly charge: number;
}

/**
 * Heads that one radio makes up: they announce themselves, acknowledge JOINs, give slots, acknowledge readings, and no
 * reading ever goes further.
 */
export class FalseHeads {
	readonly #context: AttackContext;
	readonly #ear: ClusterEar;
	readonly #options: FalseHeadsOptions;
	readonly #random: AttackRandom;
	#heads: FalseHead[] = [];

	constructor(context: AttackContext, ear: ClusterEar, options: FalseHeadsOptions) {
		this.#context = context;
		this.#ear = ear;
		this.#options = options;
		this.#random = context.random("false-heads");
		context.hear((heard) => this.#onFrame(heard));
	}

	/** Announces each name in the first window of a round with an election, one behind the other from a random instant on. */
	announce(names: readonly Peer[], times: RoundTimes): void {
		const { timeline } = this.#ear;
		const { sections, electionUs } = timeline.config;
		const spacingUs = airtimeUs(ADVERTISEMENT_BYTES + FRAME_BYTES) + LIFS_US;
		const lastUs = Math.max(0, electionUs - names.length * spacingUs);
		const firstUs =
			times.beganUs + timeline.receiptEndUs + this.#random.below(1 + Math.min(lastUs, electionUs >> 4));
		this.#heads = names.map((name, i) => {
			const head = { name, section: this.#random.below(sections), members: [], sequence: 0 };
			this.#context.at(firstUs + i * spacingUs, () => this.#advertise(head, times));
			return head;
		});
	}

	/** Gives the slots of a round. */
	schedule(times: RoundTimes): void {
		for (const head of this.#heads) {
			const atUs =
				times.beganUs + this.#ear.timeline.sectionAt(times.round, head.section) + SCHEDULE_AFTER_US;
			this.#context.at(atUs, () => this.#schedule(head, times));
		}
	}

	#advertise(head: FalseHead, { round, beganUs }: RoundTimes): void {
		const atUs = this.#context.nowUs() + TURNAROUND_US;
		const advertisement = Object.assign(new Advertisement(), {
			charge: this.#options.charge,
			merit: 0,
			section: head.section,
			hops: HOPS,
			completion: COMPLETION,
		});
		Object.assign(advertisement.time, {
			sequence: head.sequence++,
			round,
			elapsedUs: atUs + SHR_US - beganUs,
		});
		const payload = new Uint8Array(ADVERTISEMENT_BYTES);
		encodeAdvertisement(advertisement, payload, 0);
		this.#broadcast(head, payload, atUs);
	}

	#schedule(head: FalseHead, { round, beganUs }: RoundTimes): void {
		const atUs = this.#context.nowUs() + TURNAROUND_US;
		const members = head.members.slice(0, MOST_MEMBERS);
		const isLong = head.name.address.byteLength === 8;
		const { charge } = this.#options;
		const schedule = Object.assign(new Schedule(), {
			flags: isLong ? LONG_NAMES : 0,
			section: head.section,
			charge,
			meanCharge: charge,
			hops: HOPS,
			completion: COMPLETION,
			members: members.length,
		});
		Object.assign(schedule.time, { sequence: head.sequence++, round, elapsedUs: atUs + SHR_US - beganUs });
		const payload = new Uint8Array(SCHEDULE_BYTES + members.length * schedule.nameBytes);
		let at = encodeSchedule(schedule, payload, 0);
		for (const member of members) at = encodeScheduleMember(schedule, member, payload, at);
		this.#broadcast(head, payload, atUs);
	}

	#broadcast({ name }: FalseHead, payload: Uint8Array, atUs: number): void {
		const { forge } = this.#context;
		this.#context.send(forge.frame({ source: name.address, destination: BROADCAST }, payload), { atUs });
	}

	#onFrame(heard: Heard): void {
		const { header, psdu } = heard;
		if (heard.isOurs || !heard.isUnicast || header.type !== FrameType.data) return;
		const head = this.#heads.find(({ name }) => name.address.equals(header.destination));
		if (head === undefined || !this.#context.isActive()) return;
		const { forge } = this.#context;
		if (header.ackRequest) {
			const atUs = this.#context.nowUs() + TURNAROUND_US;
			this.#context.send(forge.acknowledgement(header.seq), { atUs });
		}
		if (messageTypeOf(heard) !== JOIN_TYPE) return;
		const join = decodeJoin(psdu, header.next + 1, header.end);
		if (typeof join === "string" || (join.flags & AS_INTERMEDIARY) !== 0) return;
		const source = new LinkAddress().set(header.source);
		if (!head.members.some((member) => member.equals(source))) head.members.push(source);
	}
}
