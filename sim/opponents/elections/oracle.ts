import {
	type Election,
	type ElectionFactory,
	type ElectionHost,
	type ElectionOptions,
	FOLLOW,
	LEAD,
	type Omniscience,
} from "../../../firmware/cluster/election.js";
import type { Random } from "../../../firmware/ports.js";
import { numberOption, omniscienceOf, randomTick } from "./common.js";

const OPTIONS = {
	heads: { type: "integer", minimum: 1, default: 5, description: "Nodes that lead in each term" },
} as const;

class Oracle implements Election {
	readonly #random: Random;
	readonly #known: Omniscience;
	readonly #heads: number;

	constructor(options: ElectionOptions, host: ElectionHost) {
		this.#random = host.random;
		this.#known = omniscienceOf("oracle", host);
		this.#heads = numberOption(options, OPTIONS, "heads");
	}

	begin(): number {
		const tick = randomTick(this.#random);
		return this.#known.richer() < this.#heads ? tick : FOLLOW;
	}

	decide(): number {
		return LEAD;
	}
}

/**
 * Reference, no protocol: the nodes with most charge in the whole network lead, wherever they stand.
 *
 * Needs `richer` of Omniscience. It shows what evening out charge alone can reach when everybody knows everything for
 * nothing. It is no upper bound: its heads may stand in a corner, and an election that spends less on control, or places
 * heads better, may outlive it.
 */
export const oracle: ElectionFactory = {
	name: "oracle",
	options: OPTIONS,
	reach: "all",
	roundsPerElection: 1,
	create: (options, host) => new Oracle(options, host),
};
