/** When and whom nodes blocked. */
export interface BlockSummary {
	total: number;
	/** Blocks of addresses that are those of honest nodes. */
	false: number;
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
	#delaysUs = 0;
	#delays = 0;

	/** An honest node bears this address. */
	noteHonest(address: string): void {
		this.#honest.add(address);
	}

	noteAttack(timeUs: number, node: number): void {
		if (!this.#firstUs.has(node)) this.#firstUs.set(node, timeUs);
	}

	/** A node blocks the neighbour with this address. */
	noteBlocked(timeUs: number, node: number, address: string): void {
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
			meanDelayS: this.#delays === 0 ? null : this.#delaysUs / this.#delays / 1e6,
		};
	}
}
