import {
	type Election,
	type ElectionFactory,
	type ElectionHost,
	type ElectionOptions,
	FOLLOW,
	LEAD,
	type Omniscience,
	type Situation,
} from "../../../firmware/cluster/election.js";
import type { Random } from "../../../firmware/ports.js";
import { numberOption, omniscienceOf, probabilityOption, randomTick, uniform } from "./common.js";
import { rotationThreshold } from "./rotation.js";

const OPTIONS = {
	p: probabilityOption(0.1, "Share of nodes that lead in a round, on average"),
	lifetimeRounds: {
		type: ["number", "null"],
		exclusiveMinimum: 0,
		default: null,
		description: "Rounds that the network is thought to last; null for the formula of the radio model",
	},
} as const;

class Deec implements Election {
	readonly #random: Random;
	readonly #known: Omniscience;
	readonly #share: number;
	readonly #lifetimeRounds: number;

	constructor(options: ElectionOptions, host: ElectionHost) {
		this.#random = host.random;
		this.#known = omniscienceOf("deec", host);
		this.#share = numberOption(options, OPTIONS, "p");
		const lifetimeRounds = options["lifetimeRounds"] ?? this.#known.lifetimeRounds;
		if (lifetimeRounds === undefined) {
			throw new RangeError(
				"lifetimeRounds: expected a number of rounds, as there is no formula for it here, found null",
			);
		}
		this.#lifetimeRounds = Number(lifetimeRounds);
	}

	begin(situation: Situation): number {
		const probability = this.#probability();
		const draw = uniform(this.#random);
		const tick = randomTick(this.#random);
		if (probability === 0) return FOLLOW;
		const { election, sinceLed } = situation;
		if (sinceLed > 0 && sinceLed < 1 / probability) return FOLLOW;
		return draw < rotationThreshold(probability, election - 1, 0) ? tick : FOLLOW;
	}

	decide(): number {
		return LEAD;
	}

	/** p (1 + a_i) N / (N + Σ a) E_i / Ē, at most 1; Ē = E_total / N (1 - r / R). */
	#probability(): number {
		const { ownFactor, meanFactor } = this.#known;
		const charge = this.#known.charge();
		if (charge <= 0) return 0;
		const left = 1 - this.#known.round() / this.#lifetimeRounds;
		if (left <= 0) return 1;
		const estimatedMean = meanFactor * left;
		return Math.min(1, (this.#share * (ownFactor / meanFactor) * charge) / estimatedMean);
	}
}

/**
 * DEEC: the more charge a node has left beside the mean that a formula predicts, the more often it leads (Qing, Zhu,
 * Wang, "Design of a distributed energy-efficient clustering algorithm for heterogeneous wireless sensor networks",
 * Computer Communications 29, 2006).
 *
 * p_i = p (1 + a_i) N / (N + Σ a) E_i / Ē with Ē = E_total / N (1 - r / R); a node that led in the last 1/p_i rounds does
 * not draw, others draw with LEACH's threshold for p_i. Nobody tells nodes the mean: E_total, N and R are known
 * beforehand (`ownFactor`, `meanFactor`, `lifetimeRounds` of Omniscience, and its `charge` without the 8 bits of a claim).
 *
 * When r reaches R, Ē is 0 and the formula ends: p_i is then 1, its limit. p is 0.1 in the paper's simulations. Compared
 * with public MATLAB code, which computes p_i, Ē, the threshold and the waiting so, but lets nobody lead after R and
 * everybody draw again every 1/p rounds. The paper itself was not at hand.
 */
export const deec: ElectionFactory = {
	name: "deec",
	options: OPTIONS,
	reach: "all",
	roundsPerElection: 1,
	create: (options, host) => new Deec(options, host),
};
