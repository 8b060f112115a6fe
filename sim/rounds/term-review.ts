import type { Election, TermOutcome } from "../../firmware/cluster/election.js";
import type { Ballot } from "./ballot.js";
import type { Claims } from "./claims.js";
import type { Heard } from "./heard.js";
import type { NetworkState } from "./state.js";

/** How a term came out for one node: one object for all, filled in turn. Few ask what charges it began with. */
class Outcome implements TermOutcome {
	led = false;
	covered = false;
	extraHeads = 0;
	spent256 = 0;
	neighboursSpent256 = 0;
	/** Own charge when the term began, and a unit of it, in joules; mean claim of the neighbours, in units. */
	chargeJ = 0;
	unitJ = 1;
	claim = 0;

	get charge(): number {
		return Math.round(this.chargeJ / this.unitJ);
	}

	get neighboursCharge(): number {
		return Math.round(this.claim);
	}
}

/** Remembers what a term began with, and tells learning elections how it came out. */
export class TermReview {
	readonly #state: NetworkState;
	readonly #elections: readonly Election[];
	readonly #claims: Claims;
	readonly #heard: Heard;
	readonly #isLearning: boolean;
	readonly #outcome = new Outcome();
	readonly #led: Uint8Array;
	readonly #covered: Uint8Array;
	readonly #extraHeads: Int32Array;
	/** Own charge in joules, and mean claim of the neighbours, when the term began. */
	readonly #chargeJ: Float64Array;
	readonly #neighboursCharge: Float64Array;

	constructor(state: NetworkState, elections: readonly Election[], claims: Claims, heard: Heard) {
		const { nodes } = state.field;
		this.#state = state;
		this.#elections = elections;
		this.#claims = claims;
		this.#heard = heard;
		this.#isLearning = elections[0]?.learn !== undefined;
		const size = this.#isLearning ? nodes : 0;
		this.#led = new Uint8Array(size);
		this.#covered = new Uint8Array(size);
		this.#extraHeads = new Int32Array(size);
		this.#chargeJ = new Float64Array(size);
		this.#neighboursCharge = new Float64Array(size);
	}

	/** The first window of an election is over. */
	open(ballot: Ballot): void {
		if (!this.#isLearning) return;
		const { alive, chargeJ } = this.#state.batteries;
		for (let node = 0; node < alive.length; node++) {
			if (alive[node] === 0) continue;
			this.#covered[node] = ballot.isLeading(node) || this.#heard.headsOf(node) > 0 ? 1 : 0;
			this.#chargeJ[node] = chargeJ[node]!;
			this.#neighboursCharge[node] = this.#meanClaim(node);
		}
	}

	/** Both windows are over. */
	closeWindows(ballot: Ballot): void {
		if (!this.#isLearning) return;
		for (let node = 0; node < this.#led.length; node++) {
			const leads = ballot.isLeading(node);
			this.#led[node] = leads ? 1 : 0;
			// Heads that everybody heard include the node itself where it is one.
			const first = leads && this.#heard.headsToAll === 0 ? 0 : 1;
			this.#extraHeads[node] = Math.max(0, this.#heard.headsOf(node) - first);
		}
	}

	/** The term is over, and neighbours have told what they have left. */
	conclude(): void {
		if (!this.#isLearning) return;
		const { unitJ } = this.#state;
		const { alive, chargeJ } = this.#state.batteries;
		const outcome = this.#outcome;
		outcome.unitJ = unitJ;
		for (let node = 0; node < alive.length; node++) {
			if (alive[node] === 0) continue;
			const beganJ = this.#chargeJ[node]!;
			const claim = this.#neighboursCharge[node]!;
			outcome.led = this.#led[node] === 1;
			outcome.covered = this.#covered[node] === 1;
			outcome.extraHeads = this.#extraHeads[node]!;
			outcome.spent256 = Math.round((256 * (beganJ - chargeJ[node]!)) / unitJ);
			outcome.neighboursSpent256 = Math.max(0, Math.round(256 * (claim - this.#meanClaim(node))));
			outcome.chargeJ = beganJ;
			outcome.claim = claim;
			this.#elections[node]!.learn!(outcome);
		}
	}

	#meanClaim(node: number): number {
		const neighbours = this.#claims.neighboursOf(node);
		return neighbours === 0 ? 0 : this.#claims.chargeAround(node) / neighbours;
	}
}
