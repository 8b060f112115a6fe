import test from "ava";
import fc from "fast-check";
import { RandomStream } from "../../../sim/kernel/random.js";
import { Cells } from "../../../sim/rounds/cells.js";
import { Field } from "../../../sim/rounds/field.js";
import { NearestHeads } from "../../../sim/rounds/nearest-heads.js";
import { NearestInCells } from "../../../sim/rounds/nearest-in-cells.js";
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
			const inCells = new Int32Array(list.length);
			new NearestInCells(field).assign(members, members.length, new Uint8Array(list.length).fill(1), inCells);
			for (let node = 0; node < list.length; node++) {
				const best = nearestOf(field, node, [...members]);
				t.is(cells.nearest(node), best);
				t.is(pairs.nearest(node, members, members.length), best);
				t.is(inCells[node], best);
			}
		}),
	);
});

test("few heads and many, in small networks and large ones, are found alike; the dead have none", (t) => {
	for (const [nodes, widthM] of [
		[200, 30],
		[1100, 200],
		[1100, 1e6],
	] as const) {
		const random = new RandomStream(1, "places", nodes);
		const list = Array.from({ length: nodes }, () => [random.below(widthM), random.below(30)] as const);
		const field = fieldOf(list);
		const alive = Uint8Array.from(list, (_, node) => (node % 10 === 9 ? 0 : 1));
		const heads = new NearestHeads(field);
		for (const everyNth of [nodes, 100, 20, 7, 2, 3, 1]) {
			const members = list.flatMap((_, node) => (node % everyNth === 0 ? [node] : []));
			const nearest = new Int32Array(nodes);
			heads.assign(Int32Array.from([...members, 1, 2]), members.length, alive, nearest);
			for (let node = 0; node < nodes; node++)
				t.is(nearest[node], alive[node] === 1 ? nearestOf(field, node, members) : -1);
		}
		const nobody = new Int32Array(nodes);
		heads.assign(new Int32Array(3), 0, alive, nobody);
		t.true(nobody.every((head) => head === -1));
	}
});
