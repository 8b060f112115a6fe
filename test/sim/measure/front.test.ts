import test from "ava";
import fc from "fast-check";
import { RandomStream } from "../../../sim/kernel/random.js";
import { frontOf } from "../../../sim/measure/front.js";

const REACH_M = 1000;

function scattered(
	count: number,
	timeAt: (distanceM: number, noise: number) => number,
): [number[], number[]] {
	const random = new RandomStream(1, "front", 0);
	const distances = Array.from({ length: count }, () => random.uniform() * REACH_M);
	return [distances, distances.map((distanceM) => timeAt(distanceM, random.gaussian()))];
}

test("a front of constant speed has that speed, whenever it began and in whatever order it is told", (t) => {
	fc.assert(
		fc.property(
			fc.double({ min: 0.1, max: 100, noNaN: true }),
			fc.double({ min: 0, max: 1e4, noNaN: true }),
			(speed, startS) => {
				const front = frontOf(...scattered(3000, (distanceM) => startS + distanceM / speed), REACH_M)!;
				t.true(Math.abs(front.speedMPerS / speed - 1) < 0.03, `${front.speedMPerS}`);
				t.true(front.fit > 0.999);
			},
		),
		{ numRuns: 30 },
	);
});

test("stragglers do not slow it: rings go by their medians", (t) => {
	const [distances, times] = scattered(6000, (distanceM, noise) => distanceM / 5 + (noise > 1 ? 400 : 0));
	const front = frontOf(distances, times, REACH_M)!;
	t.true(Math.abs(front.speedMPerS / 5 - 1) < 0.05, `${front.speedMPerS}`);
});

test("how it forms does not count, nor what it does at the border", (t) => {
	const way = (distanceM: number): number =>
		distanceM < 300 ? 10 * distanceM : 3000 + (Math.min(distanceM, 800) - 300) / 2;
	const front = frontOf(...scattered(6000, way), REACH_M)!;
	t.true(Math.abs(front.speedMPerS / 2 - 1) < 0.03, `${front.speedMPerS}`);
});

test("a front that gets faster fits a constant speed worse", (t) => {
	const steady = frontOf(...scattered(4000, (distanceM) => distanceM), REACH_M)!;
	const faster = frontOf(...scattered(4000, (distanceM) => Math.log(1 + distanceM)), REACH_M)!;
	t.true(faster.fit < steady.fit - 0.01, `${faster.fit}, ${steady.fit}`);
});

test("no front: too few nodes, a ring without any, all at once, or the far ones first", (t) => {
	t.is(frontOf([], [], REACH_M), undefined);
	t.is(frontOf(...scattered(50, (distanceM) => distanceM), REACH_M), undefined);
	const [distances, times] = scattered(4000, (distanceM) => distanceM);
	const gap = distances.map((distanceM) => (distanceM > 500 && distanceM < 560 ? 10 : distanceM));
	t.is(frontOf(gap, times, REACH_M), undefined);
	t.is(frontOf(...scattered(4000, () => 5), REACH_M), undefined);
	t.is(frontOf(...scattered(4000, (distanceM) => -distanceM), REACH_M), undefined);
	t.is(frontOf([0, 0], [1, 2], 0), undefined);
});
