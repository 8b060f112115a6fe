import { type Election, FOLLOW, LEAD, type Situation } from "../../../firmware/cluster/election.js";
import type { Random } from "../../../firmware/ports.js";
import { pass, randomTick, uniform } from "./common.js";

/** How near 1/p must be to a whole number to be taken for it, so that p = 1/3 means three rounds. */
const WHOLE = 1e-9;
/** Random words of a draw and an instant. */
const WORDS_DRAWN = 2;

/** Where in its epoch a round is: of the last that was asked for, since in an election most nodes ask for the same. */
const place = { probability: 0, round: 0, position: 0, threshold: 1 };

/**
 * LEACH's threshold T = p / (1 - p (r mod 1/p)) for a node that has not led since the epoch began, and 0 for one that
 * has (Heinzelman, Chandrakasan, Balakrishnan, HICSS 2000).
 *
 * `probability` above 0 to 1; `round` from 0 on; `sinceLed` as in {@link Situation}. Written as 1 / (1/p - r mod 1/p),
 * so that the last round of an epoch gives exactly 1. Where 1/p is no whole number, epochs begin in the first round at
 * or after each multiple of it.
 */
export function rotationThreshold(probability: number, round: number, sinceLed: number): number {
	if (probability !== place.probability || round !== place.round) find(probability, round);
	return sinceLed > 0 && sinceLed <= place.position ? 0 : place.threshold;
}

function find(probability: number, round: number): void {
	let epoch = 1 / probability;
	const whole = Math.round(epoch);
	if (Math.abs(epoch - whole) < WHOLE * epoch) epoch = whole;
	let position = round % epoch;
	if (epoch - position < WHOLE * epoch) position = 0;
	place.probability = probability;
	place.round = round;
	place.position = position;
	place.threshold = epoch - position <= 1 ? 1 : 1 / (epoch - position);
}

/**
 * One node's part where nodes take turns: each draws once at the beginning of an election, and whoever leads announces
 * itself at an instant of its own, whatever it hears.
 */
export abstract class Rotation implements Election {
	readonly #random: Random;

	constructor(random: Random) {
		this.#random = random;
	}

	/** The probability that a node leads in a round, on average, as it is now: above 0, at most 1. */
	protected abstract probability(situation: Situation): number;

	begin(situation: Situation): number {
		const threshold = rotationThreshold(
			this.probability(situation),
			situation.election - 1,
			situation.sinceLed,
		);
		if (threshold === 0) {
			// One node's history must not shift its later draws.
			pass(this.#random, WORDS_DRAWN);
			return FOLLOW;
		}
		const draw = uniform(this.#random);
		const tick = randomTick(this.#random);
		return draw < threshold ? tick : FOLLOW;
	}

	decide(): number {
		return LEAD;
	}
}
