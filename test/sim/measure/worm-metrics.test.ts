import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { countFoci } from "../../../sim/measure/foci.js";
import { WormMetrics } from "../../../sim/measure/worm-metrics.js";

const NONE = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

test("foci are counted as by looking at all pairs, with borders and without", (t) => {
	const coordinate = fc.double({ min: 0, max: 99.999, noNaN: true });
	fc.assert(
		fc.property(
			fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 60 }),
			fc.double({ min: 0.5, max: 120, noNaN: true }),
			fc.boolean(),
			fc.nat(5),
			(places, radius, isTorus, known) => {
				const period = isTorus ? ([100, 100] as const) : NONE;
				const x = Float64Array.from(places, (place) => place[0]);
				const y = Float64Array.from(places, (place) => place[1]);
				let expected = 0;
				for (let i = known; i < places.length; i++) {
					let isAlone = true;
					for (let j = 0; j < i; j++) {
						const dx = Math.abs(x[i]! - x[j]!);
						const dy = Math.abs(y[i]! - y[j]!);
						const across = Math.min(dx, period[0] - dx);
						const up = Math.min(dy, period[1] - dy);
						if (across * across + up * up <= radius * radius) isAlone = false;
					}
					if (isAlone) expected++;
				}
				const order = places.map((_, node) => node);
				t.is(countFoci({ x, y }, order, known, radius, period), expected);
			},
		),
	);
});

test("a small outbreak by hand: shares, peak, hops and foci", (t) => {
	const metrics = new WormMetrics();
	const { sink: into } = metrics;
	into.runStarted(0, JSON.stringify({ worm: { place: "random" } }), 1, "graph", 5);
	// 0, 1 and 2 near each other, 3 far away, 4 verifying.
	for (const [node, x] of [0, 3, 7, 100, 50].entries())
		into.nodePlaced(0, node, x, 0, node === 4 ? "verifying" : "node", LinkAddress.short(node + 1));
	into.graphBuilt(0, 8, 4, 1.6, 1.25, 0.5, 0, 0);
	into.wormPredicted(0, 0.5, 0.625, 0.9, 0);
	into.nodeInfected(0, 0, 0);
	into.nodeInfected(1_000_000, 1, 0);
	into.nodePatched(2_000_000, 0);
	into.neighbourDistrusted(2_500_000, 3, 1);
	into.nodeInfected(3_000_000, 2, 1);
	into.nodeInfected(4_000_000, 3, 1);
	into.nodePatched(5_000_000, 1);
	into.runEnded(9_000_000, 12);
	t.deepEqual(metrics.summary(), {
		nodes: 5,
		simulatedS: 9,
		events: 12,
		graph: { links: 8, meanDegree: 1.6, excessDegree: 1.25, largestComponent: 0.8, transitivity: 0.5 },
		verifying: 0.2,
		transmissibility: 0.5,
		r0: 0.625,
		finalSize: 0.8,
		peak: 0.6,
		peakTimeS: 4,
		lastInfectionS: 4,
		infected: 4,
		patched: 2,
		distrusted: 1,
		waveMPerS: null,
		waveFit: null,
		hopM: { median: 4, mean: (3 + 4 + 97) / 3, max: 97 },
		foci: 1,
		predicted: { finalSize: 0.9, waveMPerS: null },
	});
});

test("lengths on a torus go the shorter way round; nodes without places have none", (t) => {
	const run = (x: readonly number[], periodX: number): ReturnType<WormMetrics["summary"]> => {
		const metrics = new WormMetrics();
		metrics.sink.runStarted(0, JSON.stringify({ worm: { place: "random" } }), 1, "graph", x.length);
		for (const [node, at] of x.entries())
			metrics.sink.nodePlaced(0, node, at, 0, "node", LinkAddress.short(1));
		metrics.sink.graphBuilt(0, 2, 2, 1, 0, 0, periodX, periodX);
		metrics.sink.nodeInfected(0, 0, 0);
		metrics.sink.nodeInfected(1, 1, 0);
		return metrics.summary();
	};
	t.is(run([5, 95], 100).hopM!.max, 10);
	t.is(run([5, 95], 0).hopM!.max, 90);
	t.is(run([0, 0], 0).hopM, null);
	t.is(run([0, 0], 0).foci, null);
});
