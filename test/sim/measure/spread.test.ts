import test from "ava";
import fc from "fast-check";
import { Moments, spreadOf } from "../../../sim/measure/spread.js";

test("known spreads", (t) => {
	t.deepEqual(spreadOf([]), { mean: 0, variance: 0, jain: 1, gini: 0 });
	t.deepEqual(spreadOf([0, 0]), { mean: 0, variance: 0, jain: 1, gini: 0 });
	t.deepEqual(spreadOf([0.5, 0.5]), { mean: 0.5, variance: 0, jain: 1, gini: 0 });
	t.deepEqual(spreadOf([0, 0, 0, 4]), { mean: 1, variance: 3, jain: 0.25, gini: 0.75 });
	// Gini by its definition: half the mean absolute difference over the mean.
	const { gini, jain } = spreadOf([1, 3]);
	t.is(gini, 0.25);
	t.is(jain, 16 / 20);
});

test("neither order nor scale changes Jain and Gini", (t) => {
	const values = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });
	fc.assert(
		fc.property(values, fc.double({ min: 0.1, max: 10, noNaN: true }), (list, scale) => {
			const { jain, gini } = spreadOf(list);
			const other = spreadOf([...list].reverse().map((value) => value * scale));
			t.true(Math.abs(other.jain - jain) < 1e-9 && Math.abs(other.gini - gini) < 1e-9);
			t.true(jain >= 1 / list.length - 1e-9 && jain <= 1 + 1e-9 && gini >= -1e-9 && gini < 1);
		}),
	);
});

test("moments of numbers that come one by one", (t) => {
	const moments = new Moments();
	t.is(moments.deviation, 0);
	for (const value of [2, 4, 4, 4, 5, 5, 7, 9]) moments.add(value);
	t.is(moments.mean, 5);
	t.true(Math.abs(moments.deviation - Math.sqrt(32 / 7)) < 1e-12);
});
