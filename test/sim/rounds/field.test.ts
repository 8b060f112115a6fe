import test from "ava";
import fc from "fast-check";
import { Cells } from "../../../sim/rounds/cells.js";
import { Field } from "../../../sim/rounds/field.js";
import { neighbourhoodOf } from "../../../sim/rounds/neighbourhood.js";

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

test("the nearest of some nodes is that of a search through all, the lowest number among equals", (t) => {
	fc.assert(
		fc.property(places, fc.array(fc.nat(59), { maxLength: 60 }), (list, picks) => {
			const field = fieldOf(list);
			const members = [...new Set(picks.map((pick) => pick % list.length))];
			const cells = new Cells(field);
			cells.fill(Int32Array.from(members), members.length, 0);
			for (let node = 0; node < list.length; node++) {
				let best = -1;
				for (const other of [...members].sort((a, b) => a - b))
					if (best < 0 || field.squareM2(node, other) < field.squareM2(node, best)) best = other;
				t.is(cells.nearest(node), best);
			}
		}),
	);
});
