import { tee } from "../../firmware/events.js";
import { SIM_EVENTS, type SimSink } from "../../sim/events.js";
import { WormMetrics, type WormSummary } from "../../sim/measure/worm-metrics.js";
import { WormSimulation } from "../../sim/worm/simulation.js";
import { UserError } from "../errors.js";
import { messageOf } from "../scenario/extension.js";
import type { LoadedScenario } from "../scenario/load.js";
import { moduleFault } from "../scenario/user-module.js";
import { inSteps } from "./stepping.js";

export interface WormRunOptions {
	/** Take the run's events beside the metrics. */
	readonly sinks?: readonly Partial<SimSink>[];
	/** Called between steps with the share of simulated time that is over. */
	readonly onProgress?: (share: number) => void;
}

/** How a worm's run went. */
export interface WormOutcome {
	readonly summary: WormSummary;
	/** Wall time of the run without start-up, and of start-up. */
	readonly wallS: number;
	readonly startS: number;
}

/** Runs a scenario with `fidelity: graph` to its end. Throws a UserError for what a module of the user's throws. */
export function runWorm(loaded: LoadedScenario, options: WormRunOptions = {}): WormOutcome {
	const steps = wormSteps(loaded, options);
	for (;;) {
		const step = steps.next();
		if (step.done === true) return step.value;
	}
}

/** The same, pausing between steps, so that others may have their turn. */
export function* wormSteps(
	loaded: LoadedScenario,
	options: WormRunOptions = {},
): Generator<undefined, WormOutcome, undefined> {
	try {
		const metrics = new WormMetrics();
		const sink = tee(SIM_EVENTS, [metrics.sink, ...(options.sinks ?? [])]);
		const beganMs = performance.now();
		const simulation = new WormSimulation(loaded.scenario, loaded.modules, sink);
		const startS = (performance.now() - beganMs) / 1000;
		const wallS = yield* inSteps(simulation, (share) => options.onProgress?.(share));
		simulation.finish();
		return { summary: metrics.summary(), wallS, startS };
	} catch (error) {
		const fault = moduleFault(error, loaded.userModules);
		if (fault !== undefined) throw fault;
		throw error instanceof RangeError ? new UserError(`${loaded.path}: ${messageOf(error)}`) : error;
	}
}
