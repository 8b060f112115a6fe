import type { TermOutcome } from "./election.js";
import type { ClusterParts } from "./parts.js";

/** The part of a {@link TermOutcome} that tells what a term cost. */
export type TermCost = Pick<TermOutcome, "spent256" | "neighboursSpent256" | "charge" | "neighboursCharge">;

/** What a term costs a node and, as far as their claims tell, its neighbours. */
export class Expenses {
	readonly #parts: ClusterParts;
	#charge = -1;

	constructor(parts: ClusterParts) {
		this.#parts = parts;
	}

	/** A new term begins: returns what the last one cost, undefined at the first. */
	settle(): TermCost | undefined {
		const last = this.#charge;
		this.#charge = this.#parts.charge();
		let spent = 0;
		let sum = 0;
		let count = 0;
		this.#parts.neighbourhood.forEach(this.#parts.clock.nowUs(), (_neighbour, view) => {
			if (view.charge < 0) return;
			if (view.termCharge >= 0) {
				spent += view.termCharge - view.charge;
				sum += view.termCharge;
				count++;
			}
			view.termCharge = view.charge;
		});
		if (last < 0) return undefined;
		return {
			spent256: (last - this.#charge) * 256,
			neighboursSpent256: count === 0 ? 0 : Math.round((spent * 256) / count),
			charge: last,
			neighboursCharge: count === 0 ? last : Math.round(sum / count),
		};
	}
}
