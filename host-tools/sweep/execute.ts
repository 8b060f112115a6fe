import { availableParallelism } from "node:os";
import process from "node:process";
import { UserError } from "../errors.js";
import { Interruption } from "../interruption.js";
import { LineOutput, stdoutHasColour } from "../output.js";
import { makeStyle } from "../report/style.js";
import { sweepText } from "../report/sweep-text.js";
import { commandLine, repeatCommand } from "../run/options.js";
import { Progress } from "../run/progress.js";
import type { Assignment } from "../scenario/document.js";
import { pathText } from "../scenario/document.js";
import { aggregate, pointJson } from "./aggregate.js";
import type { LoadedSweep } from "./load.js";
import { JobError, type JobResult, runJobs } from "./pool.js";
import { type RunRecord, SweepResults } from "./results.js";
import { SweepFolder } from "./sweep-folder.js";
import type { Job } from "./worker.js";

/** How a sweep runs; none of it changes a result. */
export interface SweepExecution {
	/** The words of the command line that name the sweep and change it. */
	readonly words: readonly string[];
	/** Threads; undefined for as many as the machine runs at once. */
	readonly workers: number | undefined;
	readonly json: boolean;
	readonly hash: boolean;
	readonly directory: string | undefined;
	readonly isResumed: boolean;
}

/** Runs all that is missing of a sweep, and prints what came of it. Throws a UserError. */
export async function executeSweep(loaded: LoadedSweep, execution: SweepExecution): Promise<void> {
	const { sweep, points } = loaded;
	const { directory, hash } = execution;
	const folder =
		directory === undefined ? undefined : new SweepFolder(directory, loaded, execution.isResumed);
	try {
		const results = new SweepResults(points.length, sweep.runs);
		folder?.read(hash, (point, record) => results.add(point, record.run, record.metrics));
		const before = results.count;
		const workers = execution.workers ?? Math.max(1, availableParallelism());
		const beganMs = performance.now();
		await runMissing(loaded, execution, workers, results, folder);
		const time = {
			runs: results.count - before,
			before,
			workers,
			wallS: (performance.now() - beganMs) / 1000,
		};
		const outcome = aggregate(sweep, points, results);
		const pointLines = outcome.map((result) => JSON.stringify(pointJson(result, sweep.runs, points)));
		const repeat = commandLine(["sweep", ...execution.words]);
		folder?.finish(pointLines, `${sweepText(sweep, outcome, repeat, makeStyle(false))}\n`);
		if (execution.json) {
			const output = new LineOutput();
			for (const line of pointLines) await output.line(line);
			await output.flush();
			return;
		}
		const style = makeStyle(stdoutHasColour());
		process.stdout.write(`${sweepText(sweep, outcome, repeat, style, time)}\n`);
		if (directory !== undefined) process.stdout.write(`  written to ${directory}\n`);
	} finally {
		folder?.close();
	}
}

async function runMissing(
	loaded: LoadedSweep,
	execution: SweepExecution,
	workers: number,
	results: SweepResults,
	folder: SweepFolder | undefined,
): Promise<void> {
	const { sweep, points, scenario } = loaded;
	const total = points.length * sweep.runs;
	const jobs: Job[] = points.flatMap(({ index }) =>
		Array.from({ length: sweep.runs }, (_, run) => ({ point: index, run, seed: sweep.seed + run })).filter(
			({ run }) => !results.has(index, run),
		),
	);
	const progress = new Progress(sweep.name, results.count / total);
	const tell = (): void => progress.update(results.count / total, `${results.count}/${total} runs`);
	const interruption = new Interruption();
	const take = ({ job, metrics, eventLogSha256 }: JobResult): void => {
		const record: RunRecord = {
			point: points[job.point]!.values,
			run: job.run,
			seed: job.seed,
			metrics,
			...(eventLogSha256 === null ? {} : { eventLogSha256 }),
		};
		folder?.append(job.point, record);
		results.add(job.point, job.run, metrics);
		tell();
	};
	const plan = { scenario, assignments: points.map(({ assignments }) => assignments), hash: execution.hash };
	try {
		tell();
		await runJobs(plan, jobs, workers, take, interruption.stopped());
	} catch (error) {
		progress.clear();
		if (error instanceof JobError) throw failure(error, loaded);
		const isStopped = error instanceof UserError && error.exitCode >= 128;
		throw isStopped ? stopped(error, results.count, total, execution) : error;
	} finally {
		progress.clear();
		interruption.dispose();
	}
}

/** Tells how to repeat the run that failed; returns the error to end with. */
function failure({ job, failure }: JobError, { points, scenario }: LoadedSweep): Error {
	const set = points[job.point]!.assignments.flatMap((assignment) => ["--set", assignmentText(assignment)]);
	const repeat = repeatCommand("sim", [scenario, ...set], job.seed);
	process.stderr.write(`lowguard: to repeat this failure: ${repeat}\n`);
	if (failure.stack === undefined) return new UserError(failure.message, 1);
	const error = new Error(failure.message);
	error.stack = failure.stack;
	return error;
}

function stopped(error: UserError, done: number, total: number, execution: SweepExecution): UserError {
	const { directory, words, hash } = execution;
	if (directory === undefined) return error;
	const again = ["sweep", ...words, ...(hash ? ["--hash"] : []), "--out", directory, "--resume"];
	const message = `${error.message}; ${done} of ${total} runs are kept, and ${commandLine(again)} goes on`;
	return new UserError(message, error.exitCode);
}

/** An assignment as `--set` takes it. */
export function assignmentText({ path, value }: Assignment): string {
	const isPlain = typeof value === "string" && /^[A-Za-z./][\w./-]*$/.test(value);
	const isWord = isPlain && !/^(true|false|null)$/i.test(value);
	return `${pathText(path)}=${isWord ? value : JSON.stringify(value)}`;
}
