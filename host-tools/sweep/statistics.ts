/*
 * The few statistics that a sweep needs. No package holds them without some 240 others (@stdlib/stats-wilcoxon),
 * and those that stand alone lack Wilcoxon's test, and Student's quantiles or types (simple-statistics, jstat).
 */

/** Up to so many pairs the distribution of Wilcoxon's statistic is computed in full. */
const EXACT_PAIRS = 50;
/** Digits of the largest value beyond which two differences count as equal: what subtraction leaves is noise. */
const DIFFERENCE_DIGITS = 12;

/** Location and spread of a sample. `sd` and `ci95` are null for fewer than two values. */
export interface Estimate {
	readonly mean: number;
	readonly sd: number | null;
	/** 95 % confidence interval of the mean, after Student. */
	readonly ci95: readonly [number, number] | null;
	readonly n: number;
}

/** Mean, standard deviation (n - 1) and confidence interval; undefined for an empty sample. */
export function estimate(values: readonly number[]): Estimate | undefined {
	const n = values.length;
	if (n === 0) return undefined;
	const mean = values.reduce((sum, value) => sum + value, 0) / n;
	if (n === 1) return { mean, sd: null, ci95: null, n };
	const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
	const sd = Math.sqrt(squares / (n - 1));
	const half = (studentQuantile(0.975, n - 1) * sd) / Math.sqrt(n);
	return { mean, sd, ci95: [mean - half, mean + half], n };
}

/**
 * P(|T| < t) for t = sqrt(df) tan(theta), T after Student with `df` degrees of freedom, an integer.
 *
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
 */
function studentCentral(theta: number, df: number): number {
	const sin = Math.sin(theta);
	const cos = Math.cos(theta);
	const isOdd = df % 2 === 1;
	let term = isOdd ? cos : 1;
	let sum = df === 1 ? 0 : term;
	for (let k = isOdd ? 3 : 2; k <= df - 2; k += 2) {
		term *= ((k - 1) / k) * cos * cos;
		sum += term;
	}
	return isOdd ? (2 / Math.PI) * (theta + sin * sum) : sin * sum;
}

const quantiles = new Map<string, number>();

/** The quantile of Student's distribution: `p` in [0.5, 1), `df` an integer of at least 1. */
export function studentQuantile(p: number, df: number): number {
	if (!(p >= 0.5 && p < 1)) throw new RangeError(`studentQuantile: expected p from 0.5 to below 1, got ${p}`);
	if (!Number.isInteger(df) || df < 1)
		throw new RangeError(`studentQuantile: expected df an integer of at least 1, got ${df}`);
	const key = `${p} ${df}`;
	const known = quantiles.get(key);
	if (known !== undefined) return known;
	let low = 0;
	let high = Math.PI / 2;
	for (;;) {
		const middle = (low + high) / 2;
		if (middle <= low || middle >= high) break;
		if (studentCentral(middle, df) < 2 * p - 1) low = middle;
		else high = middle;
	}
	const quantile = Math.sqrt(df) * Math.tan(low);
	quantiles.set(key, quantile);
	return quantile;
}

/**
 * P(Z > z) of the standard normal distribution, z of at least 0.
 *
 * Source: Abramowitz and Stegun, 26.2.11 (series) and 26.2.14 (continued fraction).
 */
export function normalTail(z: number): number {
	const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
	if (z < 3) {
		let term = z;
		let sum = z;
		for (let k = 3; term > sum * Number.EPSILON; k += 2) {
			term *= (z * z) / k;
			sum += term;
		}
		return 0.5 - density * sum;
	}
	let fraction = z;
	for (let k = 100; k >= 1; k--) fraction = z + k / fraction;
	return density / fraction;
}

/** Differences a - b of pairs; those that differ by less than arithmetic can tell come out equal. */
export function pairedDifferences(a: readonly number[], b: readonly number[]): number[] {
	const largest = Math.max(0, ...a.map(Math.abs), ...b.map(Math.abs));
	if (largest === 0) return a.map(() => 0);
	const decimals = DIFFERENCE_DIGITS - Math.ceil(Math.log10(largest));
	const digits = Math.max(0, Math.min(100, decimals));
	return a.map((value, i) => Number((value - b[i]!).toFixed(digits)));
}

/**
 * Two-sided p of Wilcoxon's signed-rank test on paired differences.
 *
 * Differences of zero are left out, equal ones share their mean rank. Up to 50 of the others the distribution
 * over all signs is exact, with ties too; beyond that it is normal with corrections for ties and continuity.
 * 1 when nothing differs. Source: Wilcoxon, Biometrics Bulletin 1 (1945); Pratt and Gibbons, Concepts of
 * Nonparametric Theory (1981), chapter 3.
 */
export function wilcoxonSignedRank(differences: readonly number[]): number {
	const nonZero = differences.filter((difference) => difference !== 0);
	const sorted = nonZero.map(Math.abs).sort((a, b) => a - b);
	const n = sorted.length;
	if (n === 0) return 1;
	// Twice the mean rank is an integer.
	const doubledRank = new Map<number, number>();
	let tieTerm = 0;
	for (let first = 0; first < n; ) {
		let end = first + 1;
		while (end < n && sorted[end] === sorted[first]) end++;
		const ties = end - first;
		doubledRank.set(sorted[first]!, first + 1 + end);
		tieTerm += ties * (ties * ties - 1);
		first = end;
	}
	const ranks = sorted.map((size) => doubledRank.get(size)!);
	const positive = nonZero.reduce((sum, d) => (d > 0 ? sum + doubledRank.get(d)! : sum), 0);
	const total = n * (n + 1);
	const smaller = Math.min(positive, total - positive);
	if (n <= EXACT_PAIRS) return Math.min(1, 2 * lowerTail(ranks, smaller));
	const deviation = Math.sqrt((total * (2 * n + 1)) / 24 - tieTerm / 48);
	const distance = Math.max(0, (total / 2 - smaller) / 2 - 0.5);
	return Math.min(1, 2 * normalTail(distance / deviation));
}

/** P(S <= limit) of the sum S over ranks that each count or not with probability 1/2. */
function lowerTail(ranks: readonly number[], limit: number): number {
	const probability = new Float64Array(limit + 1);
	probability[0] = 1;
	for (const rank of ranks) {
		for (let sum = limit; sum >= 0; sum--) {
			const withRank = sum >= rank ? probability[sum - rank]! : 0;
			probability[sum] = (probability[sum]! + withRank) / 2;
		}
	}
	return probability.reduce((sum, p) => sum + p, 0);
}

/** P-values that hold together (Holm, Scandinavian Journal of Statistics 6, 1979), in the order given. */
export function holm(ps: readonly number[]): number[] {
	const order = ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!);
	const adjusted = new Array<number>(ps.length);
	let largest = 0;
	order.forEach((index, k) => {
		largest = Math.max(largest, Math.min(1, (ps.length - k) * ps[index]!));
		adjusted[index] = largest;
	});
	return adjusted;
}

/**
 * Cliff's delta: how often a value of `a` is above one of `b` less how often below, from -1 to 1.
 *
 * Source: Cliff, Psychological Bulletin 114 (1993). Both samples hold at least one value.
 */
export function cliffsDelta(a: readonly number[], b: readonly number[]): number {
	const sorted = [...b].sort((x, y) => x - y);
	let dominance = 0;
	for (const value of a) {
		const below = countWhile(sorted, (other) => other < value);
		const notAbove = countWhile(sorted, (other) => other <= value);
		dominance += below - (sorted.length - notAbove);
	}
	return dominance / (a.length * b.length);
}

/** How many of the first values fulfil a condition that no later one fulfils after the first failure. */
function countWhile(sorted: readonly number[], holds: (value: number) => boolean): number {
	let low = 0;
	let high = sorted.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (holds(sorted[middle]!)) low = middle + 1;
		else high = middle;
	}
	return low;
}
