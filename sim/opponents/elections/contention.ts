import {
	type Announcement,
	type Election,
	FOLLOW,
	LEAD,
	type Situation,
} from "../../../firmware/cluster/election.js";
import type { Random } from "../../../firmware/ports.js";
import { exp, ln } from "../../kernel/math.js";
import { randomTick, uniform } from "./common.js";

/**
 * Probability 1 - ω^(1/(N-1)) with which each of N equal players volunteers in the mixed equilibrium of the volunteer's
 * game (Diekmann, "Volunteer's dilemma", Journal of Conflict Resolution 29(4), 1985).
 *
 * `costRatio`, ω: cost over value, above 0 and below 1; `others`: N - 1, from 0 on. Alone, 1.
 */
export function volunteerChance(costRatio: number, others: number): number {
	return others <= 0 ? 1 : 1 - exp(ln(costRatio) / others);
}

/** Schema of ω. */
export function costRatioOption(description: string) {
	return { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1, default: 0.3, description } as const;
}

/**
 * One node's part where volunteers contend: each draws once whether it volunteers, waits for an instant of its own, and
 * gives up when another leads within the radius first. Whoever then has no head contends again, now all who may.
 */
export abstract class Contention implements Election {
	readonly #random: Random;

	constructor(random: Random) {
		this.#random = random;
	}

	/** The probability that the node volunteers, 0 to 1. */
	protected abstract chance(situation: Situation): number;

	begin(situation: Situation): number {
		const draw = uniform(this.#random);
		const tick = randomTick(this.#random);
		return draw < this.chance(situation) ? tick : FOLLOW;
	}

	decide(situation: Situation): number {
		return situation.heads > 0 ? FOLLOW : LEAD;
	}

	withdraws(_: Situation, heard: Announcement): boolean {
		return !heard.tentative;
	}

	uncovered(_: Situation): number {
		return randomTick(this.#random);
	}
}
