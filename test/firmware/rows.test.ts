import test from "ava";
import fc from "fast-check";
import { RowMemory, rowClass } from "../../firmware/rows.js";

const Sample = rowClass({ small: -1, wide: 0x7fffffff, isTrue: true, isFalse: false });

test("a row begins with what its class says, and keeps what it is given", (t) => {
	const row = new Sample();
	t.deepEqual([row.small, row.wide, row.isTrue, row.isFalse], [-1, 0x7fffffff, true, false]);
	row.small = -0x80000000;
	row.isTrue = false;
	row.isFalse = true;
	t.deepEqual([row.small, row.wide, row.isTrue, row.isFalse], [-0x80000000, 0x7fffffff, false, true]);
	row.wide -= 2;
	t.is(row.wide, 0x7ffffffd);
});

test("rows of one memory do not touch each other, in whatever order they are made and written", (t) => {
	fc.assert(
		fc.property(
			fc.uniqueArray(fc.nat({ max: 40 }), { minLength: 1 }),
			fc.array(fc.tuple(fc.nat(), fc.integer(), fc.boolean())),
			(places, writes) => {
				const memory = new RowMemory();
				const rows = places.map((place) => new Sample(memory, place));
				const expected = places.map(() => ({ wide: 0x7fffffff, isTrue: true }));
				for (const [which, wide, isTrue] of writes) {
					const i = which % rows.length;
					rows[i]!.wide = wide;
					rows[i]!.isTrue = isTrue;
					expected[i] = { wide, isTrue };
				}
				t.deepEqual(
					rows.map(({ wide, isTrue }) => ({ wide, isTrue })),
					expected,
				);
				t.true(rows.every(({ small, isFalse }) => small === -1 && !isFalse));
			},
		),
	);
});

test("a new row at a place knows nothing of the one before", (t) => {
	const memory = new RowMemory();
	new Sample(memory, 3).small = 7;
	t.is(new Sample(memory, 3).small, -1);
});
