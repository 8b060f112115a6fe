import type { Random } from "../ports.js";
import {
	type Announcement,
	type Decision,
	type Election,
	type ElectionFactory,
	type ElectionOptions,
	FOLLOW,
	FULL_CHARGE,
	LEAD,
	type Situation,
	type TermOutcome,
	TICKS,
} from "./election.js";
import { ONE_16, root16 } from "./fixed-point.js";
import { Learner, rewardOf, stateOf } from "./learning.js";

/** Ratios of cost to benefit ω that learning chooses from: 0.1, 0.2, 0.35, 0.55, 0.8 in Q0.16. */
const RATIOS = [6554, 13107, 22938, 36045, 52429] as const;
/** What a node that knows nothing yet plays: the last one, to leave it to others. */
const FIRST_RATIO = RATIOS.length - 1;
/** ω is held from 0.02 to 0.98, in Q0.16: nobody volunteers for sure, or never. */
const RATIO_LEAST = 1311;
const RATIO_MOST = 64225;

const OPTIONS: ElectionFactory["options"] = {
	learning: {
		type: "boolean",
		default: true,
		description: "Whether nodes learn the ratio of cost to benefit; else all have costRatio",
	},
	costRatio: {
		type: "number",
		minimum: 0.02,
		maximum: 0.98,
		default: 0.55,
		description:
			"Ratio of cost to benefit for a node with as much charge as its neighbours, where none is learnt",
	},
	ordering: {
		type: "boolean",
		default: true,
		description: "Whether those with more charge announce themselves earlier; else all at random",
	},
	spanUnits: {
		type: "integer",
		minimum: 4,
		maximum: 256,
		default: 256,
		description: "Units of charge, of 255, that the window tells apart; 256 for all of a battery",
	},
	jitter: {
		type: "number",
		minimum: 0,
		maximum: 1,
		default: 0.25,
		description: "Share of one unit's time by which announcements are delayed at random",
	},
	preferUnits: {
		type: "integer",
		minimum: 0,
		maximum: 255,
		default: 4,
		description:
			"Heads whose charge differs by less count as equal, and the nearest is joined; 0 for always the nearest",
	},
};

function option(options: ElectionOptions, name: string): number {
	return Number(options[name] ?? OPTIONS[name]?.["default"]);
}

/**
 * ω of a node in Q0.16: `ratio16` times (Ē/E)², E its charge and Ē the mean of its neighbourhood with itself, held
 * from 0.02 to 0.98. Without any charge it is the most.
 */
export function chargeScaledRatio(ratio16: number, situation: Situation): number {
	const { charge, claimedCharge, neighbours } = situation;
	if (charge <= 0) return RATIO_MOST;
	const quotient16 = Math.min(
		16 * ONE_16,
		Math.floor(((claimedCharge + charge) * ONE_16) / ((neighbours + 1) * charge)),
	);
	const ratio = Math.floor((ratio16 * Math.floor((quotient16 * quotient16) / ONE_16)) / ONE_16);
	return Math.max(RATIO_LEAST, Math.min(RATIO_MOST, ratio));
}

class Game implements Election {
	readonly #random: Random;
	readonly #learner: Learner | undefined;
	readonly #costRatio16: number;
	readonly #isOrdered: boolean;
	readonly #spanUnits: number;
	readonly #jitter16: number;
	readonly #preferUnits: number;
	#wasCovered = true;

	constructor(options: ElectionOptions, random: Random) {
		this.#random = random;
		this.#learner = option(options, "learning") === 1 ? new Learner(random, FIRST_RATIO) : undefined;
		this.#costRatio16 = Math.round(option(options, "costRatio") * ONE_16);
		this.#isOrdered = option(options, "ordering") === 1;
		this.#spanUnits = option(options, "spanUnits");
		this.#jitter16 = Math.round(option(options, "jitter") * ONE_16);
		this.#preferUnits = option(options, "preferUnits");
	}

	begin(situation: Situation): Decision {
		const ratio16 = this.#ratio16(situation);
		// Nobody else can do it.
		if (situation.neighbours === 0) return this.#instant(situation);
		const free16 = root16(chargeScaledRatio(ratio16, situation), situation.neighbours);
		return this.#random.below(ONE_16) >= free16 ? this.#instant(situation) : FOLLOW;
	}

	decide(situation: Situation): Decision {
		return situation.heads > 0 ? FOLLOW : LEAD;
	}

	withdraws(): boolean {
		return true;
	}

	uncovered(situation: Situation): Decision {
		return this.#instant(situation);
	}

	prefers(a: Announcement, b: Announcement): boolean {
		if (this.#preferUnits > 0) {
			const rank = Math.floor(a.charge / this.#preferUnits) - Math.floor(b.charge / this.#preferUnits);
			if (rank !== 0) return rank > 0;
		}
		return a.nearness > b.nearness;
	}

	learn(outcome: TermOutcome): void {
		this.#wasCovered = outcome.covered;
		this.#learner?.reward(rewardOf(outcome));
	}

	save(): Uint8Array {
		return this.#learner?.save() ?? new Uint8Array(0);
	}

	restore(blob: Uint8Array): void {
		this.#learner?.restore(blob);
	}

	#ratio16(situation: Situation): number {
		if (this.#learner === undefined) return this.#costRatio16;
		return RATIOS[this.#learner.choose(stateOf(situation, this.#wasCovered))]!;
	}

	/** The more charge, the earlier; in the time of one unit by rank among the neighbours, and a little by chance. */
	#instant(situation: Situation): number {
		if (!this.#isOrdered) return this.#random.below(TICKS);
		const unitTicks = TICKS / this.#spanUnits;
		const { charge, claimedCharge, neighbours, richerNeighbours } = situation;
		const top =
			this.#spanUnits >= FULL_CHARGE
				? FULL_CHARGE
				: Math.round((claimedCharge + charge) / (neighbours + 1)) + (this.#spanUnits >> 1);
		const poverty = Math.max(0, Math.min(this.#spanUnits - 1, top - charge));
		const jitterTicks = Math.floor((unitTicks * this.#jitter16) / ONE_16);
		const rankTicks = Math.floor(((unitTicks - jitterTicks) * richerNeighbours) / (neighbours + 1));
		return (
			Math.floor(poverty * unitTicks) + rankTicks + (jitterTicks > 0 ? this.#random.below(jitterTicks) : 0)
		);
	}
}

/**
 * Election by a volunteer's game whose costs are scaled by charge (science: Diekmann 1985; on clusters: CROSS, LGCA).
 *
 * Each node volunteers with p = 1 - ω^(1/(N-1)), N being the nodes of its neighbourhood and
 * ω = ω_Q (Ē/E)², held from 0.02 to 0.98: the symmetric equilibrium's formula, played with a cost of one's own. This is an
 * as-if-symmetric heuristic, not an equilibrium: in the equilibrium of the game with unequal costs the poorest would
 * volunteer most, which is the opposite of what a network needs. Volunteers announce themselves the earlier, the more
 * charge they have, and give up when they hear another's announcement; nodes without a head then all enter the same order
 * in a second window, so that each node has a head. ω_Q is learnt by each node for itself (see `learning.ts`).
 */
export const game: ElectionFactory = {
	name: "game",
	options: OPTIONS,
	reach: "radius",
	roundsPerElection: 3,
	create: (options, host) => new Game(options, host.random),
};
