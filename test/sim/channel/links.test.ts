import test from "ava";
import fc from "fast-check";
import {
	type ExplicitLink,
	type LinkGraph,
	linksByList,
	linksByPropagation,
	thinned,
} from "../../../sim/channel/links.js";
import { logDistance } from "../../../sim/channel/propagation.js";
import { fromDb } from "../../../sim/kernel/math.js";

interface Link {
	readonly from: number;
	readonly to: number;
	readonly mw: number;
}

function linksOf(graph: LinkGraph): Link[] {
	const links: Link[] = [];
	for (let from = 0; from < graph.nodes; from++)
		for (let i = graph.start[from]!; i < graph.start[from + 1]!; i++)
			links.push({ from, to: graph.to[i]!, mw: graph.powerMw[i]! });
	return links;
}

const places = fc
	.array(fc.tuple(fc.integer({ min: -400, max: 400 }), fc.integer({ min: -400, max: 400 })), {
		minLength: 1,
		maxLength: 80,
		size: "max",
	})
	.chain((pairs) =>
		// Square fields, strips and lines, which give cells of other shapes.
		fc.constantFrom(1, 0.1, 0).map((squeeze) => ({
			x: Float64Array.from(pairs, ([x]) => x),
			y: Float64Array.from(pairs, ([, y]) => y * squeeze),
		})),
	);

const physics = fc.record({
	referenceLossDb: fc.constantFrom(0, 40.2, 46.7),
	exponent: fc.double({ min: 1.5, max: 5, noNaN: true }),
	shadowingDb: fc.constantFrom(0, 4, 8),
	nodeOffsetDb: fc.constantFrom(0, 1, 3),
	maxRangeM: fc.constantFrom(0, 30, 150),
});

test("links through cells are those that all pairs give, with and without shadowing", (t) => {
	fc.assert(
		fc.property(
			places,
			physics,
			fc.array(fc.integer({ min: -20, max: 10 }), { minLength: 80, maxLength: 80 }),
			fc.integer({ min: -120, max: -60 }),
			fc.maxSafeNat(),
			(at, options, powers, floorDbm, seed) => {
				const model = logDistance.create(options, seed);
				const expected: Link[] = [];
				for (let from = 0; from < at.x.length; from++)
					for (let to = 0; to < at.x.length; to++) {
						if (from === to) continue;
						const dx = at.x[to]! - at.x[from]!;
						const dy = at.y[to]! - at.y[from]!;
						const distanceM = Math.sqrt(dx * dx + dy * dy);
						if (options.maxRangeM > 0 && distanceM > options.maxRangeM) continue;
						const dbm = powers[from]! - model.lossDb(distanceM, from, to);
						if (dbm >= floorDbm) expected.push({ from, to, mw: fromDb(dbm) });
					}
				const graph = linksByPropagation(at, powers, model, floorDbm);
				t.deepEqual(linksOf(graph), expected);
				t.is(graph.prr, undefined);
				t.is(graph.start.length, graph.nodes + 1);
			},
		),
		{ numRuns: 100 },
	);
});

test("the least loss bounds every loss, or neighbours would be overlooked", (t) => {
	fc.assert(
		fc.property(
			physics,
			fc.maxSafeNat(),
			fc.double({ min: 0, max: 900, noNaN: true }),
			fc.nat({ max: 9999 }),
			fc.nat({ max: 9999 }),
			(options, seed, distanceM, from, to) => {
				const model = logDistance.create(options, seed);
				t.true(model.lossDb(distanceM, from, to) >= model.leastLossDb(distanceM) - 1e-9);
			},
		),
		{ numRuns: 1000 },
	);
});

test("shadowing belongs to the pair, offsets to the node and its direction; both to the seed", (t) => {
	const options = { referenceLossDb: 40, exponent: 3, shadowingDb: 5, nodeOffsetDb: 0, maxRangeM: 0 };
	const one = logDistance.create(options, 1);
	t.is(one.lossDb(50, 3, 8), one.lossDb(50, 8, 3));
	t.is(one.lossDb(50, 3, 8), logDistance.create(options, 1).lossDb(50, 3, 8));
	t.not(one.lossDb(50, 3, 8), one.lossDb(50, 3, 9));
	t.not(one.lossDb(50, 3, 8), logDistance.create(options, 2).lossDb(50, 3, 8));
	const offset = logDistance.create({ ...options, shadowingDb: 0, nodeOffsetDb: 2 }, 1);
	t.not(offset.lossDb(50, 3, 8), offset.lossDb(50, 8, 3));
	// Of the four losses between two senders and two receivers, the offsets cancel.
	const cross =
		offset.lossDb(50, 0, 2) - offset.lossDb(50, 0, 3) - offset.lossDb(50, 1, 2) + offset.lossDb(50, 1, 3);
	t.true(Math.abs(cross) < 1e-9);
});

test("shadowing has the deviation that was asked for", (t) => {
	const model = logDistance.create(
		{ referenceLossDb: 40, exponent: 3, shadowingDb: 6, nodeOffsetDb: 0, maxRangeM: 0 },
		1,
	);
	const n = 4000;
	const values = Array.from({ length: n }, (_, i) => model.lossDb(1, i, i + 1) - 40);
	const mean = values.reduce((a, b) => a + b, 0) / n;
	const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
	// Cut at 3 deviations, a normal distribution keeps 0.9933 of its variance as clipped values; 4 errors each.
	t.true(Math.abs(mean) < (4 * 6) / Math.sqrt(n), `${mean}`);
	t.true(Math.abs(deviation - 6 * Math.sqrt(0.995)) < (4 * 6) / Math.sqrt(2 * n), `${deviation}`);
});

test("listed links are kept as they are, one way, sorted, the last of two", (t) => {
	const list: ExplicitLink[] = [
		{ from: 3, to: 0, prr: 0.25 },
		{ from: 0, to: 3, prr: 1 },
		{ from: 0, to: 1, prr: 0.5 },
		{ from: 0, to: 1, prr: 0.75 },
	];
	const graph = linksByList(5, list, -60);
	t.deepEqual(linksOf(graph), [
		{ from: 0, to: 1, mw: fromDb(-60) },
		{ from: 0, to: 3, mw: fromDb(-60) },
		{ from: 3, to: 0, mw: fromDb(-60) },
	]);
	t.deepEqual([...graph.prr!], [0.75, 1, 0.25]);
	t.deepEqual([...graph.start], [0, 2, 2, 2, 3, 3]);
	t.deepEqual([...linksByList(2, [], -60).start], [0, 0, 0]);
});

test("thinned links survive with the product of both chances, and 1 changes nothing", (t) => {
	const links = linksByList(
		2,
		[
			{ from: 0, to: 1, prr: 0.5 },
			{ from: 1, to: 0, prr: 1 },
		],
		-60,
	);
	t.is(thinned(links, 1), links);
	const thin = thinned(links, 0.5);
	t.deepEqual([...thin.prr!], [0.25, 0.5]);
	t.deepEqual([...links.prr!], [0.5, 1]);
	const bare = { ...links, prr: undefined };
	t.deepEqual([...thinned(bare, 0.25).prr!], [0.25, 0.25]);
});
