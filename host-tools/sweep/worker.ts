import { parentPort, workerData } from "node:worker_threads";
import type { SimSink } from "../../sim/events.js";
import { UserError } from "../errors.js";
import { Recorder } from "../run/recorder.js";
import { type RoundsRunSummary, roundsSummaryOf } from "../run/rounds-summary.js";
import { runScenario } from "../run/run.js";
import { runRounds } from "../run/run-rounds.js";
import { type RunSummary, summaryOf } from "../run/summary.js";
import { runWorm } from "../run/worm-run.js";
import { type WormRunSummary, wormSummaryOf } from "../run/worm-summary.js";
import type { Assignment } from "../scenario/document.js";
import { type LoadedScenario, loadScenario } from "../scenario/load.js";
import { metricsOf, type RunMetrics } from "./run-metrics.js";

/** What a worker is to run, but for the seed. */
export interface WorkerPlan {
	/** As `loadScenario` takes it. */
	readonly scenario: string;
	/** What each point changes in it. */
	readonly assignments: readonly (readonly Assignment[])[];
	/** Whether the event log of each run is hashed. */
	readonly hash: boolean;
}

/** One run. */
export interface Job {
	readonly point: number;
	readonly run: number;
	readonly seed: number;
}

/** How a job went. */
export type JobOutcome =
	| {
			readonly job: Job;
			readonly metrics: RunMetrics;
			readonly eventLogSha256: string | null;
			/** How long it took, loading included. */
			readonly wallMs: number;
	  }
	| { readonly job: Job; readonly failure: JobFailure };

/** An error as it crosses to another thread. */
export interface JobFailure {
	readonly message: string;
	/** Set for a fault of our own, and not for what the user can put right. */
	readonly stack?: string | undefined;
}

/** Scenarios that are kept for further runs of their points. */
const KEPT = 64;

const plan = workerData as WorkerPlan;
const port = parentPort!;
/** By point, the one that was used last at the end. */
const kept = new Map<number, LoadedScenario>();

/** Jobs come before those in hand are done, and run one after the other. */
let done = Promise.resolve();
port.on("message", (job: Job) => {
	done = done.then(() => runJob(job)).then((outcome) => port.postMessage(outcome));
});

async function runJob(job: Job): Promise<JobOutcome> {
	const beganMs = performance.now();
	try {
		const known = kept.get(job.point);
		const loaded = known === undefined ? await load(job) : withSeed(known, job.seed);
		keep(job.point, loaded);
		try {
			return { job, ...run(loaded), wallMs: performance.now() - beganMs };
		} catch (error) {
			// What does not suit this seed is best told by the check that a scenario goes through when it is loaded.
			if (known !== undefined) await load(job);
			throw error;
		}
	} catch (error) {
		return { job, failure: failureOf(error) };
	}
}

function load({ point, seed }: Job): Promise<LoadedScenario> {
	return loadScenario(plan.scenario, { seed, override: plan.assignments[point]! });
}

function withSeed(loaded: LoadedScenario, seed: number): LoadedScenario {
	return { ...loaded, scenario: { ...loaded.scenario, seed } };
}

function keep(point: number, loaded: LoadedScenario): void {
	kept.delete(point);
	kept.set(point, loaded);
	if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
}

function run(loaded: LoadedScenario): { metrics: RunMetrics; eventLogSha256: string | null } {
	const metadata = { scenario: loaded.scenario.name, seed: loaded.scenario.seed };
	const recorder = plan.hash
		? new Recorder(loaded, { directory: undefined, tap: false, metadata })
		: undefined;
	const metrics = metricsOf(summaryOfRun(loaded, recorder?.sinks ?? []));
	return { metrics, eventLogSha256: recorder?.finish() ?? null };
}

/** Runs a scenario as its fidelity asks for. */
function summaryOfRun(
	loaded: LoadedScenario,
	sinks: readonly Partial<SimSink>[],
): RunSummary | RoundsRunSummary | WormRunSummary {
	switch (loaded.scenario.fidelity) {
		case "packets":
			return summaryOf(loaded, runScenario(loaded, { sinks }), null);
		case "rounds":
			return roundsSummaryOf(loaded, runRounds(loaded, { sinks }), null);
		case "graph":
			return wormSummaryOf(loaded, runWorm(loaded, { sinks }), null);
	}
}

function failureOf(error: unknown): JobFailure {
	if (error instanceof UserError) return { message: error.message };
	if (error instanceof Error) return { message: error.message, stack: error.stack };
	return { message: String(error), stack: String(error) };
}
