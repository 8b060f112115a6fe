import type { Situation } from "../../firmware/cluster/election.js";
import type { Claims } from "./claims.js";
import type { Heard } from "./heard.js";
import type { NetworkState } from "./state.js";

/** What one node knows when its election asks: looked up where it is asked for, since most elections ask for little. */
export class NodeSituation implements Situation {
	readonly #node: number;
	readonly #state: NetworkState;
	readonly #claims: Claims;
	readonly #heard: Heard;

	constructor(node: number, state: NetworkState, claims: Claims, heard: Heard) {
		this.#node = node;
		this.#state = state;
		this.#claims = claims;
		this.#heard = heard;
	}

	get election(): number {
		return this.#state.election;
	}

	get charge(): number {
		return this.#state.units[this.#node]!;
	}

	get neighbours(): number {
		return this.#claims.neighboursOf(this.#node);
	}

	get claimedCharge(): number {
		return this.#claims.chargeAround(this.#node);
	}

	get richerNeighbours(): number {
		return this.#claims.richerThan(this.#node, this.charge);
	}

	get reachCost(): number {
		return this.#claims.reachCost(this.#node);
	}

	get sinceLed(): number {
		const last = this.#state.ledIn[this.#node]!;
		return last === 0 ? 0 : this.#state.election - last;
	}

	get heads(): number {
		return this.#heard.headsOf(this.#node);
	}

	get leastMerit(): number {
		return this.#heard.leastMerit[this.#node]!;
	}
}
