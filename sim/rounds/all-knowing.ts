import type { Omniscience } from "../../firmware/cluster/election.js";
import type { NetworkState } from "./state.js";

/** What only the simulator knows of the whole network; computed once an election, where an election asks for it. */
export class WholeNetwork {
	readonly state: NetworkState;
	readonly factors: Float64Array;
	readonly meanFactor: number;
	/** A normal node's full charge, in joules. */
	readonly normalJ: number;
	readonly lifetimeRounds: number;
	/** Richer nodes than each, as of election {@link #rankedIn}. */
	readonly #richer: Int32Array;
	readonly #order: Int32Array;
	#rankedIn = 0;
	/** 1 for who led since all had. */
	readonly #played: Uint8Array;
	#playersIn = 0;
	#meanIn = 0;
	#mean = 0;
	#players = 0;
	readonly #neighbourCharges: number[] = [];

	/** `factors`: the multiple of `normalJ` that each node began with. */
	constructor(state: NetworkState, factors: Float64Array, normalJ: number, lifetimeRounds: number) {
		this.state = state;
		this.factors = factors;
		this.normalJ = normalJ;
		this.lifetimeRounds = lifetimeRounds;
		const { nodes } = state.field;
		this.meanFactor = factors.reduce((sum, factor) => sum + factor, 0) / nodes;
		this.#richer = new Int32Array(nodes);
		this.#order = Int32Array.from({ length: nodes }, (_, node) => node);
		this.#played = new Uint8Array(nodes);
	}

	/** The part of one node. */
	of(node: number): Omniscience {
		const { state, factors, meanFactor, normalJ } = this;
		return {
			nodes: state.field.nodes,
			ownFactor: factors[node]!,
			meanFactor,
			lifetimeRounds: this.lifetimeRounds,
			round: () => state.round,
			alive: () => state.batteries.living,
			richer: () => this.#ranks()[node]!,
			charge: () => (normalJ > 0 ? state.batteries.chargeJ[node]! / normalJ : 0),
			meanCharge: () => this.#meanCharge(),
			neighbourCharges: () => this.#chargesAround(node),
			players: () => this.#countPlayers(),
			plays: () => {
				this.#countPlayers();
				return this.#played[node] === 0;
			},
		};
	}

	#ranks(): Int32Array {
		const { election, batteries } = this.state;
		if (this.#rankedIn === election) return this.#richer;
		this.#rankedIn = election;
		const { chargeJ } = batteries;
		this.#order.sort((a, b) => chargeJ[b]! - chargeJ[a]! || a - b);
		for (const [rank, node] of this.#order.entries()) this.#richer[node] = rank;
		return this.#richer;
	}

	#meanCharge(): number {
		const { election, batteries } = this.state;
		if (this.#meanIn === election) return this.#mean;
		this.#meanIn = election;
		let sum = 0;
		for (const joules of batteries.chargeJ) sum += joules;
		this.#mean = batteries.living === 0 ? 0 : sum / (batteries.living * this.normalJ);
		return this.#mean;
	}

	#chargesAround(node: number): readonly number[] {
		const { from, to } = this.state.neighbourhood;
		const { alive, chargeJ } = this.state.batteries;
		const charges = this.#neighbourCharges;
		charges.length = 0;
		for (let i = from[node]!; i < from[node + 1]!; i++) {
			const other = to[i]!;
			if (alive[other] === 1) charges.push(chargeJ[other]! / this.normalJ);
		}
		return charges;
	}

	#countPlayers(): number {
		const { election, ledIn, batteries } = this.state;
		if (this.#playersIn === election) return this.#players;
		// Those who led in the elections since the last look, which may have been none.
		for (const [node, last] of ledIn.entries())
			if (last > 0 && last >= this.#playersIn) this.#played[node] = 1;
		this.#playersIn = election;
		for (let isNew = false; ; isNew = true) {
			let players = 0;
			for (const [node, alive] of batteries.alive.entries())
				if (alive === 1 && this.#played[node] === 0) players++;
			this.#players = players;
			if (players > 0 || isNew) return players;
			this.#played.fill(0);
		}
	}
}
