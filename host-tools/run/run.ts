import { tee } from "../../firmware/events.js";
import { SIM_EVENTS, type SimSink } from "../../sim/events.js";
import { ClusterMetrics, type ClusterSummary } from "../../sim/measure/cluster-metrics.js";
import { LabMetrics, type LabSummary } from "../../sim/measure/lab-metrics.js";
import { Metrics, type Summary } from "../../sim/measure/metrics.js";
import { Simulation } from "../../sim/simulation.js";
import type { Outsider } from "../../sim/world.js";
import { hostCipher, hostDigest } from "../crypto.js";
import { UserError } from "../errors.js";
import { messageOf } from "../scenario/extension.js";
import type { LoadedScenario } from "../scenario/load.js";
import { moduleFault } from "../scenario/user-module.js";

/** At the beginning the run is cut in so many steps, between which progress is told. */
const STEPS = 200;
/** Wall time of a step between which the size of steps stays as it is: short enough to stop a run soon. */
const SHORT_STEP_MS = 20;
const LONG_STEP_MS = 100;

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
	/** Undefined where the scenario has no attacks. */
	readonly lab: LabSummary | undefined;
	/** Undefined where nodes form no clusters. */
	readonly cluster: ClusterSummary | undefined;
	/** Wall time of the run without start-up, and of start-up. */
	readonly wallS: number;
	readonly startS: number;
	readonly simulation: Simulation;
}

/** Runs a scenario to its end, as fast as it goes. Throws a UserError for what a module of the user's throws. */
export function runScenario(loaded: LoadedScenario, options: RunOptions = {}): RunOutcome {
	const steps = runSteps(loaded, options);
	for (;;) {
		const step = steps.next();
		if (step.done === true) return step.value;
	}
}

/** A run that pauses between steps, so that others may have their turn; what it returns tells how it went. */
export function* runSteps(
	loaded: LoadedScenario,
	options: RunOptions = {},
): Generator<undefined, RunOutcome, undefined> {
	try {
		return yield* steps(loaded, options);
	} catch (error) {
		throw moduleFault(error, loaded.userModules) ?? error;
	}
}

function* steps(loaded: LoadedScenario, options: RunOptions): Generator<undefined, RunOutcome, undefined> {
	const metrics = new Metrics();
	const lab = loaded.scenario.attacks.length === 0 ? undefined : new LabMetrics();
	const cluster = loaded.modules.election === undefined ? undefined : new ClusterMetrics();
	const further = [lab, cluster].flatMap((measure) => (measure === undefined ? [] : [measure.sink]));
	const sink = tee(SIM_EVENTS, [metrics.sink, ...further, ...(options.sinks ?? [])]);
	const beganMs = performance.now();
	const simulation = prepare(loaded, options, sink);
	const startS = (performance.now() - beganMs) / 1000;
	const { durationUs } = simulation;
	let stepUs = Math.ceil(durationUs / STEPS);
	let wallMs = 0;
	for (let reachedUs = 0; reachedUs < durationUs && !simulation.ended; ) {
		reachedUs = Math.min(durationUs, reachedUs + stepUs);
		const stepBeganMs = performance.now();
		simulation.run(reachedUs);
		const tookMs = performance.now() - stepBeganMs;
		wallMs += tookMs;
		if (tookMs > LONG_STEP_MS) stepUs = Math.ceil(stepUs / 2);
		else if (tookMs < SHORT_STEP_MS) stepUs = Math.min(Math.ceil(durationUs / STEPS), stepUs * 2);
		options.onProgress?.(reachedUs / durationUs, simulation);
		yield;
	}
	simulation.finish();
	return {
		summary: metrics.summary(),
		lab: lab?.summary(),
		cluster: cluster?.summary(),
		wallS: wallMs / 1000,
		startS,
		simulation,
	};
}

function prepare(loaded: LoadedScenario, options: RunOptions, sink: SimSink): Simulation {
	try {
		const simulation = new Simulation(loaded.scenario, loaded.modules, {
			sink,
			cipher: hostCipher,
			digest: hostDigest,
			outsiders: options.outsiders ?? [],
		});
		options.prepare?.(simulation);
		return simulation;
	} catch (error) {
		if (!(error instanceof RangeError) || moduleFault(error, loaded.userModules) !== undefined) throw error;
		throw new UserError(`${loaded.path}: ${messageOf(error)}`);
	}
}
