import { isRatio, MAIN_METRICS } from "./main-metrics.js";
import type { SweepPoint } from "./points.js";
import type { SweepResults } from "./results.js";
import type { Sweep } from "./schema.js";
import {
	cliffsDelta,
	type Estimate,
	estimate,
	holm,
	pairedDifferences,
	wilcoxonSignedRank,
} from "./statistics.js";

/** A metric at a point against the same at its baseline, paired by seed. */
export interface Comparison {
	/** Mean of the paired differences. */
	readonly difference: number;
	readonly ci95: readonly [number, number] | null;
	/** Wilcoxon's signed-rank test, two-sided. */
	readonly p: number;
	/** Corrected after Holm, over all compared points of the metric. */
	readonly pHolm: number;
	readonly cliffsDelta: number;
}

/** What the runs of a point come to. */
export interface PointResult {
	readonly point: SweepPoint;
	readonly metrics: ReadonlyMap<string, Estimate>;
	/** By metric; undefined for a point without a baseline. */
	readonly versus: ReadonlyMap<string, Comparison> | undefined;
}

/** Significant digits of what is written. */
const DIGITS = 6;

/** Means, intervals and comparisons of all points: the same whatever order the runs came in. */
export function aggregate(
	sweep: Sweep,
	points: readonly SweepPoint[],
	results: SweepResults,
): readonly PointResult[] {
	const names = mainFirst(results.names());
	const compared = comparedMetrics(sweep, names);
	const versus = new Map<SweepPoint, Map<string, Comparison>>();
	for (const name of compared) {
		for (const [point, comparison] of compare(points, results, name)) {
			const ofPoint = versus.get(point) ?? new Map<string, Comparison>();
			versus.set(point, ofPoint.set(name, comparison));
		}
	}
	return points.map((point) => {
		const metrics = new Map<string, Estimate>();
		for (const name of names) {
			const found = estimate(results.values(point.index, name).filter((value) => !Number.isNaN(value)));
			if (found !== undefined) metrics.set(name, isRatio(name) ? clipped(found) : found);
		}
		const ofPoint = point.baseline === undefined ? undefined : (versus.get(point) ?? new Map());
		return { point, metrics, versus: ofPoint };
	});
}

function mainFirst(names: readonly string[]): string[] {
	const main = MAIN_METRICS.map(({ name }) => name).filter((name) => names.includes(name));
	return [...main, ...names.filter((name) => !main.includes(name))];
}

function comparedMetrics(sweep: Sweep, names: readonly string[]): readonly string[] {
	const asked = new Set([...MAIN_METRICS.map(({ name }) => name), ...sweep.compare]);
	for (const { metric } of sweep.tables) asked.add(metric);
	return names.filter((name) => asked.has(name));
}

function clipped({ ci95, ...rest }: Estimate): Estimate {
	return { ...rest, ci95: ci95 === null ? null : [Math.max(0, ci95[0]), Math.min(1, ci95[1])] };
}

/** Compares one metric at all points that have a baseline and share runs with it that give the metric. */
function compare(
	points: readonly SweepPoint[],
	results: SweepResults,
	name: string,
): readonly (readonly [SweepPoint, Comparison])[] {
	const found: { point: SweepPoint; comparison: Omit<Comparison, "pHolm"> }[] = [];
	for (const point of points) {
		if (point.baseline === undefined) continue;
		const theirs = results.values(point.baseline, name);
		const pairs = results
			.values(point.index, name)
			.map((own, run) => [own, theirs[run]!] as const)
			.filter(([own, other]) => !Number.isNaN(own) && !Number.isNaN(other));
		if (pairs.length === 0) continue;
		const own = pairs.map((pair) => pair[0]);
		const other = pairs.map((pair) => pair[1]);
		const differences = pairedDifferences(own, other);
		const { mean: difference, ci95 } = estimate(differences)!;
		const p = wilcoxonSignedRank(differences);
		found.push({ point, comparison: { difference, ci95, p, cliffsDelta: cliffsDelta(own, other) } });
	}
	const corrected = holm(found.map(({ comparison }) => comparison.p));
	return found.map(({ point, comparison }, i) => [point, { ...comparison, pHolm: corrected[i]! }]);
}

function round(value: number): number {
	return Number(value.toPrecision(DIGITS));
}

function roundInterval(ci95: readonly [number, number] | null): [number, number] | null {
	return ci95 === null ? null : [round(ci95[0]), round(ci95[1])];
}

/** A point as one JSON object of `--json` and `points.jsonl`. */
export function pointJson(
	{ point, metrics, versus }: PointResult,
	runs: number,
	points: readonly SweepPoint[],
): Record<string, unknown> {
	const shown = [...metrics].map(([name, { mean, sd, ci95, n }]) => [
		name,
		{ mean: round(mean), sd: sd === null ? null : round(sd), ci95: roundInterval(ci95), n },
	]);
	const json = { point: point.values, runs, metrics: Object.fromEntries(shown) };
	if (versus === undefined) return json;
	const compared = [...versus].map(([name, { difference, ci95, p, pHolm, cliffsDelta }]) => [
		name,
		{
			difference: round(difference),
			ci95: roundInterval(ci95),
			p: round(p),
			pHolm: round(pHolm),
			cliffsDelta: round(cliffsDelta),
		},
	]);
	const baseline = points[point.baseline!]!.values;
	return { ...json, versus: { baseline, ...Object.fromEntries(compared) } };
}
