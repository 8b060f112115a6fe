import { parentPort, workerData } from "node:worker_threads";
import { UserError } from "../errors.js";
import { Recorder } from "../run/recorder.js";
import { roundsSummaryOf } from "../run/rounds-summary.js";
import { runScenario } from "../run/run.js";
import { runRounds } from "../run/run-rounds.js";
import { summaryOf } from "../run/summary.js";
import type { Assignment } from "../scenario/document.js";
import { loadScenario } from "../scenario/load.js";
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
	| { readonly job: Job; readonly metrics: RunMetrics; readonly eventLogSha256: string | null }
	| { readonly job: Job; readonly failure: JobFailure };

/** An error as it crosses to another thread. */
export interface JobFailure {
	readonly message: string;
	/** Set for a fault of our own, and not for what the user can put right. */
	readonly stack?: string | undefined;
}

const plan = workerData as WorkerPlan;
const port = parentPort!;

port.on("message", (job: Job) => {
	runJob(job).then((outcome) => port.postMessage(outcome));
});

async function runJob(job: Job): Promise<JobOutcome> {
	try {
		const loaded = await loadScenario(plan.scenario, {
			seed: job.seed,
			override: plan.assignments[job.point]!,
		});
		const metadata = { scenario: loaded.scenario.name, seed: job.seed };
		const recorder = plan.hash
			? new Recorder(loaded, { directory: undefined, tap: false, metadata })
			: undefined;
		const sinks = recorder?.sinks ?? [];
		if (loaded.scenario.fidelity === "rounds") {
			const outcome = runRounds(loaded, { sinks });
			const metrics = metricsOf(roundsSummaryOf(loaded, outcome, null));
			return { job, metrics, eventLogSha256: recorder?.finish() ?? null };
		}
		const outcome = runScenario(loaded, { sinks });
		const eventLogSha256 = recorder?.finish() ?? null;
		return { job, metrics: metricsOf(summaryOf(loaded, outcome, eventLogSha256)), eventLogSha256 };
	} catch (error) {
		return { job, failure: failureOf(error) };
	}
}

function failureOf(error: unknown): JobFailure {
	if (error instanceof UserError) return { message: error.message };
	if (error instanceof Error) return { message: error.message, stack: error.stack };
	return { message: String(error), stack: String(error) };
}
