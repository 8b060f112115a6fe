import { holdersOf, type RunMetrics } from "./run-metrics.js";

/** What a run of a point came to. */
export interface RunRecord {
	readonly point: Readonly<Record<string, unknown>>;
	/** Number of the run at its point, from 0. */
	readonly run: number;
	readonly seed: number;
	readonly metrics: RunMetrics;
	/** SHA-256 of its event log, where asked for. */
	readonly eventLogSha256?: string;
}

/** Not told by a run. No metric of a run is infinite. */
const ABSENT = Number.POSITIVE_INFINITY;

/** The numbers of all runs: one array a metric and point, so that a run costs 8 octets a metric. */
export class SweepResults {
	readonly #runs: number;
	readonly #columns: readonly Map<string, Float64Array>[];
	readonly #done: readonly Uint8Array[];
	#count = 0;

	constructor(points: number, runs: number) {
		this.#runs = runs;
		this.#columns = Array.from({ length: points }, () => new Map<string, Float64Array>());
		this.#done = Array.from({ length: points }, () => new Uint8Array(runs));
	}

	/** How many runs are in. */
	get count(): number {
		return this.#count;
	}

	/** Whether a run is in. */
	has(point: number, run: number): boolean {
		return this.#done[point]![run] === 1;
	}

	/** Takes the metrics of a run that is not in yet. */
	add(point: number, run: number, metrics: RunMetrics): void {
		this.#done[point]![run] = 1;
		this.#count++;
		const columns = this.#columns[point]!;
		for (const [name, value] of Object.entries(metrics)) {
			let column = columns.get(name);
			if (column === undefined) {
				column = new Float64Array(this.#runs).fill(ABSENT);
				columns.set(name, column);
			}
			column[run] = value ?? Number.NaN;
		}
	}

	/** Names of all metrics that any run has, in alphabetical order. */
	names(): string[] {
		const names = new Set<string>();
		for (const columns of this.#columns) {
			for (const [name, column] of columns) if (column.some(Number.isFinite)) names.add(name);
		}
		return [...names].sort();
	}

	/**
	 * A metric in each run of a point, in the order of the runs; NaN where the run gives none.
	 *
	 * What a run does not list it has counted 0 times, unless what would hold it is null.
	 */
	values(point: number, name: string): number[] {
		const columns = this.#columns[point]!;
		const column = columns.get(name);
		const holders = holdersOf(name).flatMap((holder) => columns.get(holder) ?? []);
		return Array.from({ length: this.#runs }, (_, run) => {
			const value = column?.[run] ?? ABSENT;
			if (value !== ABSENT) return value;
			return holders.some((holder) => Number.isNaN(holder[run])) ? Number.NaN : 0;
		});
	}
}
