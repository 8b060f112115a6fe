import type { Metrics } from "../../sim/measure/metrics.js";
import type { Simulation } from "../../sim/simulation.js";

/**
 * The throughput of a run over the second half of its simulated time, by which the engine has compiled what runs.
 *
 * It only looks at the clock between two steps of the run, so that the run does not become slower.
 */
export class SecondHalf {
	readonly #nowMs: () => number;
	/** Of the first pause at or after the middle, and of the last one. */
	#from: Pause | undefined;
	#to: Pause | undefined;

	/** `nowMs`: wall time in milliseconds. */
	constructor(nowMs: () => number = () => performance.now()) {
		this.#nowMs = nowMs;
	}

	/** To be called between the steps of the run, the last time at its end. */
	readonly onProgress = (
		share: number,
		_simulation: Simulation | undefined,
		metrics: Pick<Metrics, "summary">,
	): void => {
		if (share < 0.5 || (this.#from !== undefined && share < 1)) return;
		const { data, acks } = metrics.summary().frames;
		const pause = { wallMs: this.#nowMs(), frames: data + acks };
		this.#from ??= pause;
		this.#to = pause;
	};

	/** Frames a second of wall time, data and acknowledgements; NaN where the run made no two pauses there. */
	get framesPerS(): number {
		const from = this.#from;
		const to = this.#to;
		if (from === undefined || to === undefined) return Number.NaN;
		return ((to.frames - from.frames) * 1000) / (to.wallMs - from.wallMs);
	}
}

interface Pause {
	readonly wallMs: number;
	readonly frames: number;
}
