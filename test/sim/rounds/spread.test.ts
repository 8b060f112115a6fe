import test from "ava";
import fc from "fast-check";
import { ChargeSpread, giniCoefficient } from "../../../sim/rounds/spread.js";

function near(t: { true: (ok: boolean, message?: string) => void }, actual: number, expected: number): void {
	t.true(Math.abs(actual - expected) < 1e-12, `${actual}, expected ${expected}`);
}

/** The spread of nodes that have spent these shares of so many joules each. */
function spreadOf(shares: readonly number[], initialJ: readonly number[]): ChargeSpread {
	const spread = new ChargeSpread(
		Float64Array.from(initialJ),
		Float64Array.from(initialJ, (joules, node) => joules * (1 - shares[node]!)),
	);
	spread.measure();
	return spread;
}

test("mean and variance are those of the charges, Jain's index and Gini's coefficient those of the shares spent", (t) => {
	const spread = spreadOf([0.75, 0.25, 1, 0.5], [4, 4, 8, 8]);
	t.deepEqual([spread.mean, spread.variance], [2, 2.5]);
	near(t, spread.jain, 100 / 120);
	near(t, spread.gini(), 0.25);
});

test("equal shares are wholly equal, and so are none and zeros; one node that spent alone is the other end", (t) => {
	for (const [shares, initialJ] of [
		[
			[0.75, 0.75, 0.75],
			[1, 2, 3],
		],
		[
			[0, 0, 0, 0],
			[1, 2, 3, 0],
		],
		[[], []],
	] as const) {
		const spread = spreadOf(shares, initialJ);
		near(t, spread.jain, 1);
		near(t, spread.gini(), 0);
	}
	const alone = spreadOf([0, 0, 0.5, 0], [1, 2, 3, 4]);
	near(t, alone.jain, 1 / 4);
	near(t, alone.gini(), 3 / 4);
	t.deepEqual([spreadOf([], []).mean, spreadOf([], []).variance], [0, 0]);
});

test("it is measured anew each time, from what nodes have then", (t) => {
	const chargeJ = Float64Array.of(2, 2);
	const spread = new ChargeSpread(Float64Array.of(2, 2), chargeJ);
	spread.measure();
	chargeJ[1] = 0;
	t.deepEqual([spread.mean, spread.variance, spread.jain], [2, 0, 1]);
	spread.measure();
	t.deepEqual([spread.mean, spread.variance, spread.jain, spread.gini()], [1, 1, 0.5, 0.5]);
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
