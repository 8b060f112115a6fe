import type { NetworkState } from "./state.js";

/** The wealth of the dead, below that of all others. */
const DEAD = -1;

/**
 * What nodes know of their neighbours: those within the cluster radius, and the charge that each last told to all.
 *
 * The model's channel loses nothing, so that all neighbours of a node know the same of it. Deaths are known from the next
 * election on: schedules name the living. What a JOIN tells its head alone is left out. Numbers and sums of neighbours are
 * kept up to date rather than counted anew, once anybody has asked.
 */
export class Claims {
	readonly #state: NetworkState;
	/** The charge that each node last told, 0 to 255. */
	readonly told: Uint8Array;
	/** Whether any election asked what neighbours there are, and what they claim. */
	isRead = false;
	isChargeRead = false;
	/** 1 for nodes that are thought to be alive, and how many there are. */
	readonly #known: Uint8Array;
	#knownCount: number;
	/**
	 * Each node's place among all by what it told, once anybody has asked; below 0 for those thought dead.
	 *
	 * Ranks compare it rather than charges and numbers, since no processor guesses how those compare.
	 */
	readonly #wealth: Int32Array;
	/** Of each node, its neighbours and the sum of what they told; empty until somebody asks. */
	#neighbours = new Int32Array(0);
	#charge = new Int32Array(0);

	constructor(state: NetworkState) {
		this.#state = state;
		this.told = new Uint8Array(state.field.nodes);
		this.#known = state.batteries.alive.slice();
		this.#knownCount = state.batteries.living;
		this.#wealth = new Int32Array(state.field.nodes).fill(DEAD);
	}

	/** A node tells its neighbours its charge. */
	tell(node: number, units: number): void {
		const more = units - this.told[node]!;
		if (more === 0) return;
		this.told[node] = units;
		if (this.#charge.length === 0 || this.#known[node] === 0) return;
		this.#wealth[node] = this.#wealthOf(node, units);
		this.#spreadCharge(node, more);
	}

	/** All tell their charge. */
	tellAll(units: Uint8Array): void {
		if (this.#charge.length === 0) this.told.set(units);
		else for (let node = 0; node < units.length; node++) this.tell(node, units[node]!);
	}

	/** Lets everybody know who is alive. */
	notice(): void {
		const { alive, living } = this.#state.batteries;
		// Nobody comes back to life.
		if (living === this.#knownCount) return;
		this.#knownCount = living;
		for (let node = 0; node < alive.length; node++) {
			if (alive[node] === this.#known[node]) continue;
			this.#known[node] = 0;
			this.#wealth[node] = DEAD;
			if (this.#charge.length > 0) this.#spread(node, -1);
		}
	}

	/** How many neighbours a node has. */
	neighboursOf(node: number): number {
		if (this.#neighbours.length === 0) this.#count();
		return this.#neighbours[node]!;
	}

	/** The sum of what a node's neighbours told. */
	chargeAround(node: number): number {
		if (!this.isChargeRead) this.#readCharge();
		return this.#charge[node]!;
	}

	/** How many neighbours of a node told more than `units`, or as much and have a lower number. */
	richerThan(node: number, units: number): number {
		if (!this.isChargeRead) this.#readCharge();
		const { from, to } = this.#state.neighbourhood;
		const wealth = this.#wealth;
		const own = this.#wealthOf(node, units);
		let richer = 0;
		// The sign of the difference, which needs no branch.
		for (let i = from[node]!, end = from[node + 1]!; i < end; i++) richer += (own - wealth[to[i]!]!) >>> 31;
		return richer;
	}

	/** Mean over all neighbours of what it costs to reach a node, 255 being the cost at the cluster radius. */
	reachCost(node: number): number {
		this.isRead = true;
		const { from, to, squareM2 } = this.#state.neighbourhood;
		let sum = 0;
		let count = 0;
		for (let i = from[node]!; i < from[node + 1]!; i++) {
			if (this.#known[to[i]!] === 0) continue;
			sum += squareM2[i]!;
			count++;
		}
		return count === 0 ? 0 : Math.round((255 * sum) / (count * this.#state.radiusSquareM2));
	}

	#readCharge(): void {
		if (this.#charge.length === 0) this.#count();
		this.isChargeRead = true;
	}

	/** Counts everybody's neighbours, the first time that somebody asks. */
	#count(): void {
		this.isRead = true;
		const { nodes } = this.#state.field;
		this.#neighbours = new Int32Array(nodes);
		this.#charge = new Int32Array(nodes);
		for (let node = 0; node < nodes; node++) {
			if (this.#known[node] === 0) continue;
			this.#wealth[node] = this.#wealthOf(node, this.told[node]!);
			this.#spread(node, 1);
		}
	}

	/** A node becomes a neighbour of all around it, or is none any more: `count` is 1 or -1. */
	#spread(node: number, count: number): void {
		const { from, to } = this.#state.neighbourhood;
		const neighbours = this.#neighbours;
		for (let i = from[node]!, end = from[node + 1]!; i < end; i++) neighbours[to[i]!]! += count;
		this.#spreadCharge(node, count * this.told[node]!);
	}

	/** Adds to the sums of all neighbours of a node. */
	#spreadCharge(node: number, units: number): void {
		const { from, to } = this.#state.neighbourhood;
		const charge = this.#charge;
		for (let i = from[node]!, end = from[node + 1]!; i < end; i++) charge[to[i]!]! += units;
	}

	/** The more a node told, the greater; among equals, the lower its number. Below 2^28 with a million nodes. */
	#wealthOf(node: number, units: number): number {
		const { nodes } = this.#state.field;
		return units * nodes + nodes - 1 - node;
	}
}
