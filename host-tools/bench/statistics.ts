/** The middle of some numbers, the upper one of two; NaN of none. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** The median of what `pick` takes of each sample. */
export function medianOf<T>(samples: readonly T[], pick: (sample: T) => number): number {
	return median(samples.map(pick));
}

/**
 * The median of ratios of samples that were made in the same round, one after the other: what slows the machine
 * down for a while slows both.
 */
export function medianRatio<T>(of: readonly T[], to: readonly T[], pick: (sample: T) => number): number {
	return median(of.map((sample, round) => pick(sample) / pick(to[round]!)));
}
