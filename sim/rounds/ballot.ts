import {
	type Announcement,
	type Decision,
	type Election,
	FOLLOW,
	LEAD,
	TENTATIVELY,
	TICKS,
} from "../../firmware/cluster/election.js";
import { Agenda } from "./agenda.js";
import type { Heard } from "./heard.js";
import type { NodeSituation } from "./node-situation.js";
import type { NetworkState } from "./state.js";

/** What a node is up to in a window. */
const FOLLOWING = 0;
const UNDECIDED = 1;
const LEADING = 2;
/** Decided to lead before anybody announced anything. */
const COMMITTED = 3;

/** An announcement as its hearers see it: one object for all. */
class Voice implements Announcement {
	charge = 0;
	merit = 0;
	tentative = false;
	nearness = 0;
}

/** Takes what happens in a window. */
export interface BallotListener {
	/** A node announced itself; a tentative announcement may be followed by a final one. */
	onAnnouncement(node: number): void;
}

/** The windows of an election: asks each node at its instants, and carries announcements to whom they reach. */
export class Ballot {
	/** Nodes that lead, in the order of their announcements. */
	readonly leaders: Int32Array;
	leaderCount = 0;
	/** The place of each leader among these. */
	readonly #place: Int32Array;
	/** Leaders that a node may join. */
	readonly #candidates: Int32Array;
	readonly #state: NetworkState;
	readonly #elections: readonly Election[];
	readonly #situations: readonly NodeSituation[];
	readonly #heard: Heard;
	readonly #listener: BallotListener;
	readonly #agenda: Agenda;
	readonly #part: Uint8Array;
	/** The instant at which each undecided node is to be asked: an entry of another instant is void. */
	readonly #askedAt: Int32Array;
	/** 1 for nodes that may still be called in this window. */
	readonly #isCallable: Uint8Array;
	/** Who announces a tentative candidacy when all have been asked. */
	readonly #tentative: Int32Array;
	#tentativeCount = 0;
	/** How many are undecided, or committed to lead. */
	#open = 0;
	/** Merit and charge that each leader announced. */
	readonly #merit: Uint8Array;
	readonly #charge: Uint8Array;
	readonly #voice = new Voice();
	/** Heads as a node sees them when it chooses between two. */
	readonly #one = new Voice();
	readonly #other = new Voice();
	readonly #reachesAll: boolean;
	/** Whether hearers must be told one by one. */
	readonly #isHeardByEach: boolean;
	/** Whether anybody cares that no head covers it. */
	readonly #hasSecondWindow: boolean;

	constructor(
		state: NetworkState,
		elections: readonly Election[],
		situations: readonly NodeSituation[],
		heard: Heard,
		reachesAll: boolean,
		listener: BallotListener,
	) {
		const { nodes } = state.field;
		this.#state = state;
		this.#elections = elections;
		this.#situations = situations;
		this.#heard = heard;
		this.#reachesAll = reachesAll;
		this.#listener = listener;
		// Whoever withdrew and was called after that has two entries.
		this.#agenda = new Agenda(2 * nodes);
		this.#part = new Uint8Array(nodes);
		this.#askedAt = new Int32Array(nodes);
		this.#isCallable = new Uint8Array(nodes);
		this.#tentative = new Int32Array(nodes);
		this.#merit = new Uint8Array(nodes);
		this.#charge = new Uint8Array(nodes);
		this.leaders = new Int32Array(nodes);
		this.#place = new Int32Array(nodes);
		this.#candidates = new Int32Array(nodes);
		const [first] = elections;
		this.#isHeardByEach =
			!reachesAll ||
			first?.withdraws !== undefined ||
			first?.merit !== undefined ||
			first?.prefers !== undefined;
		this.#hasSecondWindow = elections.some(({ uncovered }) => uncovered !== undefined);
	}

	/** First window, of all who are alive. */
	begin(): void {
		this.#heard.clear();
		this.leaderCount = 0;
		this.#part.fill(FOLLOWING);
		this.#isCallable.fill(0);
		const { alive } = this.#state.batteries;
		this.#clear();
		for (let node = 0; node < alive.length; node++)
			if (alive[node] === 1) this.#enter(node, this.#elections[node]!.begin(this.#situations[node]!));
		this.#run();
	}

	/** Second window, of the nodes that heard no head; `isAsked`: whether one of them is asked, all when it is absent. */
	again(isAsked?: (node: number) => boolean): void {
		if (!this.#hasSecondWindow) return;
		const { alive } = this.#state.batteries;
		const heard = this.#heard;
		this.#clear();
		for (let node = 0; node < alive.length; node++) {
			if (alive[node] === 0 || this.#part[node] === LEADING || heard.headsOf(node) > 0) continue;
			if (isAsked !== undefined && !isAsked(node)) continue;
			this.#enter(node, this.#elections[node]!.uncovered?.(this.#situations[node]!) ?? FOLLOW);
		}
		if (this.#open === 0) return;
		this.#isCallable.fill(1);
		this.#run();
	}

	isLeading(node: number): boolean {
		return this.#part[node] === LEADING;
	}

	/** Puts the leaders that are alive into `leaders`, in the order of their announcements; returns how many they are. */
	survivors(leaders: Int32Array): number {
		const { alive } = this.#state.batteries;
		let count = 0;
		for (let i = 0; i < this.leaderCount; i++)
			if (alive[this.leaders[i]!] === 1) leaders[count++] = this.leaders[i]!;
		return count;
	}

	/** The head that a node, which leads nobody, prefers among all within reach that are alive; -1 when there is none. */
	preferred(node: number): number {
		const candidates = this.#candidates;
		const count = this.#reachesAll ? this.survivors(candidates) : this.#survivorsAround(node, candidates);
		let best = -1;
		for (let i = 0; i < count; i++) {
			const leader = candidates[i]!;
			const squareM2 = this.#state.field.squareM2(node, leader);
			if (best < 0 || this.#isBetter(node, leader, squareM2, best)) best = leader;
		}
		return best;
	}

	/** As {@link survivors}, of those within the cluster radius of a node. */
	#survivorsAround(node: number, leaders: Int32Array): number {
		const { alive } = this.#state.batteries;
		const { from, to } = this.#state.neighbourhood;
		const place = this.#place;
		let count = 0;
		for (let i = from[node]!, end = from[node + 1]!; i < end; i++) {
			const leader = to[i]!;
			if (this.#part[leader] !== LEADING || alive[leader] === 0) continue;
			let at = count++;
			for (; at > 0 && place[leaders[at - 1]!]! > place[leader]!; at--) leaders[at] = leaders[at - 1]!;
			leaders[at] = leader;
		}
		return count;
	}

	/** Nobody has been asked yet. */
	#clear(): void {
		this.#agenda.clear();
		this.#tentativeCount = 0;
		this.#open = 0;
	}

	/** What a node decided at the beginning of the window. It announces itself only when all have been asked. */
	#enter(node: number, decision: Decision): void {
		if (decision === FOLLOW) return;
		this.#part[node] = decision === LEAD ? COMMITTED : UNDECIDED;
		this.#open++;
		this.#schedule(node, instantOf(decision));
		if (decision >= TENTATIVELY) this.#tentative[this.#tentativeCount++] = node;
	}

	/** Lets time pass until all have decided: what the agenda holds then is void. */
	#run(): void {
		for (let i = 0; i < this.#tentativeCount; i++) {
			const node = this.#tentative[i]!;
			if (this.#part[node] === UNDECIDED) this.#announce(node, true, 0);
		}
		const agenda = this.#agenda;
		while (this.#open > 0) {
			const { tick } = agenda;
			const node = agenda.pop();
			if (this.#part[node] === COMMITTED) this.#lead(node, tick);
			else if (this.#part[node] === UNDECIDED && this.#askedAt[node] === tick) this.#ask(node, tick);
		}
	}

	#schedule(node: number, tick: number): void {
		this.#askedAt[node] = tick;
		this.#agenda.push(node, tick);
	}

	#ask(node: number, tick: number): void {
		const decision = this.#elections[node]!.decide(this.#situations[node]!, tick);
		if (decision === LEAD) {
			this.#lead(node, tick);
			return;
		}
		if (decision === FOLLOW) {
			this.#follow(node);
			return;
		}
		this.#schedule(node, Math.max(tick, instantOf(decision)));
		if (decision >= TENTATIVELY) this.#announce(node, true, tick);
	}

	#follow(node: number): void {
		this.#part[node] = FOLLOWING;
		this.#open--;
	}

	#lead(node: number, tick: number): void {
		this.#part[node] = LEADING;
		this.#open--;
		this.#place[node] = this.leaderCount;
		this.leaders[this.leaderCount++] = node;
		this.#announce(node, false, tick);
	}

	#announce(node: number, isTentative: boolean, tick: number): void {
		const voice = this.#voice;
		voice.charge = this.#state.units[node]!;
		voice.merit = this.#elections[node]!.merit?.(this.#situations[node]!) ?? 0;
		voice.tentative = isTentative;
		this.#charge[node] = voice.charge;
		this.#merit[node] = voice.merit;
		this.#listener.onAnnouncement(node);
		const { alive } = this.#state.batteries;
		if (!this.#reachesAll) {
			const { from, to, squareM2 } = this.#state.neighbourhood;
			for (let i = from[node]!, end = from[node + 1]!; i < end; i++)
				if (alive[to[i]!] === 1) this.#hear(to[i]!, node, squareM2[i]!, tick);
			return;
		}
		if (!this.#isHeardByEach) {
			if (!isTentative) this.#heard.headsToAll++;
			return;
		}
		for (let hearer = 0; hearer < alive.length; hearer++) {
			if (alive[hearer] === 0 || hearer === node) continue;
			this.#hear(hearer, node, this.#state.field.squareM2(hearer, node), tick);
		}
	}

	/** A node hears the announcement that is made. */
	#hear(hearer: number, node: number, squareM2: number, tick: number): void {
		const voice = this.#voice;
		const { heads, leastMerit, best } = this.#heard;
		if (!voice.tentative) {
			heads[hearer]!++;
			const rival = best[hearer]!;
			if (rival < 0 || this.#isBetter(hearer, node, squareM2, rival)) best[hearer] = node;
		}
		if (voice.merit < leastMerit[hearer]!) leastMerit[hearer] = voice.merit;
		const part = this.#part[hearer]!;
		if (part === UNDECIDED) {
			voice.nearness = -squareM2;
			if (this.#elections[hearer]!.withdraws?.(this.#situations[hearer]!, voice) === true)
				this.#follow(hearer);
		} else if (voice.tentative && part === FOLLOWING && this.#isCallable[hearer] === 1) {
			voice.nearness = -squareM2;
			this.#call(hearer, tick);
		}
	}

	/** A node hears that another one, which nobody covers, would rather not lead. */
	#call(hearer: number, tick: number): void {
		const decision =
			this.#elections[hearer]!.called?.(this.#situations[hearer]!, this.#voice, tick) ?? FOLLOW;
		if (decision === FOLLOW) return;
		this.#isCallable[hearer] = 0;
		this.#part[hearer] = UNDECIDED;
		this.#open++;
		this.#schedule(hearer, Math.max(tick, instantOf(decision)));
	}

	/** Whether a node joins `a`, which is so far away, rather than `b`. */
	#isBetter(node: number, a: number, squareA: number, b: number): boolean {
		const election = this.#elections[node]!;
		const squareB = this.#state.field.squareM2(node, b);
		if (election.prefers === undefined) return squareA < squareB || (squareA === squareB && a < b);
		const one = this.#one;
		const other = this.#other;
		one.charge = this.#charge[a]!;
		one.merit = this.#merit[a]!;
		one.nearness = -squareA;
		other.charge = this.#charge[b]!;
		other.merit = this.#merit[b]!;
		other.nearness = -squareB;
		return election.prefers(one, other);
	}
}

/** The instant that a decision names; 0 for one to lead at once. */
function instantOf(decision: Decision): number {
	if (decision < 0) return 0;
	return Math.min(TICKS - 1, decision >= TENTATIVELY ? decision - TENTATIVELY : decision);
}
