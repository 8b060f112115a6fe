/** When and whom nodes blocked. */
export interface BlockSummary {
	total: number;
	/** Blocks of addresses that are those of honest nodes. */
	false: number;
	/** How often a node put an honest one on probation, and how often the score of one fell below 0.5. */
	falseProbations: number;
	falseDoubts: number;
	/** Mean seconds from a node's first frame of an attacker to its first block; null where nobody blocked. */
	meanDelayS: number | null;
}

/** Adds up the blocks of a run. */
export class Blocks {
	readonly #honest = new Set<string>();
	/** When each node received its first frame of an attacker, until it blocked somebody. */
	readonly #firstUs = new Map<number, number>();
	readonly #blocked = new Set<number>();
	#total = 0;
	#false = 0;
	#falseProbations = 0;
	#falseDoubts = 0;
	#delaysUs = 0;
	#delays = 0;

	/** An honest node bears this address. */
	noteHonest(address: string): void {
		this.#honest.add(address);
	}

	noteAttack(timeUs: number, node: number): void {
		if (!this.#firstUs.has(node)) this.#firstUs.set(node, timeUs);
	}

	/** A node thinks otherwise of the neighbour with this address. `state` as in the event `standingChanged`. */
	noteStanding(timeUs: number, node: number, address: string, state: string): void {
		if (state === "blocked") this.#noteBlocked(timeUs, node, address);
		if (!this.#honest.has(address)) return;
		if (state === "probation") this.#falseProbations++;
		if (state === "doubted") this.#falseDoubts++;
	}

	#noteBlocked(timeUs: number, node: number, address: string): void {
		this.#total++;
		if (this.#honest.has(address)) this.#false++;
		const firstUs = this.#firstUs.get(node);
		if (firstUs === undefined || this.#blocked.has(node)) return;
		this.#blocked.add(node);
		this.#delaysUs += timeUs - firstUs;
		this.#delays++;
	}

	summary(): BlockSummary {
		return {
			total: this.#total,
			false: this.#false,
			falseProbations: this.#falseProbations,
			falseDoubts: this.#falseDoubts,
			meanDelayS: this.#delays === 0 ? null : this.#delaysUs / this.#delays / 1e6,
		};
	}
}
