import type { NetworkState } from "./state.js";

/**
 * What nodes know of their neighbours: those within the cluster radius, and the charge that each last told to all.
 *
 * The model's channel loses nothing, so that all neighbours of a node know the same of it. Deaths are known from the next
 * election on: schedules name the living. What a JOIN tells its head alone is left out.
 */
export class Claims {
	readonly #state: NetworkState;
	/** The charge that each node last told, 0 to 255. */
	readonly told: Uint8Array;
	/** 1 for nodes that are thought to be alive. */
	readonly known: Uint8Array;
	/** Whether any election asked what neighbours there are, and what they claim. */
	isRead = false;
	isChargeRead = false;
	/** What {@link look} found. */
	neighbours = 0;
	charge = 0;
	richer = 0;

	/** Rises when anything changes; node, units and version of what was last looked at. */
	#version = 0;
	#lookedAt = -1;
	#lookedWith = -1;
	#lookedIn = -1;

	constructor(state: NetworkState) {
		this.#state = state;
		this.told = new Uint8Array(state.field.nodes);
		this.known = state.batteries.alive.slice();
	}

	/** A node tells its neighbours its charge. */
	tell(node: number, units: number): void {
		if (this.told[node] === units) return;
		this.#version++;
		this.told[node] = units;
	}

	/** Lets everybody know who is alive. */
	notice(): void {
		this.#version++;
		this.known.set(this.#state.batteries.alive);
	}

	/** Looks at a node's neighbours: how many, the sum of their charges, and how many are richer than `units`. */
	look(node: number, units: number): void {
		if (node === this.#lookedAt && units === this.#lookedWith && this.#version === this.#lookedIn) return;
		this.#lookedAt = node;
		this.#lookedWith = units;
		this.#lookedIn = this.#version;
		const { from, to } = this.#state.neighbourhood;
		const { told, known } = this;
		let neighbours = 0;
		let charge = 0;
		let richer = 0;
		for (let i = from[node]!, end = from[node + 1]!; i < end; i++) {
			const other = to[i]!;
			if (known[other] === 0) continue;
			const theirs = told[other]!;
			neighbours++;
			charge += theirs;
			if (theirs > units || (theirs === units && other < node)) richer++;
		}
		this.neighbours = neighbours;
		this.charge = charge;
		this.richer = richer;
	}

	/** Mean over all neighbours of what it costs to reach a node, 255 being the cost at the cluster radius. */
	reachCost(node: number): number {
		const { from, to, squareM2 } = this.#state.neighbourhood;
		let sum = 0;
		let count = 0;
		for (let i = from[node]!; i < from[node + 1]!; i++) {
			if (this.known[to[i]!] === 0) continue;
			sum += squareM2[i]!;
			count++;
		}
		return count === 0 ? 0 : Math.round((255 * sum) / (count * this.#state.radiusSquareM2));
	}
}
