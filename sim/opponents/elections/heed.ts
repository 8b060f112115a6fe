import {
	type Announcement,
	type Election,
	type ElectionFactory,
	type ElectionOptions,
	FOLLOW,
	FULL_CHARGE,
	LEAD,
	type Situation,
	TENTATIVELY,
	TICKS,
} from "../../../firmware/cluster/election.js";
import type { Random } from "../../../firmware/ports.js";
import { numberOption, probabilityOption, randomTick, uniform, wordOption } from "./common.js";

const OPTIONS = {
	initialShare: probabilityOption(
		0.05,
		"Share of fully charged nodes that draw a candidacy at first, C_prob",
	),
	leastProbability: {
		type: "number",
		minimum: 1e-6,
		maximum: 1,
		default: 1e-4,
		description: "Least probability of a node at first, p_min: limits the iterations",
	},
	cost: {
		type: "string",
		enum: ["amrp", "degree", "inverse-degree"],
		default: "amrp",
		description:
			"What decides between candidates: the mean cost of reaching them, few neighbours, or many neighbours",
	},
} as const;

/** What a node does at the instant that it is asked for. */
type Step = "judge" | "announce" | "lead" | "lead-unless-led";

class Heed implements Election {
	readonly #random: Random;
	readonly #initialShare: number;
	readonly #leastProbability: number;
	readonly #cost: string;
	/** Instants from one iteration to the next. */
	readonly #slot: number;
	#step: Step = "judge";
	#iteration = 0;
	#probability = 0;
	/** Whether the last iteration drew with probability 1. */
	#isLoopOver = false;
	#isTentative = false;

	constructor(options: ElectionOptions, random: Random) {
		this.#random = random;
		this.#initialShare = numberOption(options, OPTIONS, "initialShare");
		this.#leastProbability = numberOption(options, OPTIONS, "leastProbability");
		this.#cost = wordOption(options, OPTIONS, "cost");
		this.#slot = Math.floor(TICKS / (iterations(this.#leastProbability) + 1));
	}

	begin({ charge }: Situation): number {
		this.#step = "judge";
		this.#iteration = 0;
		this.#probability = Math.max((this.#initialShare * charge) / FULL_CHARGE, this.#leastProbability);
		this.#isLoopOver = false;
		this.#isTentative = false;
		return 0;
	}

	decide(situation: Situation): number {
		switch (this.#step) {
			case "judge":
				return this.#isLoopOver ? this.#finalize() : this.#iterate(situation);
			case "announce":
				this.#step = "judge";
				this.#isTentative = true;
				return TENTATIVELY + this.#nextIteration();
			case "lead":
				return LEAD;
			case "lead-unless-led":
				return situation.heads > 0 ? FOLLOW : LEAD;
		}
	}

	uncovered(): number {
		this.#step = "lead-unless-led";
		return randomTick(this.#random);
	}

	merit({ reachCost, neighbours }: Situation): number {
		if (this.#cost === "amrp") return reachCost;
		const degree = Math.min(neighbours, 255);
		return this.#cost === "degree" ? degree : 255 - degree;
	}

	prefers(a: Announcement, b: Announcement): boolean {
		return a.merit < b.merit || (a.merit === b.merit && a.nearness > b.nearness);
	}

	#iterate(situation: Situation): number {
		const isCertain = this.#probability === 1;
		this.#isLoopOver = isCertain;
		const stands = this.#stands(situation);
		this.#probability = Math.min(2 * this.#probability, 1);
		if (!stands) return this.#nextIteration();
		this.#step = isCertain ? "lead" : "announce";
		return this.#instantInIteration();
	}

	/** Whether the node announces itself: the best candidate it knows does, and where it knows none, who draws so. */
	#stands(situation: Situation): boolean {
		const { leastMerit } = situation;
		if (this.#isTentative) return this.merit(situation) <= leastMerit;
		if (leastMerit <= 255) return false;
		return uniform(this.#random) < this.#probability;
	}

	#finalize(): number {
		this.#step = "lead-unless-led";
		const begin = this.#iteration * this.#slot + 1;
		return begin + this.#random.below(TICKS - begin);
	}

	#nextIteration(): number {
		return ++this.#iteration * this.#slot;
	}

	/** All judge at an iteration's beginning what they heard in those before, and announce themselves during its first half. */
	#instantInIteration(): number {
		return this.#iteration * this.#slot + 1 + this.#random.below(this.#slot >> 1);
	}
}

/** Iterations until a probability that doubles has drawn as 1. */
function iterations(probability: number): number {
	let count = 1;
	for (let p = probability; p < 1; p *= 2) count++;
	return count;
}

/**
 * HEED: candidates by charge, and among those within reach of each other the one that is cheapest to reach (Younis, Fahmy,
 * "HEED: a hybrid, energy-efficient, distributed clustering approach for ad hoc sensor networks", IEEE Transactions on
 * Mobile Computing 3(4), 2004).
 *
 * Probability max(C_prob E / E_max, p_min), doubled in each iteration. In an iteration, a node that knows candidates
 * announces itself only if it is one and none is cheaper; one that knows none draws. Candidacies are tentative until the
 * probability is 1, then final. After that, whoever heard no final candidate leads; others join the cheapest. Cost is
 * the mean power that neighbours need to reach a node (AMRP), which makes its election's merit.
 *
 * An iteration is a part of the window: all judge at its beginning, announcements follow at random instants in its first
 * half. At the end each looks at an instant of its own, anywhere in what is left of the window, whether it heard a final
 * candidate. Were all to look at once, as the pseudocode can be read, neighbours whose candidate gave up would all lead:
 * 19 heads a round rather than 9 in `leach-canonical`.
 *
 * It knows nothing but its neighbourhood; charge and cost are 8 bits, and of two candidates with equal cost both stand. A
 * final head announces itself once, where the pseudocode does so again at the end. Nodes that have no head even so, since a
 * frame was lost, lead in the second window.
 *
 * C_prob 0.05, p_min 10⁻⁴ and an election every 5 rounds of data are from memory of the paper, as is all pseudocode; its
 * abstract confirms the two parameters, periodical selection and termination in O(1) iterations. Public code that was
 * read has the same initial probability and p_min.
 */
export const heed: ElectionFactory = {
	name: "heed",
	options: OPTIONS,
	reach: "radius",
	roundsPerElection: 5,
	create: (options, { random }) => new Heed(options, random),
};
