import test from "ava";
import type { RunSummary } from "../../host-tools/run/summary.js";
import { aggregate, pointJson } from "../../host-tools/sweep/aggregate.js";
import type { SweepPoint } from "../../host-tools/sweep/points.js";
import { SweepResults } from "../../host-tools/sweep/results.js";
import { holdersOf, metricsOf } from "../../host-tools/sweep/run-metrics.js";
import type { Sweep } from "../../host-tools/sweep/schema.js";

function summary(sent: number, delivered: number): RunSummary {
	return {
		scenario: "s",
		seed: 7,
		fidelity: "packets",
		nodes: 3,
		wallS: 1.5,
		framesPerS: 9,
		eventsPerS: 9,
		peakRssMb: 99,
		frames: { data: 5, lost: { collision: 2 } },
		datagrams: { sent, delivered },
		deliveryRatio: sent === 0 ? 0 : delivered / sent,
		latencyMs: { p95: 0 },
		hops: { mean: 0 },
		lab: { firstBlockS: null, places: [4, 5], victims: [0], latencyMs: { p99: 7 } },
		eventLogSha256: null,
	} as unknown as RunSummary;
}

test("metrics of a run: all its numbers, but nothing that the machine or the seed decides", (t) => {
	t.deepEqual(metricsOf(summary(4, 1)), {
		nodes: 3,
		"frames.data": 5,
		"frames.lost.collision": 2,
		"datagrams.sent": 4,
		"datagrams.delivered": 1,
		deliveryRatio: 0.25,
		"latencyMs.p95": 0,
		"hops.mean": 0,
		"lab.firstBlockS": null,
		"lab.places[0]": 4,
		"lab.places[1]": 5,
		"lab.latencyMs.p99": 7,
		cluster: null,
	});
});

test("what never arrived has no latency, and what was never sent no share", (t) => {
	const lost = metricsOf(summary(4, 0));
	t.is(lost["deliveryRatio"], 0);
	t.is(lost["latencyMs.p95"], null);
	t.is(lost["hops.mean"], null);
	t.is(lost["lab.latencyMs.p99"], null);
	t.is(metricsOf(summary(0, 0))["deliveryRatio"], null);
});

test("what is measured under attack is unknown without one", (t) => {
	const { lab: _, ...honest } = summary(4, 4) as unknown as Record<string, unknown>;
	const results = new SweepResults(2, 1);
	results.add(0, 0, metricsOf(summary(4, 4)));
	results.add(1, 0, metricsOf(honest as unknown as RunSummary));
	t.deepEqual(results.values(0, "lab.latencyMs.p99"), [7]);
	t.deepEqual(results.values(1, "lab.latencyMs.p99"), [Number.NaN]);
	t.false(results.names().includes("lab"));
});

test("a run that does not list a count has counted 0, unless what would hold it is null", (t) => {
	const results = new SweepResults(2, 3);
	results.add(0, 2, { "lost.a": 4 });
	results.add(0, 0, { "lost.b": 1 });
	results.add(0, 1, { lost: null });
	t.deepEqual(results.values(0, "lost.a"), [0, Number.NaN, 4]);
	t.deepEqual(results.values(1, "lost.a"), [0, 0, 0]);
	t.deepEqual(results.names(), ["lost.a", "lost.b"]);
	t.is(results.count, 3);
	t.true(results.has(0, 1));
	t.false(results.has(1, 1));
	t.deepEqual(holdersOf("a.b[0].c"), ["a.b[0]", "a.b", "a"]);
});

const POINTS: readonly SweepPoint[] = [
	{ index: 0, values: { x: "a" }, assignments: [], baseline: undefined },
	{ index: 1, values: { x: "b" }, assignments: [], baseline: 0 },
	{ index: 2, values: { x: "c" }, assignments: [], baseline: 0 },
];
const SWEEP = { name: "s", runs: 6, tables: [], compare: ["late"] } as unknown as Sweep;

/** Six runs of three points; `order` is that in which they come in. */
function results(order: readonly number[]): SweepResults {
	const all = new SweepResults(3, 6);
	for (const run of order) {
		all.add(0, run, { deliveryRatio: 0.9 + run / 100, late: run });
		all.add(1, run, { deliveryRatio: 0.4 + run / 50, late: run === 0 ? null : run + 1 });
		all.add(2, run, { deliveryRatio: 0.9 + run / 100, other: run });
	}
	return all;
}

test("points are compared run by run with their baseline, and corrected together", (t) => {
	const [base, b, c] = aggregate(SWEEP, POINTS, results([0, 1, 2, 3, 4, 5]));
	t.is(base!.versus, undefined);
	const ratio = b!.versus!.get("deliveryRatio")!;
	t.true(Math.abs(ratio.difference - (-0.5 + 2.5 / 100)) < 1e-12);
	t.is(ratio.p, 2 / 64);
	t.is(ratio.pHolm, 4 / 64);
	t.is(ratio.cliffsDelta, -1);
	t.deepEqual(c!.versus!.get("deliveryRatio"), {
		difference: 0,
		ci95: [0, 0],
		p: 1,
		pHolm: 1,
		cliffsDelta: 0,
	});
	const late = b!.versus!.get("late")!;
	t.is(late.difference, 1, "the run that gives no value is in no pair");
	t.is(late.p, 2 / 32);
	t.is(b!.metrics.get("late")!.n, 5);
	t.false(b!.versus!.has("other"), "neither a main metric nor asked for");
	t.is(b!.metrics.get("other")!.mean, 0);
	t.deepEqual([...b!.metrics.keys()], ["deliveryRatio", "late", "other"]);
});

test("intervals of ratios stay within 0 and 1, others do not", (t) => {
	const wide = new SweepResults(1, 2);
	wide.add(0, 0, { deliveryRatio: 0.1, count: 0 });
	wide.add(0, 1, { deliveryRatio: 0.9, count: 1 });
	const [point] = aggregate({ ...SWEEP, runs: 2 }, POINTS.slice(0, 1), wide);
	t.deepEqual(point!.metrics.get("deliveryRatio")!.ci95, [0, 1]);
	t.true(point!.metrics.get("count")!.ci95![0] < 0);
	const json = pointJson(point!, 2, POINTS) as { metrics: Record<string, unknown> };
	t.deepEqual(json.metrics["deliveryRatio"], { mean: 0.5, sd: 0.565685, ci95: [0, 1], n: 2 });
});

test("the order in which runs come in changes nothing", (t) => {
	const lines = (order: readonly number[]) =>
		aggregate(SWEEP, POINTS, results(order)).map((point) => JSON.stringify(pointJson(point, 6, POINTS)));
	t.deepEqual(lines([3, 5, 0, 4, 2, 1]), lines([0, 1, 2, 3, 4, 5]));
	t.regex(
		lines([0, 1, 2, 3, 4, 5])[1]!,
		/^\{"point":\{"x":"b"\},"runs":6,"metrics":\{"deliveryRatio":\{"mean":0\.45,/,
	);
	t.regex(
		lines([0, 1, 2, 3, 4, 5])[1]!,
		/"versus":\{"baseline":\{"x":"a"\},"deliveryRatio":\{"difference":-0\.475,/,
	);
});
