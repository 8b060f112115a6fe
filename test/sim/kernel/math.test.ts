import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { exp, fromDb, ln, log1p, log10, power, toDb } from "../../../sim/kernel/math.js";
import { RandomStream } from "../../../sim/kernel/random.js";

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** How many doubles lie between two of the same sign. */
function ulps(a: number, b: number): number {
	float[0] = a;
	const first = bits[0]!;
	float[0] = b;
	return Math.abs(Number(first - bits[0]!));
}

/** Units in the last place. `Math` is itself within 1 of the truth. */
const TOLERANCE_ULPS = 2;

test("ln agrees with Math.log over all positive numbers, subnormal ones too", (t) => {
	fc.assert(
		fc.property(fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }), (x) => {
			t.true(ulps(ln(x), Math.log(x)) <= TOLERANCE_ULPS, `ln(${x}) = ${ln(x)}`);
		}),
		{ numRuns: 5000 },
	);
});

test("ln agrees with Math.log where it is hard: near 1, and at the seams of its reduction", (t) => {
	fc.assert(
		fc.property(
			fc.constantFrom(0.5, Math.SQRT1_2, 1, Math.SQRT2, 2),
			fc.double({ min: -1e-3, max: 1e-3, noNaN: true }),
			(seam, offset) => {
				const x = seam * (1 + offset);
				t.true(ulps(ln(x), Math.log(x)) <= TOLERANCE_ULPS, `ln(${x}) = ${ln(x)}`);
			},
		),
		{ numRuns: 5000 },
	);
});

test("exp agrees with Math.exp from underflow to overflow", (t) => {
	fc.assert(
		fc.property(fc.double({ min: -746, max: 710, noNaN: true }), (x) => {
			t.true(ulps(exp(x), Math.exp(x)) <= TOLERANCE_ULPS, `exp(${x}) = ${exp(x)}`);
		}),
		{ numRuns: 5000 },
	);
	fc.assert(
		fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (x) => {
			t.true(ulps(exp(x), Math.exp(x)) <= TOLERANCE_ULPS, `exp(${x}) = ${exp(x)}`);
		}),
		{ numRuns: 2000 },
	);
});

test("log1p agrees with Math.log1p, also where 1 + x is 1", (t) => {
	const small = fc.tuple(fc.double({ min: -320, max: 0, noNaN: true }), fc.boolean());
	fc.assert(
		fc.property(small, ([exponent, isNegative]) => {
			const x = (isNegative ? -1 : 1) * 10 ** exponent * 0.999;
			t.true(ulps(log1p(x), Math.log1p(x)) <= TOLERANCE_ULPS, `log1p(${x}) = ${log1p(x)}`);
		}),
		{ numRuns: 5000 },
	);
	fc.assert(
		fc.property(fc.double({ min: -0.999, max: 1e300, noNaN: true }), (x) => {
			t.true(ulps(log1p(x), Math.log1p(x)) <= TOLERANCE_ULPS, `log1p(${x}) = ${log1p(x)}`);
		}),
		{ numRuns: 2000 },
	);
	for (const seam of [-0.29, 0.41])
		for (const x of [seam, seam - 1e-9, seam + 1e-9]) t.true(ulps(log1p(x), Math.log1p(x)) <= TOLERANCE_ULPS);
	t.is(log1p(0), 0);
	t.is(log1p(-1), Number.NEGATIVE_INFINITY);
	t.is(log1p(-1.5), Number.NaN);
});

test("powers agree with ** within what is promised", (t) => {
	fc.assert(
		fc.property(
			fc.double({ min: -30, max: 30, noNaN: true }),
			fc.double({ min: -9, max: 9, noNaN: true }),
			(exponent, by) => {
				const base = 10 ** exponent;
				const bound = (2 + Math.abs(by * Math.log(base))) * 2 ** -52;
				t.true(Math.abs(power(base, by) / base ** by - 1) <= bound, `${base} ** ${by} = ${power(base, by)}`);
			},
		),
		{ numRuns: 5000 },
	);
	t.is(power(0, 2.5), 0);
	t.is(power(7, 0), 1);
});

test("exact values are exact", (t) => {
	t.is(ln(1), 0);
	t.is(exp(0), 1);
	t.is(exp(-0), 1);
	t.is(ln(2), Math.LN2);
	t.is(ln(Math.E), 1);
	t.is(ln(0), Number.NEGATIVE_INFINITY);
	t.is(ln(-0), Number.NEGATIVE_INFINITY);
	t.is(ln(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
	t.is(ln(-1), Number.NaN);
	t.is(ln(Number.NaN), Number.NaN);
	t.is(exp(Number.NEGATIVE_INFINITY), 0);
	t.is(exp(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
	t.is(exp(Number.NaN), Number.NaN);
	t.is(exp(-746), 0);
	t.is(exp(710), Number.POSITIVE_INFINITY);
	for (let k = -1074; k <= 1023; k++) t.true(ulps(ln(2 ** k), k * Math.LN2) <= 1 || k === 0, `2^${k}`);
});

test("subnormal numbers are no dead zone", (t) => {
	t.true(ulps(ln(Number.MIN_VALUE), Math.log(Number.MIN_VALUE)) <= 1);
	t.is(exp(-745.13), Number.MIN_VALUE);
	t.true(exp(-744) > 0 && exp(-744) < 2 ** -1022);
});

test("exp and ln undo each other, and both rise", (t) => {
	fc.assert(
		fc.property(
			fc.double({ min: -700, max: 700, noNaN: true }),
			fc.double({ min: -700, max: 700, noNaN: true }),
			(a, b) => {
				t.true(Math.abs(ln(exp(a)) - a) <= 1e-13 * Math.max(1, Math.abs(a)));
				if (b - a > 1e-12 * Math.max(1, Math.abs(a))) t.true(exp(a) < exp(b));
			},
		),
	);
});

test("decibels", (t) => {
	t.is(fromDb(0), 1);
	t.is(toDb(1), 0);
	for (const [db, ratio] of [
		[10, 10],
		[-30, 1e-3],
		[3, 10 ** 0.3],
		[-105, 10 ** -10.5],
	] as const) {
		t.true(Math.abs(fromDb(db) / ratio - 1) < 1e-14);
		t.true(Math.abs(toDb(ratio) - db) < 1e-12);
	}
	t.true(ulps(log10(1000), 3) <= 1);
});

test("outputs are the same to the last bit as they were: a change of these changes every event log", (t) => {
	const random = new RandomStream(1, "golden", 0);
	const values = new Float64Array(10_000);
	const view = new DataView(values.buffer);
	for (let i = 0; i < 2500; i++) {
		view.setFloat64(i * 32, ln(random.uniform() * 4), true);
		view.setFloat64(i * 32 + 8, exp(random.uniform() * 100 - 90), true);
		view.setFloat64(i * 32 + 16, fromDb(random.uniform() * 150 - 140), true);
		view.setFloat64(i * 32 + 24, random.gaussian(), true);
	}
	t.is(createHash("sha256").update(values).digest("hex"), GOLDEN);
});

const GOLDEN = "f033de35f212d07e77dc6a68061d7f00148d2c2386031eb32e0554406a26ac75";
