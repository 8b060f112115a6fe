/** What charge is spent on. */
export const Purpose = { send: 0, receive: 1, aggregate: 2, controlSend: 3, controlReceive: 4 } as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

/** Charges of all nodes, and what they went for. A node whose charge is used up is dead for good. */
export class Batteries {
	/** What each node began with, and what it has left, in joules. */
	readonly initialJ: Float64Array;
	readonly chargeJ: Float64Array;
	/** 1 for nodes that are alive. */
	readonly alive: Uint8Array;
	/** How many are alive. */
	living = 0;
	/** Joules that all nodes spent, by {@link Purpose}. */
	readonly spentJ = new Float64Array(5);
	readonly #onDeath: (node: number) => void;

	constructor(initialJ: Float64Array, onDeath: (node: number) => void) {
		this.initialJ = initialJ;
		this.chargeJ = initialJ.slice();
		this.alive = new Uint8Array(initialJ.length);
		this.#onDeath = onDeath;
		for (const [node, joules] of initialJ.entries()) {
			if (joules <= 0) continue;
			this.alive[node] = 1;
			this.living++;
		}
	}

	/**
	 * Spends joules of a living node; returns whether it had as many. One that had not spends the rest; whoever has
	 * nothing left is dead.
	 */
	pay(node: number, joules: number, purpose: Purpose): boolean {
		const charge = this.chargeJ[node]!;
		const left = charge - joules;
		if (left > 0) {
			this.chargeJ[node] = left;
			this.spentJ[purpose]! += joules;
			return true;
		}
		this.chargeJ[node] = 0;
		this.spentJ[purpose]! += charge;
		this.alive[node] = 0;
		this.living--;
		this.#onDeath(node);
		return left === 0;
	}
}
