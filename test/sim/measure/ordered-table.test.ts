import test from "ava";
import fc from "fast-check";
import { OrderedTable } from "../../../sim/measure/ordered-table.js";

/** Few enough to meet again, close together and far apart, and such as differ above their low 32 bits only. */
const key = fc.oneof(
	fc.nat(40),
	fc.nat(400).map((n) => n * 65536),
	fc.nat(20).map((n) => n * 0x100000000 + 7),
	fc.constantFrom(0xffffffff, 0x80000000, Number.MAX_SAFE_INTEGER),
	fc.nat(0xffffffff),
);
const step = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ put: key, value: fc.double({ noNaN: true }) }) },
	{ weight: 3, arbitrary: fc.record({ remove: key }) },
	{ weight: 1, arbitrary: fc.record({ trim: fc.nat(60) }) },
);

function contents(table: OrderedTable): number[][] {
	const rows: number[][] = [];
	for (let row = table.oldest; row >= 0; row = table.after(row))
		rows.push([table.get(row, 0), table.get(row, 1)]);
	return rows;
}

test("a table holds what a Map holds, in its order", (t) => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 400, size: "max" }), (steps) => {
			const table = new OrderedTable(2);
			const model = new Map<number, number[]>();
			for (const [i, happening] of steps.entries()) {
				if ("put" in happening) {
					const { put, value } = happening;
					let row = table.find(put);
					t.is(row >= 0, model.has(put));
					if (row < 0) {
						row = table.add(put);
						t.deepEqual([table.get(row, 0), table.get(row, 1)], [0, 0]);
					}
					table.set(row, 0, value);
					table.set(row, 1, i);
					model.set(put, [value, i]);
				} else if ("remove" in happening) {
					const row = table.find(happening.remove);
					t.is(row >= 0, model.delete(happening.remove));
					if (row >= 0) table.remove(row);
				} else {
					table.trim(happening.trim);
					for (const oldest of model.keys()) if (model.size > happening.trim) model.delete(oldest);
				}
				t.is(table.size, model.size);
			}
			t.deepEqual(contents(table), [...model.values()]);
			for (const [known, [value]] of model) t.is(table.get(table.find(known), 0), value!);
		}),
		{ numRuns: 300 },
	);
});

test("rows that went are used again: no row is numbered above the most that there were at once", (t) => {
	const table = new OrderedTable(1);
	let highest = 0;
	for (let i = 0; i < 100_000; i++) {
		const row = table.add(i * 7919);
		highest = Math.max(highest, row);
		table.set(row, 0, i);
		table.trim(100);
	}
	t.is(highest, 100);
	t.is(table.size, 100);
	t.is(table.get(table.oldest, 0), 99_900);
});
