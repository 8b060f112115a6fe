import { tee } from "../../firmware/events.js";
import { SIM_EVENTS, type SimSink } from "../../sim/events.js";
import { type PerRound, RoundsMetrics, type RoundsSummary } from "../../sim/measure/rounds-metrics.js";
import { RoundsSimulation } from "../../sim/rounds/rounds-simulation.js";
import { UserError } from "../errors.js";
import { messageOf } from "../scenario/extension.js";
import type { LoadedScenario } from "../scenario/load.js";
import { moduleFault } from "../scenario/user-module.js";

/** Wall time between two looks at what else there is to do. */
const STEP_MS = 50;
/** Rounds of the first step, which are fewer where a round takes long. */
const FIRST_STEP = 16;

export interface RoundsRunOptions {
	/** Take the run's events beside the metrics. */
	readonly sinks?: readonly Partial<SimSink>[];
	/** Whether the outcome tells of each round. */
	readonly keepsRounds?: boolean;
	/** Called between steps with the share of the nodes' charge that is spent. */
	readonly onProgress?: (share: number) => void;
}

/** How a run with `fidelity: rounds` went. */
export interface RoundsOutcome {
	readonly summary: RoundsSummary;
	readonly perRound: PerRound | undefined;
	/** Wall time of the run without start-up. */
	readonly wallS: number;
	readonly simulation: RoundsSimulation;
}

/** Runs a scenario with `fidelity: rounds` to its end. Throws a UserError for what a module of the user's throws. */
export function runRounds(loaded: LoadedScenario, options: RoundsRunOptions = {}): RoundsOutcome {
	const steps = roundsSteps(loaded, options);
	for (;;) {
		const step = steps.next();
		if (step.done === true) return step.value;
	}
}

/** The same, pausing between steps, so that others may have their turn. */
export function* roundsSteps(
	loaded: LoadedScenario,
	options: RoundsRunOptions = {},
): Generator<undefined, RoundsOutcome, undefined> {
	try {
		return yield* steps(loaded, options);
	} catch (error) {
		throw moduleFault(error, loaded.userModules) ?? error;
	}
}

function* steps(
	loaded: LoadedScenario,
	options: RoundsRunOptions,
): Generator<undefined, RoundsOutcome, undefined> {
	const metrics = new RoundsMetrics(options.keepsRounds);
	const sink = tee(SIM_EVENTS, [metrics.sink, ...(options.sinks ?? [])]);
	const simulation = prepare(loaded, sink);
	const initialJ = simulation.leftJ;
	const beganMs = performance.now();
	for (let rounds = FIRST_STEP; !simulation.isOver; ) {
		const stepBeganMs = performance.now();
		simulation.run(rounds);
		rounds = performance.now() - stepBeganMs < STEP_MS ? rounds * 2 : Math.max(1, rounds >> 1);
		options.onProgress?.(initialJ > 0 ? 1 - simulation.leftJ / initialJ : 1);
		yield;
	}
	simulation.finish();
	const wallS = (performance.now() - beganMs) / 1000;
	return { summary: metrics.summary(), perRound: metrics.perRound, wallS, simulation };
}

function prepare(loaded: LoadedScenario, sink: SimSink): RoundsSimulation {
	try {
		return new RoundsSimulation(loaded.scenario, loaded.modules, sink);
	} catch (error) {
		if (!(error instanceof RangeError) || moduleFault(error, loaded.userModules) !== undefined) throw error;
		throw new UserError(`${loaded.path}: ${messageOf(error)}`);
	}
}
