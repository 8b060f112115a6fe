import { Worker } from "node:worker_threads";
import { heapShareMb, heapSituation } from "../run/heap.js";
import type { Job, JobFailure, JobOutcome, WorkerPlan } from "./worker.js";

/** A job that went well. */
export type JobResult = Exclude<JobOutcome, { failure: JobFailure }>;

/** The job that ended all others. */
export class JobError extends Error {
	override readonly name = "JobError";
	readonly job: Job;
	readonly failure: JobFailure;

	constructor(job: Job, failure: JobFailure) {
		super(failure.message);
		this.job = job;
		this.failure = failure;
	}
}

/**
 * Runs jobs on worker threads, each of which takes the next when it is done; resolves when all are in.
 *
 * `onResult` takes the results as they come. Rejects with the {@link JobError} of the first job that fails,
 * with what `onResult` throws, or with the reason of `until`; no thread outlives it.
 */
export async function runJobs(
	plan: WorkerPlan,
	jobs: readonly Job[],
	workers: number,
	onResult: (result: JobResult) => void,
	until: Promise<never>,
): Promise<void> {
	const queue = jobs.values();
	const threads: Worker[] = [];
	const count = Math.min(workers, jobs.length);
	const heapMb = heapShareMb(count, heapSituation());
	const limits = heapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMb } };
	const works = Array.from({ length: count }, () => {
		const thread = new Worker(new URL("./worker.js", import.meta.url), { workerData: plan, ...limits });
		threads.push(thread);
		return work(thread, queue, onResult);
	});
	try {
		await Promise.race([Promise.all(works), until]);
	} finally {
		await Promise.all(threads.map((thread) => thread.terminate()));
	}
}

/** Feeds one thread until the queue is empty. */
function work(thread: Worker, queue: Iterator<Job>, onResult: (result: JobResult) => void): Promise<void> {
	return new Promise((resolve, reject) => {
		let current: Job;
		const next = (): void => {
			const { value, done } = queue.next();
			if (done === true) {
				resolve();
				return;
			}
			current = value;
			thread.postMessage(current);
		};
		thread.on("message", (outcome: JobOutcome) => {
			if ("failure" in outcome) {
				reject(new JobError(outcome.job, outcome.failure));
				return;
			}
			try {
				onResult(outcome);
				next();
			} catch (error) {
				reject(error);
			}
		});
		// What kills a thread as a whole, such as a heap that is full.
		thread.on("error", (error) =>
			reject(new JobError(current, { message: `the run's thread died: ${error.message}` })),
		);
		thread.on("exit", () =>
			reject(new JobError(current, { message: "the run's thread ended before the run" })),
		);
		next();
	});
}
