/** How evenly something is spread over nodes. */
export interface Spread {
	mean: number;
	variance: number;
	/** Jain's index: 1 when all have the same, 1/n when one has everything. */
	jain: number;
	/** Gini coefficient: 0 when all have the same. */
	gini: number;
}

/** Over all values, which are not negative; of none, or where all are 0, everything is even. */
export function spreadOf(values: readonly number[]): Spread {
	const count = values.length;
	let sum = 0;
	let squares = 0;
	let ranked = 0;
	[...values]
		.sort((a, b) => a - b)
		.forEach((value, i) => {
			sum += value;
			squares += value * value;
			ranked += (2 * (i + 1) - count - 1) * value;
		});
	if (count === 0 || sum === 0) return { mean: 0, variance: 0, jain: 1, gini: 0 };
	const mean = sum / count;
	return {
		mean,
		variance: Math.max(0, squares / count - mean * mean),
		jain: (sum * sum) / (count * squares),
		gini: ranked / (count * sum),
	};
}

/** Mean and deviation of numbers that come one by one. */
export class Moments {
	count = 0;
	mean = 0;
	#squares = 0;

	/** As Welford (1962) has it. */
	add(value: number): void {
		this.count++;
		const from = value - this.mean;
		this.mean += from / this.count;
		this.#squares += from * (value - this.mean);
	}

	get deviation(): number {
		return this.count < 2 ? 0 : Math.sqrt(this.#squares / (this.count - 1));
	}
}
