import test from "ava";
import fc from "fast-check";
import { JobQueue } from "../../../host-tools/sweep/job-queue.js";
import type { Job } from "../../../host-tools/sweep/worker.js";

function jobsOf(points: number, runs: number): Job[] {
	return Array.from({ length: points * runs }, (_, i) => ({
		point: Math.floor(i / runs),
		run: i % runs,
		seed: 1 + (i % runs),
	}));
}

/** When each thread is done, and which jobs ran in which order, where a run of a point always takes as long. */
function runAll(
	queue: JobQueue,
	threads: number,
	takesMs: readonly number[],
): { ends: number[]; order: Job[] } {
	const ends = new Array<number>(threads).fill(0);
	const running: (Job | undefined)[] = new Array<Job | undefined>(threads).fill(undefined);
	const order: Job[] = [];
	const take = (thread: number): void => {
		const job = queue.next();
		running[thread] = job;
		if (job === undefined) return;
		order.push(job);
		ends[thread]! += takesMs[job.point]!;
	};
	for (let thread = 0; thread < threads; thread++) take(thread);
	for (;;) {
		const busy = [...running.keys()].filter((thread) => running[thread] !== undefined);
		if (busy.length === 0) return { ends, order };
		const first = busy.reduce((a, b) => (ends[b]! < ends[a]! ? b : a));
		const job = running[first]!;
		queue.note(job, takesMs[job.point]!);
		take(first);
	}
}

test("every job is handed out once, first one of each point, then those that take longest", (t) => {
	const queue = new JobQueue(jobsOf(3, 3));
	t.is(queue.left, 9);
	const { order } = runAll(queue, 1, [20, 50, 30]);
	t.deepEqual(
		order.map(({ point, run }) => `${point}.${run}`),
		["0.0", "1.0", "2.0", "1.1", "1.2", "2.1", "2.2", "0.1", "0.2"],
	);
	t.is(queue.left, 0);
	t.is(queue.next(), undefined);
});

test("a point that has told nothing yet counts as the longest, and runs that are in already leave no gap", (t) => {
	const jobs = jobsOf(2, 3).filter(({ point, run }) => point !== 0 || run !== 1);
	const queue = new JobQueue(jobs);
	const [first, second] = [queue.next()!, queue.next()!];
	t.deepEqual([first.point, second.point], [0, 1]);
	queue.note(first, 1000);
	t.is(queue.next()!.point, 1);
	queue.note(second, 10);
	t.deepEqual(queue.next(), { point: 0, run: 2, seed: 3 });
});

test("threads have done within the longest run of one another, whatever runs take", (t) => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 }),
			fc.integer({ min: 1, max: 10 }),
			fc.integer({ min: 1, max: 4 }),
			(takesMs, runs, threads) => {
				const jobs = jobsOf(takesMs.length, runs);
				const { ends, order } = runAll(new JobQueue(jobs), threads, takesMs);
				const inOrder = [...order].sort((a, b) => a.point - b.point || a.run - b.run);
				t.deepEqual(inOrder, jobs);
				if (jobs.length >= threads) t.true(Math.max(...ends) - Math.min(...ends) <= Math.max(...takesMs));
			},
		),
	);
});

test("with a few runs of each point, the longest do not come last", (t) => {
	// In the order of the points, one thread would begin a run of 100 when all else is done.
	const { ends } = runAll(new JobQueue(jobsOf(11, 3)), 2, [...new Array<number>(10).fill(10), 100]);
	t.true(Math.max(...ends) <= 310, `${ends.join(" and ")}, of 600 in all`);
});
