import { tee } from "../../firmware/events.js";
import { SIM_EVENTS, type SimSink } from "../../sim/events.js";
import type { Outsider } from "../../sim/layout.js";
import { ClusterMetrics, type ClusterSummary } from "../../sim/measure/cluster-metrics.js";
import { LabMetrics, type LabSummary } from "../../sim/measure/lab-metrics.js";
import { Metrics, type Summary } from "../../sim/measure/metrics.js";
import { Simulation } from "../../sim/simulation.js";
import { hostCipher, hostDigest } from "../crypto.js";
import { UserError } from "../errors.js";
import { messageOf } from "../scenario/extension.js";
import type { LoadedScenario } from "../scenario/load.js";
import { moduleFault } from "../scenario/user-module.js";
import type { MoteUse } from "../xs/use.js";
import type { XsMotes } from "../xs/xs-motes.js";
import { inSteps } from "./stepping.js";

export interface RunOptions {
	/** Take the run's events beside the metrics. */
	readonly sinks?: readonly Partial<SimSink>[];
	/** Radios without firmware. */
	readonly outsiders?: readonly Outsider[];
	/** The nodes that run in machines of their own. */
	readonly xs?: XsMotes;
	/** Called with the simulation before its first event. */
	readonly prepare?: (simulation: Simulation) => void;
	/** Called between steps with the share of simulated time that is over, and with the sums so far. */
	readonly onProgress?: (share: number, simulation: Simulation, metrics: Metrics) => void;
}

/** How a run went. */
export interface RunOutcome {
	readonly summary: Summary;
	/** Undefined where the scenario has no attacks. */
	readonly lab: LabSummary | undefined;
	/** Undefined where nodes form no clusters. */
	readonly cluster: ClusterSummary | undefined;
	/** What the machines of nodes used; undefined where all run here. */
	readonly xs: readonly MoteUse[] | undefined;
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
	const isClustered = loaded.modules.election !== undefined;
	const lab = loaded.scenario.attacks.length === 0 ? undefined : new LabMetrics(isClustered);
	const cluster = isClustered ? new ClusterMetrics() : undefined;
	const further = [lab, cluster].flatMap((measure) => (measure === undefined ? [] : [measure.sink]));
	const sink = tee(SIM_EVENTS, [metrics.sink, ...further, ...(options.sinks ?? [])]);
	const beganMs = performance.now();
	const simulation = prepare(loaded, options, sink);
	const startS = (performance.now() - beganMs) / 1000;
	const wallS = yield* inSteps(simulation, (share) => options.onProgress?.(share, simulation, metrics));
	simulation.finish();
	return {
		summary: metrics.summary(),
		lab: lab?.summary(),
		cluster: cluster?.summary(),
		xs: options.xs?.finish(),
		wallS,
		startS,
		simulation,
	};
}

function prepare(loaded: LoadedScenario, options: RunOptions, sink: SimSink): Simulation {
	const { xs } = options;
	try {
		const simulation = new Simulation(loaded.scenario, loaded.modules, {
			sink,
			cipher: hostCipher,
			digest: hostDigest,
			outsiders: options.outsiders ?? [],
			...(xs === undefined ? {} : { moteElsewhere: (plan, ports) => xs.makeMote(plan, ports) }),
		});
		xs?.attach(simulation);
		options.prepare?.(simulation);
		return simulation;
	} catch (error) {
		if (!(error instanceof RangeError) || moduleFault(error, loaded.userModules) !== undefined) throw error;
		throw new UserError(`${loaded.path}: ${messageOf(error)}`);
	}
}
