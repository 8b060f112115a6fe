/** At the beginning the run is cut in so many steps, between which progress is told. */
const STEPS = 200;
/** Wall time of a step between which the size of steps stays as it is: short enough to stop a run soon. */
const SHORT_STEP_MS = 20;
const LONG_STEP_MS = 100;

/** What runs in simulated time. */
export interface Steppable {
	readonly durationUs: number;
	/** Whether it ended before its time. */
	readonly ended?: boolean;
	run(untilUs: number): void;
}

/** Runs to the end, and pauses between steps; returns the wall time without the pauses, in seconds. */
export function* inSteps(
	simulation: Steppable,
	onProgress: (share: number) => void,
): Generator<undefined, number, undefined> {
	const { durationUs } = simulation;
	let stepUs = Math.ceil(durationUs / STEPS);
	let wallMs = 0;
	for (let reachedUs = 0; reachedUs < durationUs && simulation.ended !== true; ) {
		reachedUs = Math.min(durationUs, reachedUs + stepUs);
		const stepBeganMs = performance.now();
		simulation.run(reachedUs);
		const tookMs = performance.now() - stepBeganMs;
		wallMs += tookMs;
		if (tookMs > LONG_STEP_MS) stepUs = Math.ceil(stepUs / 2);
		else if (tookMs < SHORT_STEP_MS) stepUs = Math.min(Math.ceil(durationUs / STEPS), stepUs * 2);
		onProgress(reachedUs / durationUs);
		yield;
	}
	return wallMs / 1000;
}
