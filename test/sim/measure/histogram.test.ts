import test from "ava";
import fc from "fast-check";
import { Histogram } from "../../../sim/measure/histogram.js";

const value = fc.oneof(
	fc.nat({ max: 5000 }),
	fc.nat({ max: 100_000_000 }),
	fc.constantFrom(0, 1, 1023, 1024, 1025, 2047, 2048, 2049, 4095, 4096, 2 ** 31, 2 ** 40 + 1),
);

test("quantiles are within 0.1 % of the exact ones; count, mean and maximum are exact", (t) => {
	fc.assert(
		fc.property(
			fc.array(value, { minLength: 1, maxLength: 200, size: "max" }),
			fc.double({ min: 0, max: 1, noNaN: true }),
			(values, q) => {
				const histogram = new Histogram();
				for (const v of values) histogram.add(v);
				const sorted = [...values].sort((a, b) => a - b);
				const exact = sorted[Math.max(1, Math.ceil(q * values.length)) - 1]!;
				const got = histogram.quantile(q);
				t.true(Math.abs(got - exact) <= exact * 0.001, `${got}, not ${exact}`);
				t.true(got <= exact, "never above what was seen");
				if (exact < 2048) t.is(got, exact);
				t.is(histogram.count, values.length);
				t.is(histogram.max, sorted.at(-1)!);
				const mean = values.reduce((a, b) => a + b, 0) / values.length;
				t.true(Math.abs(histogram.mean - mean) <= mean * 1e-12);
			},
		),
		{ numRuns: 1000 },
	);
});

test("an empty one is all zero", (t) => {
	const histogram = new Histogram();
	t.deepEqual([histogram.count, histogram.mean, histogram.max, histogram.quantile(0.5)], [0, 0, 0, 0]);
});

test("quantiles rise with their share", (t) => {
	const histogram = new Histogram();
	for (let v = 0; v < 10_000; v++) histogram.add(v * v);
	let last = -1;
	for (let q = 0; q <= 1; q += 0.001) {
		const at = histogram.quantile(q);
		t.true(at >= last);
		last = at;
	}
});
