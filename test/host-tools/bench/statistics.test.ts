import test from "ava";
import { median, medianOf, medianRatio } from "../../../host-tools/bench/statistics.js";
import { isMet } from "../../../host-tools/bench/wanted.js";

test("the median is the middle one by value, whatever the order", (t) => {
	t.is(median([100, 9, 20]), 20);
	t.is(median([3, 1]), 3);
	t.is(median([]), Number.NaN);
	t.is(
		medianOf([{ s: 5 }, { s: 1 }, { s: 30 }], ({ s }) => s),
		5,
	);
});

test("a ratio is taken within each round: what slows a whole round does not show in it", (t) => {
	const same = (value: number): number => value;
	t.is(medianRatio([50, 5, 50], [100, 10, 100], same), 0.5);
	t.is(medianRatio([50, 50, 5], [100, 10, 100], same), 0.5);
});

test("a figure is met on its limit, and one that is no number never is", (t) => {
	t.true(isMet(35, { most: 35 }));
	t.false(isMet(35.1, { most: 35 }));
	t.true(isMet(80, { least: 80 }));
	t.false(isMet(79.9, { least: 80 }));
	t.false(isMet(Number.NaN, { least: 0 }));
	t.false(isMet(Number.NaN, { most: 0 }));
});
