import { tee } from "../../firmware/events.js";
import { SIM_EVENTS, type SimSink } from "../../sim/events.js";
import { Metrics, type Summary } from "../../sim/measure/metrics.js";
import { Simulation } from "../../sim/simulation.js";
import type { Outsider } from "../../sim/world.js";
import { hostCipher, hostDigest } from "../crypto.js";
import { UserError } from "../errors.js";
import type { LoadedScenario } from "../scenario/load.js";

/** The run is cut in so many steps, between which progress is told. */
const STEPS = 200;

export interface RunOptions {
	/** Take the run's events beside the metrics. */
	readonly sinks?: readonly Partial<SimSink>[];
	/** Radios without firmware. */
	readonly outsiders?: readonly Outsider[];
	/** Called with the simulation before its first event. */
	readonly prepare?: (simulation: Simulation) => void;
	/** Called between steps with the share of simulated time that is over. */
	readonly onProgress?: (share: number, simulation: Simulation) => void;
}

/** How a run went. */
export interface RunOutcome {
	readonly summary: Summary;
	/** Wall time of the run without start-up, and of start-up. */
	readonly wallS: number;
	readonly startS: number;
	readonly simulation: Simulation;
}

/** Runs a scenario to its end, as fast as it goes. */
export function runScenario(loaded: LoadedScenario, options: RunOptions = {}): RunOutcome {
	const metrics = new Metrics();
	const sink = tee(SIM_EVENTS, [metrics.sink, ...(options.sinks ?? [])]);
	const beganMs = performance.now();
	let simulation: Simulation;
	try {
		simulation = new Simulation(loaded.scenario, loaded.modules, {
			sink,
			cipher: hostCipher,
			digest: hostDigest,
			outsiders: options.outsiders ?? [],
		});
		options.prepare?.(simulation);
	} catch (error) {
		if (error instanceof RangeError) throw new UserError(`${loaded.path}: ${error.message}`);
		throw error;
	}
	const startedMs = performance.now();
	const { durationUs } = simulation;
	for (let step = 1; step <= STEPS; step++) {
		simulation.run(Math.round((durationUs * step) / STEPS));
		options.onProgress?.(step / STEPS, simulation);
	}
	const endedMs = performance.now();
	simulation.finish();
	return {
		summary: metrics.summary(),
		wallS: (endedMs - startedMs) / 1000,
		startS: (startedMs - beganMs) / 1000,
		simulation,
	};
}
