import { PRIOR } from "./parameters.js";
import { TICKS_PER_S } from "./ticks.js";

/** A half-life passes in so many steps, each by the factor 2^(-1/16). */
const STEPS = 16;
const STEP_FACTOR_16 = 62757;
const MOST = 0xffff;

/**
 * Brings a score (Q0.16) nearer to {@link PRIOR} for the ticks from when it was touched to `now`: a bad one is forgiven and a
 * good one forgotten, each by its half-life in seconds. Less than a step is left for the next time.
 *
 * The ticks lie in `numbers[at]`, the score in the lower half of the next number.
 */
export function drift(
	numbers: Int32Array,
	at: number,
	now: number,
	forgiveHalfLifeS: number,
	forgetHalfLifeS: number,
): void {
	for (;;) {
		const distance = (numbers[at + 1]! & MOST) - PRIOR;
		const step = ((distance < 0 ? forgiveHalfLifeS : forgetHalfLifeS) * TICKS_PER_S) / STEPS;
		if (now - (numbers[at]! >>> 0) < step) return;
		if (distance > -STEPS && distance < STEPS) {
			numbers[at] = now;
			return;
		}
		numbers[at] = numbers[at]! + step;
		const kept = distance < 0 ? -((-distance * STEP_FACTOR_16) >>> 16) : (distance * STEP_FACTOR_16) >>> 16;
		numbers[at + 1] = (numbers[at + 1]! & ~MOST) | (PRIOR + kept);
	}
}
