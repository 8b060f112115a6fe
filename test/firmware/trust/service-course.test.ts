import test from "ava";
import { type Course, runCourse } from "./support/service-course.js";

const HONEST: Course = {
	seed: 1,
	readings: 100_000,
	claim: 1,
	completion: 1,
	dropped: 0,
	isProven: true,
};

for (const completion of [0.5, 0.7, 0.9, 0.99]) {
	test(`an honest head over a way of ${completion}, as claimed, is not dismissed in 100,000 readings`, (t) => {
		const course = { ...HONEST, claim: completion, completion };
		t.is(runCourse(course).dismissals, 0);
	});
}

test("of 2,000 newcomers over lossy ways at most four are dismissed within ten terms", (t) => {
	for (const completion of [0.5, 0.7, 0.9, 0.99]) {
		let dismissed = 0;
		for (let seed = 0; seed < 2000; seed++) {
			const course = { ...HONEST, seed: seed * 7 + 3, readings: 80, claim: completion, completion };
			dismissed += runCourse({ ...course, untilDismissed: true }).dismissals;
		}
		t.true(dismissed <= 4, `${dismissed} at ${completion}`);
	}
});

test("where all claim too much, nobody is dismissed for it", (t) => {
	for (const completion of [0.7, 0.8, 0.9])
		t.is(runCourse({ ...HONEST, readings: 30_000, completion }, 4).dismissals, 0);
});

/** Median and 95th percentile of the readings until the first dismissal, of 201 runs. */
function detection(claim: number, dropped: number): [number, number] {
	const counts = Array.from({ length: 201 }, (_, i) => {
		const completion = Math.max(0.5, claim);
		const course = { ...HONEST, seed: i * 13 + 5, readings: 4000, claim, completion, dropped };
		const { untilDismissed } = runCourse({ ...course, untilDismissed: true }, 4);
		return untilDismissed < 0 ? Number.POSITIVE_INFINITY : untilDismissed;
	}).sort((a, b) => a - b);
	return [counts[100]!, counts[190]!];
}

test("a blackhole is dismissed after one term of eight readings, after two whatever it claims", (t) => {
	for (const claim of [0.9, 0.95, 1]) t.deepEqual(detection(claim, 1), [8, 8]);
	for (const claim of [0, 0.5]) t.deepEqual(detection(claim, 1), [16, 16]);
});

test("a greyhole that drops half of them, after two or three terms", (t) => {
	for (const claim of [0.9, 0.95, 1]) {
		const [median, most] = detection(claim, 0.5);
		t.true(median <= 16 && most <= 48, `${claim}: ${median}, ${most}`);
	}
});

test("one that drops a fifth, after some 10 terms over a good way", (t) => {
	const [median] = detection(0.95, 0.2);
	t.true(median >= 40 && median <= 160, `${median}`);
});

test("a blackhole that its member always comes back to leads it in less than 1 % of the terms", (t) => {
	const course = { ...HONEST, claim: 0.95, dropped: 1, readings: 48 };
	t.true(runCourse({ ...course }).ledShare < 0.01);
	t.true(runCourse({ ...course, isProven: false }).ledShare < 0.01);
});
