import test from "ava";
import fc from "fast-check";
import { giniCoefficient, jainIndex, spreadOf } from "../../../sim/rounds/spread.js";

function near(t: { true: (ok: boolean, message?: string) => void }, actual: number, expected: number): void {
	t.true(Math.abs(actual - expected) < 1e-12, `${actual}, expected ${expected}`);
}

test("mean, variance, Jain's index and Gini's coefficient of 1, 2, 3, 4", (t) => {
	const values = Float64Array.of(3, 1, 4, 2);
	t.deepEqual(spreadOf(values), { mean: 2.5, variance: 1.25 });
	near(t, jainIndex(values), 100 / 120);
	near(t, giniCoefficient(values), 0.25);
	t.deepEqual([...values], [3, 1, 4, 2]);
});

test("equal values are wholly equal, and so are none and zeros; one that has all is the other end", (t) => {
	for (const values of [Float64Array.of(7, 7, 7), new Float64Array(4), new Float64Array(0)]) {
		near(t, jainIndex(values), 1);
		near(t, giniCoefficient(values), 0);
		t.is(spreadOf(values).variance, 0);
	}
	const alone = Float64Array.of(0, 0, 9, 0);
	near(t, jainIndex(alone), 1 / 4);
	near(t, giniCoefficient(alone), 3 / 4);
});

test("Gini's coefficient is half the mean difference of all pairs over the mean", (t) => {
	fc.assert(
		fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }), (list) => {
			const sum = list.reduce((a, b) => a + b, 0);
			fc.pre(sum > 0);
			const differences = list.flatMap((a) => list.map((b) => Math.abs(a - b))).reduce((a, b) => a + b, 0);
			const expected = differences / (2 * list.length * sum);
			t.true(Math.abs(giniCoefficient(Float64Array.from(list)) - expected) < 1e-9);
		}),
	);
});
