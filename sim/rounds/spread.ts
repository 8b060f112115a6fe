/** How unequal a set of values is; of none, and of all zero, everything is equal. */
export interface Spread {
	readonly mean: number;
	/** Over all values, not of a sample. */
	readonly variance: number;
}

/** Mean and variance. */
export function spreadOf(values: Float64Array): Spread {
	const { length } = values;
	if (length === 0) return { mean: 0, variance: 0 };
	let sum = 0;
	for (let i = 0; i < length; i++) sum += values[i]!;
	const mean = sum / length;
	let squares = 0;
	for (let i = 0; i < length; i++) squares += (values[i]! - mean) * (values[i]! - mean);
	return { mean, variance: squares / length };
}

/** Jain's index: 1 when all are equal, 1/n when one has all (Jain, Chiu, Hawe, DEC-TR-301, 1984). Values at least 0. */
export function jainIndex(values: Float64Array): number {
	let sum = 0;
	let squares = 0;
	for (let i = 0; i < values.length; i++) {
		sum += values[i]!;
		squares += values[i]! * values[i]!;
	}
	return squares === 0 ? 1 : (sum * sum) / (values.length * squares);
}

/** Gini's coefficient: 0 when all are equal, (n - 1)/n when one has all. Values at least 0; they are left as they are. */
export function giniCoefficient(values: Float64Array): number {
	const sorted = values.slice().sort();
	const { length } = sorted;
	let sum = 0;
	let weighted = 0;
	for (let i = 0; i < length; i++) {
		sum += sorted[i]!;
		weighted += (i + 1) * sorted[i]!;
	}
	return sum === 0 ? 0 : (2 * weighted) / (length * sum) - (length + 1) / length;
}
