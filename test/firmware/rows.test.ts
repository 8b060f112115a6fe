import test from "ava";
import fc from "fast-check";
import { putTime, RowMemory, rowClass, signed, timeOf, unsigned } from "../../firmware/rows.js";

const Sample = rowClass({
	small: -1,
	wide: 0x7fffffff,
	isTrue: true,
	isFalse: false,
	octet: unsigned(8, 200),
	signal: signed(9, -7),
	most: unsigned(20),
	number: signed(17, -1),
});

function sample(memory = new RowMemory(), place = 0) {
	const row = new Sample(memory, place);
	row.begin();
	return row;
}

test("a row begins with what its class says, and keeps what it is given", (t) => {
	const row = sample();
	t.deepEqual([row.small, row.wide, row.isTrue, row.isFalse], [-1, 0x7fffffff, true, false]);
	t.deepEqual([row.octet, row.signal, row.most, row.number], [200, -7, 0, -1]);
	row.small = -0x80000000;
	row.isTrue = false;
	row.isFalse = true;
	t.deepEqual([row.small, row.wide, row.isTrue, row.isFalse], [-0x80000000, 0x7fffffff, false, true]);
	row.wide -= 2;
	t.is(row.wide, 0x7ffffffd);
});

test("narrow fields share numbers, each the first that has room for it", (t) => {
	const { small, wide, isTrue, isFalse, octet, signal, most, number } = Sample.wordOf;
	t.deepEqual([small, wide, isTrue, isFalse, octet, signal, most, number], [0, 1, 2, 2, 2, 2, 3, 4]);
	t.is(Sample.words, 5);
});

test("rows of one memory do not touch each other, nor do their fields, in whatever order they are made and written", (t) => {
	const values = fc.record({
		wide: fc.integer(),
		isTrue: fc.boolean(),
		octet: fc.nat({ max: 255 }),
		signal: fc.integer({ min: -256, max: 255 }),
		most: fc.nat({ max: 0xfffff }),
		number: fc.integer({ min: -0x10000, max: 0xffff }),
	});
	fc.assert(
		fc.property(
			fc.uniqueArray(fc.nat({ max: 40 }), { minLength: 1 }),
			fc.array(
				fc.tuple(fc.nat(), values, fc.subarray(["wide", "isTrue", "octet", "signal", "most", "number"])),
			),
			fc.nat({ max: 3 }),
			(places, writes, head) => {
				const memory = new RowMemory(head);
				memory.fit(0, Sample.words);
				for (let i = 0; i < head; i++) memory.heap.numbers[i] = i + 1;
				const rows = places.map((place) => sample(memory, place));
				const first = { wide: 0x7fffffff, isTrue: true, octet: 200, signal: -7, most: 0, number: -1 };
				const expected = places.map(() => ({ ...first }));
				for (const [which, written, names] of writes) {
					const i = which % rows.length;
					for (const name of names) {
						Object.assign(rows[i]!, { [name]: written[name as keyof typeof written] });
						Object.assign(expected[i]!, { [name]: written[name as keyof typeof written] });
					}
				}
				t.deepEqual(
					rows.map(({ wide, isTrue, octet, signal, most, number }) => ({
						wide,
						isTrue,
						octet,
						signal,
						most,
						number,
					})),
					expected,
				);
				t.true(
					rows.every(({ small, isFalse }, i) => small === -1 && !isFalse && rows[i]!.place === places[i]),
				);
				for (let i = 0; i < head; i++) t.is(memory.heap.numbers[i], i + 1);
			},
		),
	);
});

test("a row that begins anew knows nothing of the one before; one that is turned to reads what is there", (t) => {
	const memory = new RowMemory();
	sample(memory, 3).small = 7;
	const other = sample();
	other.moveTo(memory, 3);
	t.is(other.small, 7);
	t.is(sample(memory, 3).small, -1);
	t.is(other.small, -1);
});

test("a memory makes room for two rows, then for twice as many as there are, then for eight at a time", (t) => {
	const memory = new RowMemory(3);
	const rooms = [1, 2, 3, 5, 9, 17].map((rows) => {
		memory.fit(rows, 5);
		return (memory.heap.numbers.length - 3) / 5;
	});
	t.deepEqual(rooms, [2, 2, 4, 8, 16, 24]);
});

test("times of up to 2^52 µs lie in two numbers", (t) => {
	const numbers = new Int32Array(4);
	fc.assert(
		fc.property(fc.integer({ min: -(2 ** 40), max: 2 ** 52 }), (timeUs) => {
			putTime(numbers, 1, timeUs);
			t.is(timeOf(numbers, 1), timeUs);
			t.deepEqual([numbers[0], numbers[3]], [0, 0]);
		}),
	);
});
