import {
	type Announcement,
	type Decision,
	type Election,
	type ElectionFactory,
	type ElectionOptions,
	FOLLOW,
	LEAD,
	type Omniscience,
	type Situation,
	TENTATIVELY,
	TICKS,
} from "../../../../firmware/cluster/election.js";
import { RandomStream } from "../../../../sim/kernel/random.js";
import { omniscience } from "./situations.js";

interface Member {
	readonly election: Election;
	sinceLed: number;
	served: boolean;
	heard: Announcement[];
	next: number;
	leads: boolean;
	/** May still be called in this window. */
	callable: boolean;
}

/** A network in which every announcement is heard at once by all neighbours, and nothing is spent. */
export class Network {
	readonly #members: Member[];
	readonly #near: readonly (readonly number[])[];
	readonly #charges: readonly number[];
	readonly #merits: readonly number[];
	#elections = 0;
	/** Tentative announcements of the last election. */
	tentative = 0;

	/** `near`: neighbours of each node. `charges`: 0 to 255, full unless given; `reachCosts`: 0 to 255, 0 unless given. */
	constructor(
		factory: ElectionFactory,
		near: readonly (readonly number[])[],
		options: ElectionOptions = {},
		{
			charges,
			reachCosts,
			seed = 1,
		}: { charges?: readonly number[]; reachCosts?: readonly number[]; seed?: number } = {},
	) {
		this.#near = near;
		this.#charges = charges ?? near.map(() => 255);
		this.#merits = reachCosts ?? near.map(() => 0);
		this.#members = near.map((_, node) => ({
			election: factory.create(options, {
				node,
				random: new RandomStream(seed, "election", node),
				omniscience: this.#knowledge(node),
			}),
			sinceLed: 0,
			served: false,
			heard: [],
			next: FOLLOW,
			leads: false,
			callable: false,
		}));
	}

	/** Holds one election; returns the numbers of those who lead. */
	elect(): number[] {
		this.#elections++;
		this.tentative = 0;
		this.#members.forEach((member, node) => {
			member.heard = [];
			member.leads = false;
			member.callable = false;
			member.next = member.election.begin(this.#situation(node));
		});
		this.#pass();
		const covered = this.#members.map((member) => member.leads || heads(member) > 0);
		this.#members.forEach((member, node) => {
			member.callable = true;
			member.next = covered[node] ? FOLLOW : (member.election.uncovered?.(this.#situation(node)) ?? FOLLOW);
		});
		this.#pass();
		this.#end(covered);
		return this.#members.flatMap(({ leads }, node) => (leads ? [node] : []));
	}

	/** Whether a head covers each node, itself included. */
	covered(): boolean[] {
		return this.#members.map((member) => member.leads || heads(member) > 0);
	}

	#pass(): void {
		for (let guard = 0; guard < 1000 * this.#members.length; guard++) {
			const node = this.#earliest();
			if (node === undefined) return;
			const member = this.#members[node]!;
			const tick = member.next;
			const decision = member.election.decide(this.#situation(node), tick);
			if (decision >= TENTATIVELY) this.#announce(node, true, tick);
			else if (decision === LEAD) this.#announce(node, false, tick);
			member.next = later(decision, tick);
		}
		throw new Error("an election without end");
	}

	#earliest(): number | undefined {
		let best: number | undefined;
		this.#members.forEach(({ next }, node) => {
			if (next >= 0 && (best === undefined || next < this.#members[best]!.next)) best = node;
		});
		return best;
	}

	#announce(node: number, tentative: boolean, tick: number): void {
		const { election } = this.#members[node]!;
		if (tentative) this.tentative++;
		else this.#members[node]!.leads = true;
		const merit = election.merit?.(this.#situation(node)) ?? 0;
		const heard = { charge: this.#charges[node]!, merit, tentative, nearness: 0 };
		for (const other of this.#near[node]!) {
			const listener = this.#members[other]!;
			listener.heard.push(heard);
			if (listener.next >= 0) {
				if (listener.election.withdraws?.(this.#situation(other), heard)) listener.next = FOLLOW;
			} else if (tentative && listener.callable && !listener.leads) {
				listener.next = listener.election.called?.(this.#situation(other), heard, tick) ?? FOLLOW;
				listener.callable = listener.next === FOLLOW;
			}
		}
	}

	#end(covered: readonly boolean[]): void {
		this.#members.forEach((member, node) => {
			if (member.leads) member.sinceLed = 1;
			else if (member.sinceLed > 0) member.sinceLed++;
			member.served ||= member.leads;
			const charge = this.#charges[node]!;
			member.election.learn?.({
				led: member.leads,
				covered: covered[node]!,
				extraHeads: Math.max(0, heads(member) + (member.leads ? 1 : 0) - 1),
				spent256: 0,
				neighboursSpent256: 0,
				charge,
				neighboursCharge: charge,
			});
		});
		if (this.#members.every(({ served }) => served))
			for (const member of this.#members) member.served = false;
	}

	#situation(node: number): Situation {
		const near = this.#near[node]!;
		const { heard, sinceLed } = this.#members[node]!;
		const charge = this.#charges[node]!;
		return {
			election: this.#elections,
			charge,
			neighbours: near.length,
			claimedCharge: near.reduce((sum, other) => sum + this.#charges[other]!, 0),
			richerNeighbours: near.filter((other) => this.#isRicher(other, node)).length,
			reachCost: this.#merits[node]!,
			sinceLed,
			heads: heard.filter(({ tentative }) => !tentative).length,
			leastMerit: heard.reduce((least, { merit }) => Math.min(least, merit), 256),
		};
	}

	#isRicher(a: number, b: number): boolean {
		const difference = this.#charges[a]! - this.#charges[b]!;
		return difference > 0 || (difference === 0 && a < b);
	}

	#knowledge(node: number): Omniscience {
		const mean = this.#charges.reduce((sum, charge) => sum + charge / 255, 0) / this.#charges.length;
		const all = this.#charges.map((_, other) => other);
		return omniscience({
			nodes: all.length,
			round: () => this.#elections - 1,
			alive: () => all.length,
			richer: () => all.filter((other) => this.#isRicher(other, node)).length,
			charge: () => this.#charges[node]! / 255,
			meanCharge: () => mean,
			neighbourCharges: () => this.#near[node]!.map((other) => this.#charges[other]! / 255),
			players: () => this.#members.filter(({ served }) => !served).length,
			plays: () => !this.#members[node]!.served,
		});
	}
}

function heads({ heard }: Member): number {
	return heard.filter(({ tentative }) => !tentative).length;
}

function later(decision: Decision, tick: number): number {
	const next = decision >= TENTATIVELY ? decision - TENTATIVELY : decision;
	if (next === FOLLOW || next === LEAD) return FOLLOW;
	if (!Number.isInteger(next) || next <= tick || next >= TICKS) throw new Error(`${decision} at ${tick}`);
	return next;
}

/** Every node hears every other. */
export function clique(nodes: number): number[][] {
	const all = Array.from({ length: nodes }, (_, node) => node);
	return all.map((node) => all.filter((other) => other !== node));
}

/** Nodes in a row that hear the next ones on both sides, as far as `reach` nodes away. */
export function row(nodes: number, reach = 1): number[][] {
	return clique(nodes).map((others, node) => others.filter((other) => Math.abs(other - node) <= reach));
}
