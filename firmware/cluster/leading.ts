import type { LinkAddress } from "../address.js";
import { AS_INTERMEDIARY, CLASHES, type Join } from "../frames/cluster-join.js";
import {
	encodeSchedule,
	encodeScheduleMember,
	LONG_NAMES,
	SCHEDULE_BYTES,
	SCHEDULE_CONTINUES,
	Schedule,
} from "../frames/cluster-schedule.js";
import type { ClusterParts } from "./parts.js";
import { Listening } from "./radio-duty.js";
import { round16 } from "./round-clock.js";
import { SINK_SECTION } from "./timeline.js";

/**
 * SCHEDULE is sent within this part of its slot: two heads that are hidden from each other and took one section would else
 * never be heard by those between them.
 */
const SPREAD = 0.4;
/** Heads whose datagrams a node passes on in one term. */
const MOST_CHILDREN = 16;
/** A member that was silent for so many rounds makes room for a newcomer. */
const SILENT_ROUNDS = 3;
const USUAL_FRAGMENTS = 6;

interface Member {
	readonly address: LinkAddress;
	charge: number;
	heardRound: number;
}

interface Child {
	readonly address: LinkAddress;
	/** The turns in which its datagrams come, one a bit. */
	turns: number;
}

/** The cluster that a head, or a sink, leads: its members, their slots, and those that it passes datagrams on for. */
export class Leading {
	readonly #parts: ClusterParts;
	readonly #transmissions: number;
	readonly #schedule = new Schedule();
	readonly members: Member[] = [];
	/** Those whose datagrams we pass on. */
	readonly #children: Child[] = [];
	/** The section that we lead, -1 for none. */
	section: number;
	/** The one that we had when the term began, by which we have our turn of the forward phase; -1 for none. */
	firstSection = -1;
	/** The one that we go to in the next round, because somebody else has ours; -1 for none. */
	#moving = -1;
	#hasMoved = false;
	#isMoveTold = false;
	readonly #otherSection: () => number;

	/** `otherSection` names a section that is not ours, and that nobody is heard to have. */
	constructor(parts: ClusterParts, transmissions: number, otherSection: () => number) {
		this.#parts = parts;
		this.#otherSection = otherSection;
		this.#transmissions = transmissions;
		this.section = parts.isSink ? SINK_SECTION : -1;
	}

	/** Members of the last term, and whether we passed on datagrams in it: receipts that come now are about these. */
	#served: readonly Member[] = [];
	#didPassOn = false;

	/**
	 * Whether a receipt of readings of this node is ours to pass on: it was our member, or we passed on what others sent and it
	 * may be farther from the sink than we are.
	 */
	didServe(address: LinkAddress): boolean {
		if (this.#served.some((member) => member.address.equals(address))) return true;
		const { neighbourhood, ways, rounds } = this.#parts;
		if (!this.#didPassOn || address.equals(this.#parts.address)) return false;
		const view = neighbourhood.viewOf(address);
		return view === undefined || view.waveRound !== rounds.round || view.hops > ways.hops;
	}

	/** A head asked us to pass on its datagrams in this term. */
	get isIntermediary(): boolean {
		return this.#children.length > 0;
	}

	/** A term begins: a sink keeps its members, for they stay with it unless they find a head. */
	begin(): void {
		this.#served = this.members.slice();
		this.#didPassOn = this.#children.length > 0;
		this.#children.length = 0;
		this.#parts.ways.passesOn = false;
		if (this.#parts.isSink) return;
		this.#moving = -1;
		this.#hasMoved = false;
		this.#isMoveTold = false;
		this.section = -1;
		this.firstSection = -1;
		this.members.length = 0;
	}

	/** From now on we lead a section. */
	take(section: number, hasClash: boolean): void {
		if (this.#parts.isSink) return;
		this.section = section;
		this.firstSection = section;
		if (hasClash) this.move();
	}

	/** Somebody else has our section: takes another. Once a term: whoever makes clashes up cannot drive us about. */
	private move(): void {
		if (this.#parts.isSink || this.#hasMoved) return;
		this.#hasMoved = true;
		this.#moving = this.#otherSection();
	}

	/** Members that a SCHEDULE names at most, and those that fit into the section. */
	private get named(): number {
		return Math.floor((this.#parts.room() - SCHEDULE_BYTES) / this.#parts.address.byteLength);
	}

	private get capacity(): number {
		const { timeline, isSink } = this.#parts;
		const slots = timeline.slotsOf(this.section) - 1;
		if (!isSink) return Math.min(this.named, slots - 1);
		// Each block of members has a SCHEDULE before it.
		const block = this.named + 1;
		return Math.floor(slots / block) * this.named + Math.max(0, (slots % block) - 1);
	}

	/** Takes a JOIN; returns why it is refused. */
	join(source: LinkAddress, join: Join, round: number): "join-round" | "join-not-head" | undefined {
		if (join.round !== round16(round)) return "join-round";
		if ((join.flags & AS_INTERMEDIARY) !== 0) {
			this.adopt(source, join.turns);
			return undefined;
		}
		if (this.section < 0 || source.byteLength !== this.#parts.address.byteLength) return "join-not-head";
		if ((join.flags & CLASHES) !== 0) this.move();
		const known = this.find(source);
		if (known !== undefined) {
			known.charge = join.charge;
			known.heardRound = round;
			return undefined;
		}
		const place = this.place(round);
		if (place >= 0) this.members[place] = { address: source.clone(), charge: join.charge, heardRound: round };
		return undefined;
	}

	private adopt(source: LinkAddress, turns: number): void {
		this.#parts.ways.passesOn = true;
		const known = this.#children.find(({ address }) => address.equals(source));
		if (known !== undefined) known.turns = turns;
		else if (this.#children.length < MOST_CHILDREN) this.#children.push({ address: source.clone(), turns });
		// It was acknowledged, and counts on us: where there is no place for its name, another's has its turns too.
		else this.#children[MOST_CHILDREN - 1]!.turns |= turns;
	}

	/** The turns in which datagrams come that we pass on, one a bit. */
	get childrenTurns(): number {
		let turns = 0;
		for (const child of this.#children) turns |= child.turns;
		return turns;
	}

	/** A frame to us came: its sender is not silent. */
	noteFrame(source: LinkAddress, round: number): void {
		const member = this.find(source);
		if (member !== undefined) member.heardRound = round;
	}

	private find(address: LinkAddress): Member | undefined {
		for (const member of this.members) if (member.address.equals(address)) return member;
		return undefined;
	}

	/** A place for a newcomer: a new one, or that of the longest silent; -1 for none. */
	private place(round: number): number {
		if (this.members.length < this.capacity) return this.members.length;
		let victim = -1;
		for (let i = 0; i < this.members.length; i++) {
			const { heardRound } = this.members[i]!;
			if (round - heardRound < SILENT_ROUNDS) continue;
			if (victim < 0 || heardRound < this.members[victim]!.heardRound) victim = i;
		}
		return victim;
	}

	/** Plans what a head does in its section of this round. */
	plan(): void {
		if (this.section < 0) return;
		if (this.#isMoveTold) {
			this.section = this.#moving;
			this.#moving = -1;
			this.#isMoveTold = false;
		}
		const { timeline, rounds, agenda, duty, config } = this.#parts;
		const at = timeline.sectionAt(rounds.round, this.section);
		agenda.at(at, () => {
			duty.begin(Listening.section);
			const members = this.members.length;
			this.sayBlocks(at);
			const slots = members + Math.max(1, Math.ceil(members / this.named));
			agenda.at(at + slots * config.slotUs, () => duty.end(Listening.section));
		});
		const newcomersAt = timeline.newcomersAt(rounds.round, this.section);
		agenda.at(newcomersAt, () => duty.begin(Listening.newcomers));
		agenda.at(newcomersAt + config.slotUs, () => duty.end(Listening.newcomers));
	}

	/** Says SCHEDULE before each block of members; only a sink has more than one. */
	private sayBlocks(sectionAt: number): void {
		const { slotUs } = this.#parts.config;
		const block = this.named;
		let slot = 0;
		for (let from = 0; from === 0 || from < this.members.length; from += block) {
			const count = Math.min(block, this.members.length - from);
			this.sayBlock(sectionAt + slot * slotUs, from, count);
			slot += 1 + count;
		}
	}

	private sayBlock(at: number, from: number, count: number): void {
		const { rounds, voice, random, config } = this.#parts;
		const spreadUs = Math.max(1, Math.floor(config.slotUs * SPREAD));
		const atUs = rounds.at(at) + random.below(spreadUs);
		voice.say("schedule", atUs, rounds.at(at + spreadUs), (bytes, offset, sequence, sfdUs) =>
			this.write(from, count, bytes, offset, sequence, sfdUs),
		);
	}

	private write(
		from: number,
		count: number,
		bytes: Uint8Array,
		offset: number,
		sequence: number,
		sfdUs: number,
	): number {
		const { rounds, ways, address } = this.#parts;
		const { members } = this;
		const s = this.#schedule;
		s.time.sequence = sequence;
		s.time.round = round16(rounds.round);
		s.time.elapsedUs = Math.max(0, rounds.elapsedAt(sfdUs));
		const isLong = address.byteLength === 8;
		const continues = from + count < members.length;
		s.flags = (isLong ? LONG_NAMES : 0) | (continues ? SCHEDULE_CONTINUES : 0);
		s.section = this.#moving < 0 ? this.section : this.#moving;
		this.#isMoveTold = this.#moving >= 0;
		s.charge = this.#parts.charge();
		s.meanCharge = this.meanCharge();
		s.hops = ways.hops;
		s.completion = ways.completion(USUAL_FRAGMENTS, this.#transmissions);
		s.members = Math.min(count, members.length - from);
		let at = encodeSchedule(s, bytes, offset);
		for (let i = 0; i < s.members; i++) {
			at = encodeScheduleMember(s, members[from + i]!.address, bytes, at);
		}
		return at;
	}

	private meanCharge(): number {
		if (this.members.length === 0) return this.#parts.charge();
		let sum = 0;
		for (const { charge } of this.members) sum += charge;
		return Math.round(sum / this.members.length);
	}
}
