import type { Election, ElectionFactory, ElectionOptions } from "../../firmware/cluster/election.js";
import { RandomStream } from "../kernel/random.js";
import type { WholeNetwork } from "./all-knowing.js";
import { Ballot } from "./ballot.js";
import { Claims } from "./claims.js";
import type { ControlLedger } from "./control-ledger.js";
import { Heard } from "./heard.js";
import { NearestHeads } from "./nearest-heads.js";
import { NodeSituation } from "./node-situation.js";
import { type NetworkState, NOBODY } from "./state.js";
import { TermReview } from "./term-review.js";

export interface TermOptions {
	readonly factory: ElectionFactory;
	readonly options: ElectionOptions;
	readonly seed: number;
	/** Undefined where elections may know no more than nodes do. */
	readonly omniscience: WholeNetwork | undefined;
	/** Whether nodes know at each election what charge their neighbours have, at no cost. */
	readonly isKnowledgeFree: boolean;
	/** Units of charge by which a node's own must differ from what it last told for a HELLO. */
	readonly helloUnits: number;
}

/** Who leads whom: holds elections, forms clusters, and mends them when a head dies during its term. */
export class Terms {
	readonly #state: NetworkState;
	readonly #control: ControlLedger;
	readonly #setup: TermOptions;
	readonly #elections: readonly Election[];
	readonly #situations: readonly NodeSituation[];
	readonly #claims: Claims;
	readonly #heard: Heard;
	readonly #ballot: Ballot;
	readonly #review: TermReview;
	readonly #nearest: NearestHeads;
	/** Whether heads are joined by no more than their distance, from anywhere. */
	readonly #joinsNearest: boolean;
	/** Heads that are alive, and the nearest of them to each node. */
	readonly #survivors: Int32Array;
	readonly #nearestSurvivor: Int32Array;
	/** Members that the SCHEDULE of each head named; whether that has changed; how many it has now. */
	readonly #scheduledUnder: Int32Array;
	readonly #isChanged: Uint8Array;
	readonly #members: Int32Array;
	/** Bits of each head's schedule, where that has changed. */
	readonly #scheduleBits: Float64Array;

	constructor(state: NetworkState, control: ControlLedger, setup: TermOptions) {
		const { nodes } = state.field;
		const { factory, options, seed, omniscience } = setup;
		this.#state = state;
		this.#control = control;
		this.#setup = setup;
		this.#elections = Array.from({ length: nodes }, (_, node) =>
			factory.create(options, {
				node,
				random: new RandomStream(seed, "election", node),
				omniscience: omniscience?.of(node),
			}),
		);
		this.#claims = new Claims(state);
		this.#heard = new Heard(nodes);
		this.#situations = this.#elections.map(
			(_, node) => new NodeSituation(node, state, this.#claims, this.#heard),
		);
		const reachesAll = factory.reach === "all";
		this.#ballot = new Ballot(state, this.#elections, this.#situations, this.#heard, reachesAll, {
			onAnnouncement: (node) => {
				control.advertisement(node);
				this.#claims.tell(node, state.units[node]!);
			},
		});
		this.#review = new TermReview(state, this.#elections, this.#claims, this.#heard);
		this.#nearest = new NearestHeads(state.field);
		this.#joinsNearest = reachesAll && this.#elections[0]?.prefers === undefined;
		this.#survivors = new Int32Array(this.#joinsNearest ? nodes : 0);
		this.#nearestSurvivor = new Int32Array(this.#joinsNearest ? nodes : 0);
		this.#scheduledUnder = new Int32Array(nodes).fill(NOBODY);
		this.#isChanged = new Uint8Array(nodes);
		this.#members = new Int32Array(nodes);
		this.#scheduleBits = new Float64Array(nodes);
	}

	/** Holds an election, forms clusters, and takes what that costs. */
	elect(): void {
		const state = this.#state;
		const isFirst = state.election === 0;
		this.#tellCharges(isFirst);
		this.#claims.notice();
		if (!isFirst) this.#review.conclude();
		state.election++;
		state.hasUnnoticedDeath = false;
		this.#ballot.begin();
		this.#review.open(this.#ballot);
		this.#ballot.again();
		this.#review.closeWindows(this.#ballot);
		if (isFirst && this.#claims.isRead) this.#sayHelloToAll();
		this.#form();
		this.#control.settle();
	}

	/**
	 * Gives members whose head has died another one of those they heard; where none is left, a window in which they may
	 * lead themselves. Lets heads notice which members have died.
	 */
	mend(): void {
		const { head, ledIn, batteries, election } = this.#state;
		const ballot = this.#ballot;
		this.#state.hasUnnoticedDeath = false;
		this.#findSurvivors();
		this.#strand();
		const { leaderCount } = ballot;
		ballot.again((node) => this.#isOrphan(node));
		if (ballot.leaderCount > leaderCount) this.#findSurvivors();
		for (let node = 0; node < head.length; node++) {
			if (batteries.alive[node] === 0) continue;
			if (ballot.isLeading(node)) {
				// An orphan, or somebody who came forward for one.
				if (head[node] !== node) ledIn[node] = election;
				head[node] = node;
				continue;
			}
			if (!this.#isOrphan(node)) continue;
			head[node] = this.#survivorFor(node);
			if (head[node]! >= 0) this.#control.join(node, head[node]!);
		}
		this.#schedule();
		this.#control.settle();
	}

	/** Where the nearest head is joined, finds those of all nodes at once. */
	#findSurvivors(): void {
		if (!this.#joinsNearest) return;
		const { alive } = this.#state.batteries;
		const survivors = this.#survivors;
		this.#nearest.assign(survivors, this.#ballot.survivors(survivors), alive, this.#nearestSurvivor);
	}

	/** The living head that a node would join, which leads nobody itself; {@link NOBODY} where there is none. */
	#survivorFor(node: number): number {
		return this.#joinsNearest ? this.#nearestSurvivor[node]! : this.#ballot.preferred(node);
	}

	#isOrphan(node: number): boolean {
		const leader = this.#state.head[node]!;
		return leader >= 0 && leader !== node && this.#state.batteries.alive[leader] === 0;
	}

	/** Lets orphans who heard no other head than the dead one know that they are on their own. */
	#strand(): void {
		const { head, batteries } = this.#state;
		this.#state.measureCharges();
		for (let node = 0; node < head.length; node++) {
			if (batteries.alive[node] === 0 || !this.#isOrphan(node) || this.#survivorFor(node) >= 0) continue;
			this.#heard.forget(node);
			this.#heard.headsToAll = 0;
		}
	}

	/** Lets neighbours know one's charge before an election: for nothing, or by a HELLO where it has changed. */
	#tellCharges(isFirst: boolean): void {
		const { isKnowledgeFree, helloUnits } = this.#setup;
		const { told, isChargeRead } = this.#claims;
		const { units, batteries } = this.#state;
		this.#state.measureCharges();
		if (isKnowledgeFree || isFirst) {
			this.#claims.tellAll(units);
			return;
		}
		if (!isChargeRead) return;
		for (let node = 0; node < told.length; node++) {
			const hasNews = Math.abs(units[node]! - told[node]!) >= helloUnits;
			if (!hasNews || batteries.alive[node] === 0) continue;
			this.#claims.tell(node, units[node]!);
			this.#control.hello(node);
		}
	}

	/** What made nodes known to each other before the first election; only that shows whether it was needed. */
	#sayHelloToAll(): void {
		const { alive } = this.#state.batteries;
		for (let node = 0; node < alive.length; node++) if (alive[node] === 1) this.#control.hello(node);
	}

	#form(): void {
		const { head, ledIn, batteries, election } = this.#state;
		const { alive } = batteries;
		const { leaders, leaderCount } = this.#ballot;
		if (this.#joinsNearest) {
			this.#nearest.assign(leaders, leaderCount, alive, head);
		} else {
			const { best } = this.#heard;
			for (let node = 0; node < head.length; node++) head[node] = alive[node] === 1 ? best[node]! : NOBODY;
		}
		for (let i = 0; i < leaderCount; i++) {
			head[leaders[i]!] = leaders[i]!;
			ledIn[leaders[i]!] = election;
		}
		if (this.#control.isFree) return;
		for (let node = 0; node < head.length; node++) {
			if (head[node]! >= 0 && head[node] !== node) this.#control.join(node, head[node]!);
		}
		this.#schedule();
	}

	/** Each head whose members are others than its last SCHEDULE named sends a new one. */
	#schedule(): void {
		const { head, batteries } = this.#state;
		const { alive } = batteries;
		const control = this.#control;
		const isChanged = this.#isChanged.fill(0);
		const members = this.#members.fill(0);
		const scheduledUnder = this.#scheduledUnder;
		const scheduleBits = this.#scheduleBits;
		for (let node = 0; node < head.length; node++) {
			const now = alive[node] === 1 && head[node] !== node ? head[node]! : NOBODY;
			const before = scheduledUnder[node]!;
			if (now >= 0) members[now]!++;
			if (now === before) continue;
			if (now >= 0) isChanged[now] = 1;
			if (before >= 0) isChanged[before] = 1;
			scheduledUnder[node] = now;
		}
		for (let node = 0; node < head.length; node++) {
			if (isChanged[node] === 0 || members[node] === 0) continue;
			scheduleBits[node] = control.bits.schedule(members[node]!);
			if (alive[node] === 1 && head[node] === node) control.schedule(node, scheduleBits[node]!);
		}
		for (let node = 0; node < head.length; node++) {
			const under = scheduledUnder[node]!;
			if (under >= 0 && isChanged[under] === 1) control.heardSchedule(node, scheduleBits[under]!);
		}
	}
}
