import type { ElectionFactory, ElectionOptions } from "../../../firmware/cluster/election.js";
import type { Random } from "../../../firmware/ports.js";
import { numberOption, probabilityOption } from "./common.js";
import { Rotation } from "./rotation.js";

const OPTIONS = {
	p: probabilityOption(0.05, "Share of nodes that lead in a round, on average"),
} as const;

class Leach extends Rotation {
	readonly #probability: number;

	constructor(options: ElectionOptions, random: Random) {
		super(random);
		this.#probability = numberOption(options, OPTIONS, "p");
	}

	protected override probability(): number {
		return this.#probability;
	}
}

/**
 * LEACH: nodes take turns at random, each leads once in 1/p rounds, and members join the head that they hear best
 * (Heinzelman, Chandrakasan, Balakrishnan, "Energy-efficient communication protocol for wireless microsensor networks",
 * HICSS 2000; the same authors, IEEE Transactions on Wireless Communications 1(4), 2002).
 *
 * It knows nothing but its own history and the number of its elections, which all nodes that started together share.
 * One that comes later begins an epoch of its own; in the paper rounds have the same number everywhere. That nodes
 * announce themselves at random instants stands for the paper's CSMA. Whoever hears no head sends to the sink itself:
 * the papers do not say what it does.
 *
 * p is 0.05 in the papers' simulations. The threshold is compared with the code of SEP's authors, which draws it so; the
 * papers themselves were not at hand.
 */
export const leach: ElectionFactory = {
	name: "leach",
	options: OPTIONS,
	reach: "all",
	roundsPerElection: 1,
	create: (options, { random }) => new Leach(options, random),
};
