import type { LinkAddress } from "../address.js";
import type { ClusterTime } from "../frames/cluster-time.js";
import type { CsmaOutcome } from "../mac/csma.js";
import { NO_ADDRESS } from "../net/addresses.js";
import type { ControlKind } from "../net/outbox.js";
import type { Store } from "../ports.js";
import { LearntBlob } from "../store-names.js";
import type { Acquisition } from "./acquisition.js";
import type { Candidacy } from "./candidacy.js";
import type { ClusterHello } from "./cluster-hello.js";
import type { Forwarding } from "./forwarding.js";
import type { Leading } from "./leading.js";
import type { Membership } from "./membership.js";
import type { ClusterParts, Role } from "./parts.js";
import { Listening } from "./radio-duty.js";
import type { Receipts } from "./receipts.js";
import type { Wave } from "./wave.js";

/** The first round of a network begins so long after its sink. */
const FIRST_ROUND_US = 1_000_000;
/** Elections without a sign that the sink is there, until a node gives up its time and looks for the network anew. */
export const LOST_ELECTIONS = 4;
/** Elections between two writes of what an election learnt: flash memory wears. */
const SAVE_ELECTIONS = 16;
/** Whoever may be asked to be an intermediary listens for this part of the JOIN phase, and if it was asked for all of it. */
const ASKED_WITHIN = 0.6;
/** Holds an octet once a sink began to count rounds. */
const BEGUN = "cluster-begun";

/** What a cluster service puts together. */
export interface ClusterMembers {
	readonly parts: ClusterParts;
	readonly acquisition: Acquisition;
	readonly candidacy: Candidacy;
	readonly leading: Leading;
	readonly membership: Membership;
	readonly forwarding: Forwarding;
	readonly wave: Wave;
	readonly receipts: Receipts;
	readonly hello: ClusterHello;
	readonly store: Store;
}

/**
 * Clusters on the air: keeps the rounds of one node, and has its parts do what is theirs at their time.
 *
 * See "Clusters on the air" in `../README.md`.
 */
export class ClusterService {
	readonly #members: ClusterMembers;
	readonly #parts: ClusterParts;
	/** The round of the election that our term began with, -1 before the first. */
	term = -1;
	role: Role | undefined;
	readonly head: LinkAddress = NO_ADDRESS.clone();
	/** The last round in which somebody showed that the sink is there, and whether anybody did since we took our time. */
	#proofRound = 0;
	#isConfirmed = false;
	#isStopped = true;

	constructor(members: ClusterMembers) {
		this.#members = members;
		this.#parts = members.parts;
	}

	/** Whether the node has the network's time. */
	get isInTime(): boolean {
		return !this.#isStopped && !this.#members.acquisition.isLost;
	}

	get round(): number {
		return this.#parts.rounds.round;
	}

	start(): void {
		const { isSink, duty, clock } = this.#parts;
		const { acquisition, store, candidacy } = this.#members;
		this.#isStopped = false;
		const learnt = store.get(LearntBlob.election);
		if (learnt !== undefined) candidacy.restore(learnt);
		if (!isSink) {
			acquisition.begin();
			return;
		}
		duty.begin(Listening.always);
		if (store.get(BEGUN) === undefined) {
			store.set(BEGUN, Uint8Array.of(1));
			this.found(clock.nowUs() + FIRST_ROUND_US);
			return;
		}
		// The network goes on without its sink, whose time it kept.
		acquisition.begin();
		clock.at(clock.nowUs() + acquisition.scanUs, () => {
			if (!this.#isStopped && acquisition.isLost) this.found(clock.nowUs() + FIRST_ROUND_US);
		});
	}

	stop(): void {
		const { agenda, voice, window, duty } = this.#parts;
		this.#isStopped = true;
		this.#members.acquisition.end();
		agenda.clear();
		voice.clear();
		window.close();
		duty.rest();
	}

	/** A sink begins to count rounds. */
	private found(atUs: number): void {
		this.#members.acquisition.end();
		this.#parts.rounds.begin(0, atUs);
		this.#parts.agenda.clear();
		this.#parts.agenda.at(0, () => this.plan(0));
	}

	/**
	 * Judges the time of a frame from a trusted neighbour, and goes by it where `sets` says so. `proves`: it shows that the
	 * sink is there. Returns whether it is of our network and time.
	 */
	takeTime(time: ClusterTime, sfdUs: number, proves: boolean, isSync: boolean, sets: () => boolean): boolean {
		const { rounds, agenda, isSink } = this.#parts;
		const { acquisition } = this.#members;
		if (acquisition.isLost) {
			if ((!proves && !isSink) || time.elapsedUs >= this.#parts.config.roundUs) return false;
			acquisition.end();
			rounds.set(sfdUs, time.elapsedUs, time.round, isSync, true);
			this.#proofRound = rounds.round;
			this.#isConfirmed = false;
			this.term = this.#parts.timeline.termOf(rounds.round);
			agenda.clear();
			this.plan(rounds.elapsedAt(sfdUs));
			return true;
		}
		if (!rounds.agrees(sfdUs, time.elapsedUs, time.round)) {
			if (isSync) rounds.doubt(time.round);
			return false;
		}
		if (proves) {
			this.#proofRound = rounds.round;
			this.#isConfirmed = true;
		}
		if (!isSink && sets()) {
			rounds.set(sfdUs, time.elapsedUs, time.round, isSync);
			agenda.rearm();
		}
		return true;
	}

	/** Gives up our time: nobody shares it. */
	private lose(): void {
		const { agenda, voice, ways, duty } = this.#parts;
		agenda.clear();
		voice.clear();
		duty.rest();
		this.#members.membership.leave();
		// Who finds the network in the middle of a term has no members in it.
		this.#members.leading.begin();
		ways.stop();
		this.take(undefined, NO_ADDRESS);
		this.#members.acquisition.begin();
	}

	/** The next round begins, soon enough for those whose clock is ahead. */
	private turn(): void {
		const { rounds, agenda, duty, window, isSink, timeline } = this.#parts;
		agenda.clear();
		rounds.next();
		if (isSink) rounds.keep();
		duty.rest();
		window.close();
		window.endRound();
		const patience = this.#isConfirmed
			? LOST_ELECTIONS * timeline.roundsPerElection
			: 1 + timeline.roundsPerElection;
		if (!isSink && rounds.round - this.#proofRound > patience) this.lose();
		else this.plan(Number.NEGATIVE_INFINITY);
	}

	/** Plans what is left of this round at `from` µs. */
	private plan(from: number): void {
		const { rounds, timeline, agenda, config } = this.#parts;
		if (timeline.hasElection(rounds.round) && from < timeline.secondWindowEndUs) {
			this.#members.candidacy.learn();
			this.planElection(from);
		} else if (from <= 0) this.planSlots();
		// Who comes in the middle of a round, or while others join, looks for a head from the next one on.
		else if (!this.#parts.isSink) this.#members.membership.orphan();
		const guardUs = this.#parts.isSink ? 0 : rounds.networkGuardUs(rounds.at(config.roundUs));
		agenda.at(config.roundUs - guardUs, () => this.turn());
	}

	private planElection(from: number): void {
		const { timeline, agenda, duty, isSink } = this.#parts;
		const { wave, receipts, candidacy, hello } = this.#members;
		duty.begin(Listening.election);
		this.beginTerm();
		const step = (at: number, task: () => void): void => {
			if (at >= from) agenda.at(at, task);
		};
		if (isSink) step(0, () => wave.start());
		step(timeline.syncEndUs, () => {
			if (isSink) receipts.issue();
			hello.offer();
		});
		if (!isSink) {
			step(timeline.receiptEndUs, () => {
				this.#parts.client()?.onReceiptsEnd?.();
				candidacy.beginFirst();
			});
			step(timeline.firstWindowEndUs, () => candidacy.beginSecond());
		}
		step(timeline.secondWindowEndUs, () => this.beginJoin());
		step(timeline.joinEndUs, () => this.endJoin());
	}

	private beginTerm(): void {
		const { rounds } = this.#parts;
		const { candidacy, leading, membership, forwarding, wave } = this.#members;
		this.term = rounds.round;
		this.role = undefined;
		wave.begin();
		candidacy.begin();
		leading.begin();
		membership.begin();
		forwarding.begin();
		this.#parts.client()?.onTerm(rounds.round);
	}

	private beginJoin(): void {
		const { isSink, ways, duty, address } = this.#parts;
		const { candidacy, leading, membership, forwarding, wave } = this.#members;
		candidacy.end();
		if (isSink) return;
		ways.choose();
		if (candidacy.leads) {
			membership.leave();
			leading.take(candidacy.section, candidacy.hasClash);
			this.take("head", address);
			forwarding.planRecruiting();
			return;
		}
		membership.beginJoining();
		if (!wave.hasSpoken) {
			duty.end(Listening.election);
			return;
		}
		// Whoever offered a way may be asked to be an intermediary, and then by more than one.
		const { agenda, timeline, config } = this.#parts;
		agenda.at(timeline.secondWindowEndUs + Math.floor(config.joinUs * ASKED_WITHIN), () => {
			if (!leading.isIntermediary) duty.end(Listening.election);
		});
	}

	private endJoin(): void {
		const { duty, isSink } = this.#parts;
		const { candidacy, membership } = this.#members;
		duty.end(Listening.election);
		if (!isSink && !candidacy.leads) membership.endJoining();
		if (!isSink && candidacy.number % SAVE_ELECTIONS === 0) this.save();
		this.planSlots();
	}

	private save(): void {
		const learnt = this.#members.candidacy.save();
		if (learnt !== undefined) this.#members.store.set(LearntBlob.election, learnt);
	}

	private planSlots(): void {
		const { isSink } = this.#parts;
		const { leading, membership, forwarding } = this.#members;
		const leads = leading.section >= 0;
		if (leads) leading.plan();
		else membership.plan();
		forwarding.plan(leads && !isSink);
	}

	/** A node has its part, or another one. */
	takeRole(role: Role, head: LinkAddress): void {
		this.take(role, head);
	}

	private take(role: Role | undefined, head: LinkAddress): void {
		if (role === this.role && head.equals(this.head)) return;
		this.role = role;
		this.head.set(head);
		const { sink, clock, node, rounds } = this.#parts;
		if (role !== undefined) sink.roleTaken(clock.nowUs(), node, rounds.round, role, head);
	}

	/** How handing a frame to a neighbour ended. */
	noteDelivery(neighbour: LinkAddress, outcome: CsmaOutcome, transmissions: number): void {
		this.#members.membership.noteDelivery(neighbour, outcome, transmissions);
	}

	/** A frame to us alone came from a neighbour. */
	noteFrame(source: LinkAddress): void {
		const { rounds, clock } = this.#parts;
		this.#members.leading.noteFrame(source, rounds.round);
		this.#members.forwarding.noteFrame(clock.nowUs());
	}

	/** A message of our own was on the air. */
	noteSaid(kind: ControlKind): void {
		this.#members.hello.noteSaid(kind);
	}
}
