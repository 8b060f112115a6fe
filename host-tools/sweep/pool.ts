import { Worker } from "node:worker_threads";
import { heapShareMb, heapSituation } from "../run/heap.js";
import { JobQueue } from "./job-queue.js";
import type { Job, JobFailure, JobOutcome, WorkerPlan } from "./worker.js";

/** Jobs that a thread has at once: the one that runs, and the next. */
const HELD_JOBS = 2;

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
	const queue = new JobQueue(jobs);
	const threads: Worker[] = [];
	const count = Math.min(workers, jobs.length);
	const heapMb = heapShareMb(count, heapSituation());
	const limits = heapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMb } };
	const works = Array.from({ length: count }, () => {
		const thread = new Worker(new URL("./worker.js", import.meta.url), { workerData: plan, ...limits });
		threads.push(thread);
		// A thread that has its next job already need not wait for us; at the end that would let others wait for it.
		return work(thread, queue, () => (queue.left > count * HELD_JOBS ? HELD_JOBS : 1), onResult);
	});
	try {
		await Promise.race([Promise.all(works), until]);
	} finally {
		await Promise.all(threads.map((thread) => thread.terminate()));
	}
}

/** Feeds one thread until the queue is empty; `most` tells how many jobs it may hold. */
function work(
	thread: Worker,
	queue: JobQueue,
	most: () => number,
	onResult: (result: JobResult) => void,
): Promise<void> {
	return new Promise((resolve, reject) => {
		/** The one that runs, and those that wait behind it. */
		const held: Job[] = [];
		const feed = (): void => {
			while (held.length < most()) {
				const job = queue.next();
				if (job === undefined) break;
				held.push(job);
				thread.postMessage(job);
			}
			if (held.length === 0) resolve();
		};
		const fail = (message: string): void => reject(new JobError(held[0]!, { message }));
		thread.on("message", (outcome: JobOutcome) => {
			held.shift();
			if ("failure" in outcome) {
				reject(new JobError(outcome.job, outcome.failure));
				return;
			}
			try {
				queue.note(outcome.job, outcome.wallMs);
				feed();
				onResult(outcome);
			} catch (error) {
				reject(error);
			}
		});
		// What kills a thread as a whole, such as a heap that is full.
		thread.on("error", (error) => fail(`the run's thread died: ${error.message}`));
		thread.on("exit", () => fail("the run's thread ended before the run"));
		feed();
	});
}
