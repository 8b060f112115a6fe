import { PRIOR } from "./parameters.js";
import { TICKS_PER_S } from "./ticks.js";

/** A half-life passes in so many steps, each by the factor 2^(-1/16). */
const STEPS = 16;
const STEP_FACTOR_16 = 62757;

/**
 * Brings score `i` (Q0.16) nearer to {@link PRIOR} for the ticks from `touched[i]` to `now`: a bad one is forgiven and a good
 * one forgotten, each by its half-life in seconds. Less than a step is left for the next time.
 */
export function drift(
	score: Uint16Array,
	touched: Uint32Array,
	i: number,
	now: number,
	forgiveHalfLifeS: number,
	forgetHalfLifeS: number,
): void {
	for (;;) {
		const distance = score[i]! - PRIOR;
		const step = ((distance < 0 ? forgiveHalfLifeS : forgetHalfLifeS) * TICKS_PER_S) / STEPS;
		if (now - touched[i]! < step) return;
		if (Math.abs(distance) < STEPS) {
			touched[i] = now;
			return;
		}
		touched[i] = touched[i]! + step;
		const kept = (Math.abs(distance) * STEP_FACTOR_16) >>> 16;
		score[i] = PRIOR + (distance < 0 ? -kept : kept);
	}
}
