import test from "ava";
import fc from "fast-check";
import { RandomStream } from "../../../sim/kernel/random.js";
import { Cells } from "../../../sim/rounds/cells.js";
import { Field } from "../../../sim/rounds/field.js";
import { NearestHeads } from "../../../sim/rounds/nearest-heads.js";
import { neighbourhoodOf } from "../../../sim/rounds/neighbourhood.js";
import { PairDistances } from "../../../sim/rounds/pair-distances.js";

const coordinate = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.double({ min: -50, max: 50, noNaN: true }));
const places = fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 60 });

function fieldOf(list: readonly (readonly [number, number])[], base?: readonly [number, number]): Field {
	const x = Float64Array.from(list, ([at]) => at);
	const y = Float64Array.from(list, ([, at]) => at);
	return new Field({ x, y }, base);
}

test("distances to the base, the middle of the bounding box where no place is given", (t) => {
	const list = [
		[0, 0],
		[10, 0],
		[2, 4],
	] as const;
	const field = fieldOf(list);
	t.deepEqual([field.baseX, field.baseY], [5, 2]);
	t.deepEqual([...fieldOf(list, [13, 4]).squareToBaseM2], [185, 25, 121]);
	t.is(field.squareToAllM2(0), 116);
	t.is(field.squareToAllM2(2), 64 + 16);
});

test("neighbours are exactly those within the radius, ascending, whatever the places", (t) => {
	fc.assert(
		fc.property(places, fc.double({ min: 0.01, max: 80, noNaN: true }), (list, radiusM) => {
			const field = fieldOf(list);
			const { from, to, squareM2 } = neighbourhoodOf(field, radiusM);
			for (let node = 0; node < list.length; node++) {
				const expected = list.flatMap((_, other) =>
					other !== node && field.squareM2(node, other) <= radiusM * radiusM ? [other] : [],
				);
				t.deepEqual([...to.subarray(from[node]!, from[node + 1]!)], expected);
				expected.forEach((other, i) => {
					t.is(squareM2[from[node]! + i], field.squareM2(node, other));
				});
			}
		}),
	);
});

/** The nearest of some nodes, looking at each in order of their numbers. */
function nearestOf(field: Field, node: number, members: readonly number[]): number {
	let best = -1;
	for (const other of [...members].sort((a, b) => a - b))
		if (best < 0 || field.squareM2(node, other) < field.squareM2(node, best)) best = other;
	return best;
}

test("the nearest of some nodes is that of a search through all, the lowest number among equals", (t) => {
	// On a small grid many are equally far, and those a few nanometres apart are so as whole numbers.
	const close = fc.integer({ min: 0, max: 9 }).map((at) => 1 + at * 1e-9);
	const crowded = fc.array(
		fc.tuple(
			fc.oneof(fc.nat(3), close, fc.double({ min: -50, max: 50, noNaN: true })),
			fc.oneof(fc.nat(3), close),
		),
		{ minLength: 1, maxLength: 60 },
	);
	const picked = fc.array(fc.nat(59), { maxLength: 60 });
	fc.assert(
		fc.property(fc.oneof(places, crowded), picked, (list, picks) => {
			const field = fieldOf(list);
			const members = Int32Array.from(new Set(picks.map((pick) => pick % list.length)));
			const cells = new Cells(field);
			cells.fill(members, members.length, 0);
			const pairs = new PairDistances(field);
			for (let node = 0; node < list.length; node++) {
				const best = nearestOf(field, node, [...members]);
				t.is(cells.nearest(node), best);
				t.is(pairs.nearest(node, members, members.length), best);
			}
		}),
	);
});

test("few heads and many, in small networks and large ones, are found alike", (t) => {
	for (const [nodes, everyNth] of [
		[200, 1],
		[200, 20],
		[1100, 100],
		[200, 300],
	] as const) {
		const random = new RandomStream(1, "places", nodes);
		const list = Array.from({ length: nodes }, () => [random.below(30), random.below(30)] as const);
		const field = fieldOf(list);
		const heads = new NearestHeads(field);
		for (const first of [1, 0]) {
			const members = list.flatMap((_, node) => (node % everyNth === first % everyNth ? [node] : []));
			heads.take(Int32Array.from([...members, 0, 1, 2]), members.length);
			for (let node = 0; node < nodes; node++) t.is(heads.of(node), nearestOf(field, node, members));
		}
		heads.take(new Int32Array(3), 0);
		t.is(heads.of(5), -1);
	}
});
