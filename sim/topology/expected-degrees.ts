import { ln, power } from "../kernel/math.js";
import { RandomStream } from "../kernel/random.js";

/** How expected degrees are spread: all equal, exponentially, or as a power law between two bounds. */
export type DegreeSpread = "constant" | "exponential" | "power-law";

/**
 * Draws the expected degree of each node, with the given mean.
 *
 * A power law has a density proportional to degree^-exponent from some least degree, which follows from the mean,
 * to `most`. Throws a RangeError when `most` does not exceed the mean.
 */
export function drawExpectedDegrees(
	nodes: number,
	spread: DegreeSpread,
	mean: number,
	exponent: number,
	most: number,
	seed: number,
): Float64Array {
	if (spread === "constant") return new Float64Array(nodes).fill(mean);
	const draw =
		spread === "exponential"
			? (random: RandomStream) => mean * random.exponential()
			: boundedPowerLaw(mean, exponent, most);
	return Float64Array.from({ length: nodes }, (_, node) =>
		draw(new RandomStream(seed, "topology-degree", node)),
	);
}

function boundedPowerLaw(mean: number, exponent: number, most: number): (random: RandomStream) => number {
	if (!(most > mean)) throw new RangeError(`maxDegree: expected more than the mean, ${mean}, got ${most}`);
	const least = leastDegree(mean, exponent, most);
	const low = power(least, 1 - exponent);
	const high = power(most, 1 - exponent);
	return (random) => power(low + random.uniform() * (high - low), 1 / (1 - exponent));
}

/** The least degree at which the mean is as wanted, by bisection. */
function leastDegree(mean: number, exponent: number, most: number): number {
	let low = 0;
	let high = mean;
	for (let i = 0; i < 200; i++) {
		const middle = (low + high) / 2;
		const found = integral(1 - exponent, middle, most) / integral(-exponent, middle, most);
		if (found < mean) low = middle;
		else high = middle;
	}
	return high;
}

/** Of x to an exponent, from a to b. */
function integral(exponent: number, a: number, b: number): number {
	const one = exponent + 1;
	if (Math.abs(one) < 1e-9) return ln(b / a);
	return (power(b, one) - power(a, one)) / one;
}
