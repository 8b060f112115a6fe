import type { ElectionFactory, ElectionHost, ElectionOptions } from "../../../firmware/cluster/election.js";
import { numberOption, omniscienceOf, probabilityOption } from "./common.js";
import { Rotation } from "./rotation.js";

const OPTIONS = {
	p: probabilityOption(0.1, "Share of nodes that lead in a round, on average"),
} as const;

class Sep extends Rotation {
	readonly #probability: number;

	constructor(options: ElectionOptions, host: ElectionHost) {
		super(host.random);
		const { ownFactor, meanFactor } = omniscienceOf("sep", host);
		this.#probability = Math.min(1, (numberOption(options, OPTIONS, "p") * ownFactor) / meanFactor);
	}

	protected override probability(): number {
		return this.#probability;
	}
}

/**
 * SEP: LEACH in which nodes that started with more charge lead more often (Smaragdakis, Matta, Bestavros, "SEP: a stable
 * election protocol for clustered heterogeneous wireless sensor networks", SANPA 2004).
 *
 * With a share m of advanced nodes that hold 1 + α times a normal one's charge, normal nodes lead with
 * p / (1 + α m) and advanced ones with p (1 + α) / (1 + α m), each class in epochs of its own length. Both are p times
 * what a node started with over the mean of all, which is how it is computed: more than two classes work the same way.
 *
 * Needs `ownFactor` and `meanFactor` of Omniscience, which the paper has whoever deploys the nodes write into them. p is
 * 0.1 in the paper's simulations. Probabilities, threshold and p are those of the authors' published MATLAB code, but
 * that rounds 1/p to whole rounds, so that its last round of an epoch may leave some who have not led; here each leads
 * once in 1/p rounds on average. The paper itself was not at hand.
 */
export const sep: ElectionFactory = {
	name: "sep",
	options: OPTIONS,
	reach: "all",
	roundsPerElection: 1,
	create: (options, host) => new Sep(options, host),
};
