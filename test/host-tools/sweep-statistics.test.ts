import test from "ava";
import fc from "fast-check";
import {
	cliffsDelta,
	estimate,
	holm,
	normalTail,
	pairedDifferences,
	studentQuantile,
	wilcoxonSignedRank,
} from "../../host-tools/sweep/statistics.js";

/** Whether two numbers agree to so many significant digits. */
function agrees(actual: number, expected: number, digits: number): boolean {
	return Math.abs(actual - expected) <= Math.abs(expected) * 10 ** -digits;
}

/** Hamilton's depression scale of nine patients at two visits (Hollander and Wolfe, 1973, table 3.1). */
const FIRST = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
const SECOND = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];

test("Student's quantiles: the NIST/SEMATECH e-Handbook (1.3.6.7.2), and scipy.stats.t.ppf", (t) => {
	const table: readonly (readonly [number, number, number])[] = [
		[0.9, 7, 1.415],
		[0.95, 10, 1.812],
		[0.975, 1, 12.706],
		[0.975, 2, 4.303],
		[0.975, 30, 2.042],
		[0.99, 20, 2.528],
		[0.995, 4, 4.604],
	];
	for (const [p, df, expected] of table) t.is(Number(studentQuantile(p, df).toFixed(3)), expected);
	const scipy: readonly (readonly [number, number, number])[] = [
		[0.975, 1, 12.706204736174694],
		[0.975, 3, 3.1824463052837078],
		[0.975, 29, 2.045229642132703],
		[0.975, 100, 1.9839715185235518],
	];
	for (const [p, df, expected] of scipy) t.true(agrees(studentQuantile(p, df), expected, 13), `${p} ${df}`);
	t.is(studentQuantile(0.5, 5), 0);
	t.throws(() => studentQuantile(0.3, 5), { instanceOf: RangeError });
	t.throws(() => studentQuantile(0.9, 0), { instanceOf: RangeError });
});

test("the normal tail: scipy.stats.norm.sf, on both sides of where series and fraction meet", (t) => {
	const cases: readonly (readonly [number, number])[] = [
		[0, 0.5],
		[0.5, 0.3085375387259869],
		[1.959963984540054, 0.025],
		[2.999, 0.0013543365337271057],
		[3, 0.0013498980316300933],
		[5, 2.866515718791933e-7],
		[8, 6.22096057427174e-16],
	];
	for (const [z, expected] of cases) t.true(agrees(normalTail(z), expected, 12), `${z}`);
});

test("an estimate: scipy.stats.ttest_rel of a published sample", (t) => {
	const { mean, ci95, n } = estimate(pairedDifferences(FIRST, SECOND))!;
	t.is(n, 9);
	t.true(agrees(mean, 0.4318888888888889, 12));
	t.true(agrees(ci95![0], 0.10377871227216856, 12) && agrees(ci95![1], 0.7599990655056093, 12));
	t.is(estimate([]), undefined);
	t.deepEqual(estimate([7]), { mean: 7, sd: null, ci95: null, n: 1 });
	t.deepEqual(estimate([3, 3, 3]), { mean: 3, sd: 0, ci95: [3, 3], n: 3 });
});

test("Wilcoxon's test: the example of R's wilcox.test, there one-sided with p = 0.01953", (t) => {
	t.is(wilcoxonSignedRank(pairedDifferences(FIRST, SECOND)), 0.0390625);
});

/** Differences of n ranks of which the negative ones add up to `sum`. */
function withNegativeSum(n: number, sum: number): number[] {
	let left = sum;
	const differences: number[] = [];
	for (let rank = n; rank >= 1; rank--) {
		const isNegative = rank <= left;
		if (isNegative) left -= rank;
		differences.push(isNegative ? -rank : rank);
	}
	return differences;
}

test("Wilcoxon's test: the critical values at 5 % that tables print (Wilcoxon and Wilcox, 1964)", (t) => {
	const critical: readonly (readonly [number, number])[] = [
		[6, 0],
		[7, 2],
		[8, 3],
		[9, 5],
		[10, 8],
		[12, 13],
		[15, 25],
		[20, 52],
		[25, 89],
	];
	for (const [n, sum] of critical) {
		t.true(wilcoxonSignedRank(withNegativeSum(n, sum)) <= 0.05, `n ${n}`);
		t.true(wilcoxonSignedRank(withNegativeSum(n, sum + 1)) > 0.05, `n ${n}`);
	}
	t.is(wilcoxonSignedRank(withNegativeSum(6, 0)), 2 / 64);
});

test("Wilcoxon's test beyond 50 pairs: scipy.stats.wilcoxon(method='approx', correction=True), ties and zeros", (t) => {
	const pairs = (modulus: number, shift: number) =>
		Array.from({ length: 60 }, (_, i) => ((i * 37) % modulus) - shift);
	t.true(agrees(wilcoxonSignedRank(pairs(101, 45)), 0.26628823437850624, 12));
	t.true(agrees(wilcoxonSignedRank(pairs(23, 9)), 0.04393667979583833, 12));
});

test("Wilcoxon's exact test counts all signs, ties and zeros or not", (t) => {
	const small = fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 9 });
	fc.assert(
		fc.property(small, (differences) => {
			const sizes = differences.filter((d) => d !== 0).map(Math.abs);
			const rank = (size: number) => {
				const below = sizes.filter((other) => other < size).length;
				return below + (sizes.filter((other) => other === size).length + 1) / 2;
			};
			const mean = sizes.reduce((sum, size) => sum + rank(size), 0) / 2;
			const observed = differences.reduce((sum, d) => (d > 0 ? sum + rank(d) : sum), 0);
			let asFar = 0;
			for (let signs = 0; signs < 1 << sizes.length; signs++) {
				const sum = sizes.reduce((total, size, i) => ((signs >> i) & 1 ? total + rank(size) : total), 0);
				if (Math.abs(sum - mean) >= Math.abs(observed - mean)) asFar++;
			}
			t.true(agrees(wilcoxonSignedRank(differences), asFar / (1 << sizes.length), 12));
		}),
		{ numRuns: 300 },
	);
});

test("differences that only rounding tells apart are ties", (t) => {
	const differences = pairedDifferences([0.98, 0.96, 58350.124], [0.97, 0.95, 58350.123]);
	t.deepEqual(pairedDifferences([0.98, 0.96], [0.97, 0.95]), [0.01, 0.01]);
	t.is(differences[0], differences[1]);
	t.deepEqual(pairedDifferences([0, 0], [0, 0]), [0, 0]);
});

test("Holm: the k-th smallest of n times n - k + 1, never below the one before", (t) => {
	const rounded = (ps: readonly number[]) => holm(ps).map((p) => Number(p.toFixed(10)));
	t.deepEqual(rounded([0.01, 0.02, 0.03, 0.04]), [0.04, 0.06, 0.06, 0.06]);
	t.deepEqual(rounded([0.3, 0.001, 0.8, 0.02]), [0.6, 0.004, 0.8, 0.06]);
	t.deepEqual(holm([0.7, 0.9]), [1, 1]);
	t.deepEqual(holm([]), []);
});

test("Cliff's delta is what its definition counts", (t) => {
	const sample = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 });
	fc.assert(
		fc.property(sample, sample, (a, b) => {
			const signs = a.flatMap((x) => b.map((y) => Math.sign(x - y)));
			t.is(cliffsDelta(a, b) + 0, signs.reduce<number>((sum, sign) => sum + sign, 0) / signs.length + 0);
		}),
	);
	t.is(cliffsDelta([5, 6], [1, 2]), 1);
});
