import type { Job } from "./worker.js";

/** What is known of the runs of one point. */
interface Point {
	readonly jobs: Job[];
	/** How many of them were handed out. */
	taken: number;
	/** How many have told how long they took, and how long in all. */
	timed: number;
	totalMs: number;
}

/**
 * Hands out runs so that threads which take them have done at about the same time: first one of each point, in order,
 * which tells how long the point's runs take, then those of the point whose runs take longest.
 */
export class JobQueue {
	readonly #points = new Map<number, Point>();
	/** Points of which no run was handed out yet. */
	readonly #untried: Iterator<Point>;
	#left: number;

	constructor(jobs: readonly Job[]) {
		for (const job of jobs) {
			const known = this.#points.get(job.point);
			if (known !== undefined) known.jobs.push(job);
			else this.#points.set(job.point, { jobs: [job], taken: 0, timed: 0, totalMs: 0 });
		}
		this.#untried = this.#points.values();
		this.#left = jobs.length;
	}

	/** How many were not handed out yet. */
	get left(): number {
		return this.#left;
	}

	next(): Job | undefined {
		const untried = this.#untried.next();
		const point = untried.done === true ? this.#longest() : untried.value;
		if (point === undefined) return undefined;
		this.#left--;
		return point.jobs[point.taken++];
	}

	/** Notes how long a run took. */
	note({ point }: Job, wallMs: number): void {
		const known = this.#points.get(point)!;
		known.timed++;
		known.totalMs += wallMs;
	}

	/** The point with runs left whose runs take longest; one of which nothing is known yet is still at its first. */
	#longest(): Point | undefined {
		let longest: Point | undefined;
		let longestMs = -1;
		for (const point of this.#points.values()) {
			if (point.taken === point.jobs.length) continue;
			const meanMs = point.timed === 0 ? Number.POSITIVE_INFINITY : point.totalMs / point.timed;
			if (meanMs <= longestMs) continue;
			longest = point;
			longestMs = meanMs;
		}
		return longest;
	}
}
