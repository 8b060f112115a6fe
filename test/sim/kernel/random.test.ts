import test from "ava";
import fc from "fast-check";
import { pairUniform, RandomStream, threefry2x32 } from "../../../sim/kernel/random.js";

/** Random123's kat_vectors, `threefry2x32 20`: counter, key, output (the digits of pi as input in the last). */
const KNOWN_ANSWERS: readonly (readonly [number, number, number, number, string])[] = [
	[0x00000000, 0x00000000, 0x00000000, 0x00000000, "6b200159 99ba4efe"],
	[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, "1cb996fc bb002be7"],
	[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, "c4923a9c 483df7a0"],
];

test("Threefry-2x32-20 gives the known answers of Random123", (t) => {
	const out = new Int32Array(2);
	for (const [counter0, counter1, key0, key1, expected] of KNOWN_ANSWERS) {
		threefry2x32(key0 | 0, key1 | 0, counter0 | 0, counter1 | 0, out);
		t.is([...out].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join(" "), expected);
	}
});

/** Pearson's statistic of counts that should all be equal. */
function chiSquare(counts: ArrayLike<number>): number {
	let total = 0;
	for (let i = 0; i < counts.length; i++) total += counts[i]!;
	const expected = total / counts.length;
	let sum = 0;
	for (let i = 0; i < counts.length; i++) sum += (counts[i]! - expected) ** 2 / expected;
	return sum;
}

/**
 * Chi-square with k degrees of freedom has mean k and deviation sqrt(2k); 4 deviations happen by chance less
 * than once in 10,000, and the seeds are fixed.
 */
function looksUniform(counts: ArrayLike<number>): boolean {
	const degrees = counts.length - 1;
	return Math.abs(chiSquare(counts) - degrees) < 4 * Math.sqrt(2 * degrees);
}

for (const [name, draw] of [
	["the upper byte of int32", (r: RandomStream) => r.int32() >>> 24],
	["the lower byte of int32", (r: RandomStream) => r.int32() & 0xff],
	["below(256)", (r: RandomStream) => r.below(256)],
	["below(3 * 2^30), scaled", (r: RandomStream) => Math.floor(r.below(0xc0000000) / 0xc00000)],
	["uniform", (r: RandomStream) => Math.floor(r.uniform() * 256)],
	["the low bits of uniform", (r: RandomStream) => (r.uniform() * 2 ** 53) % 256],
	[
		"exponential, through its distribution",
		(r: RandomStream) => Math.floor(Math.exp(-r.exponential()) * 256),
	],
] as const) {
	test(`${name} is uniform`, (t) => {
		const random = new RandomStream(20, "uniformity", 7);
		const counts = new Float64Array(256);
		for (let i = 0; i < 100_000; i++) counts[draw(random)]!++;
		t.true(looksUniform(counts), `chi-square ${chiSquare(counts)}`);
	});
}

test("streams that differ in seed, purpose or index by little are independent", (t) => {
	const twins: readonly (readonly [string, RandomStream, RandomStream])[] = [
		["index", new RandomStream(1, "mac", 0), new RandomStream(1, "mac", 1)],
		["seed", new RandomStream(1, "mac", 0), new RandomStream(2, "mac", 0)],
		["upper half of the seed", new RandomStream(1, "mac", 0), new RandomStream(2 ** 32 + 1, "mac", 0)],
		["purpose", new RandomStream(1, "mac", 0), new RandomStream(1, "mad", 0)],
		["successive draws", new RandomStream(1, "mac", 3), new RandomStream(1, "mac", 4)],
	];
	for (const [name, one, other] of twins) {
		const counts = new Float64Array(256);
		for (let i = 0; i < 50_000; i++) counts[(one.int32() >>> 28) * 16 + (other.int32() >>> 28)]!++;
		t.true(looksUniform(counts), `${name}: chi-square ${chiSquare(counts)}`);
	}
});

test("pairs of successive draws fill the square", (t) => {
	const random = new RandomStream(5, "pairs", 0);
	const counts = new Float64Array(256);
	for (let i = 0; i < 50_000; i++) counts[random.below(16) * 16 + random.below(16)]!++;
	t.true(looksUniform(counts));
});

test("the same seed, purpose and index give the same stream, whatever others draw", (t) => {
	const once = new RandomStream(9, "traffic", 3);
	const expected = Array.from({ length: 100 }, () => once.int32());
	const again = new RandomStream(9, "traffic", 3);
	const other = new RandomStream(9, "traffic", 4);
	const got = Array.from({ length: 100 }, () => {
		other.gaussian();
		return again.int32();
	});
	t.deepEqual(got, expected);
});

test("below stays below, reaches its ends, and refuses what is no bound", (t) => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 0x100000000 }), fc.maxSafeNat(), (bound, seed) => {
			const random = new RandomStream(seed, "below", 0);
			for (let i = 0; i < 20; i++) {
				const value = random.below(bound);
				t.true(Number.isInteger(value) && value >= 0 && value < bound, `${value} of ${bound}`);
			}
		}),
	);
	for (const bound of [1, 2, 3, 7, 8]) {
		const random = new RandomStream(3, "ends", bound);
		const seen = new Set(Array.from({ length: 400 }, () => random.below(bound)));
		t.deepEqual(
			[...seen].sort((a, b) => a - b),
			Array.from({ length: bound }, (_, i) => i),
		);
	}
	const whole = new RandomStream(3, "whole", 0);
	t.true(Array.from({ length: 50 }, () => whole.below(0x100000000)).some((value) => value >= 2 ** 31));
	for (const bound of [0, -1, Number.NaN, 2 ** 32 + 1])
		t.throws(() => whole.below(bound), { instanceOf: RangeError, message: /below: expected bound/ });
});

test("below takes the rests of the words under the last whole multiple of its bound, and no others", (t) => {
	// Beyond 2^31 almost half of the words are passed over, and just above a power of two as well.
	const bounds = fc.oneof(
		fc.integer({ min: 1, max: 0x100000000 }),
		fc.integer({ min: 0x80000001, max: 0x80001000 }),
		fc.integer({ min: 0x55555550, max: 0x55555560 }),
	);
	fc.assert(
		fc.property(bounds, fc.maxSafeNat(), (bound, seed) => {
			const words = new RandomStream(seed, "below", 0);
			const random = new RandomStream(seed, "below", 0);
			const limit = bound * Math.floor(0x100000000 / bound);
			for (let i = 0; i < 10; i++) {
				let word = words.int32() >>> 0;
				while (word >= limit) word = words.int32() >>> 0;
				t.is(random.below(bound), word % bound);
			}
		}),
	);
});

test("words that are skipped are as if they had been drawn", (t) => {
	fc.assert(
		fc.property(fc.array(fc.nat(9), { maxLength: 12 }), (steps) => {
			const drawn = new RandomStream(7, "skip", 0);
			const skipped = new RandomStream(7, "skip", 0);
			for (const words of steps) {
				for (let i = 0; i < words; i++) drawn.int32();
				skipped.skip(words);
				t.is(skipped.int32(), drawn.int32());
			}
		}),
	);
});

/** Mean of `n` draws; the deviation of a mean is that of a draw over sqrt(n). */
function moments(draw: () => number, n: number): { mean: number; variance: number; fourth: number } {
	const values = Array.from({ length: n }, draw);
	const mean = values.reduce((a, b) => a + b, 0) / n;
	const about = (power: number): number => values.reduce((a, b) => a + (b - mean) ** power, 0) / n;
	return { mean, variance: about(2), fourth: about(4) };
}

test("gaussian has the moments of a normal distribution", (t) => {
	const n = 50_000;
	const random = new RandomStream(11, "gaussian", 0);
	const { mean, variance, fourth } = moments(() => random.gaussian(), n);
	// 4 deviations: of the mean 1/sqrt(n), of the variance sqrt(2/n), of the fourth moment sqrt(96/n).
	t.true(Math.abs(mean) < 4 / Math.sqrt(n), `mean ${mean}`);
	t.true(Math.abs(variance - 1) < 4 * Math.sqrt(2 / n), `variance ${variance}`);
	t.true(Math.abs(fourth - 3) < 4 * Math.sqrt(96 / n), `fourth moment ${fourth}`);
});

test("exponential has mean 1 and variance 1, and is never negative nor infinite", (t) => {
	const n = 50_000;
	const random = new RandomStream(12, "exponential", 0);
	let least = Number.POSITIVE_INFINITY;
	let most = 0;
	const { mean, variance } = moments(() => {
		const value = random.exponential();
		least = Math.min(least, value);
		most = Math.max(most, value);
		return value;
	}, n);
	t.true(Math.abs(mean - 1) < 4 / Math.sqrt(n), `mean ${mean}`);
	t.true(Math.abs(variance - 1) < 4 * Math.sqrt(8 / n), `variance ${variance}`);
	t.true(least >= 0 && Number.isFinite(most));
});

test("pairUniform depends on everything it is given, and lies in [0, 1)", (t) => {
	const base = pairUniform(1, "shadowing", 2, 3);
	t.is(pairUniform(1, "shadowing", 2, 3), base);
	for (const other of [
		pairUniform(2, "shadowing", 2, 3),
		pairUniform(1 + 2 ** 32, "shadowing", 2, 3),
		pairUniform(1, "shadowinh", 2, 3),
		pairUniform(1, "shadowing", 3, 2),
		pairUniform(1, "shadowing", 2, 4),
	])
		t.not(other, base);
	const counts = new Float64Array(100);
	for (let a = 0; a < 200; a++)
		for (let b = 0; b < 100; b++) counts[Math.floor(pairUniform(4, "x", a, b) * 100)]!++;
	t.true(looksUniform(counts));
});
