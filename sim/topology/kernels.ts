import { exp, power } from "../kernel/math.js";

/** How likely a link is by its length: a density over the plane, rotationally symmetric, whose integral is 1. */
export interface DistanceKernel {
	/** Density at a distance, in 1/m²; does not rise with the distance. */
	density(distanceM: number): number;
	/** Its integral over the disc of this radius, from 0 to 1. */
	within(radiusM: number): number;
	/**
	 * The mean of exp(rate times the displacement along x), for a rate of at least 0 in 1/m; Infinity where the mean does
	 * not exist, as for tails that are heavier than exponential.
	 */
	transform(ratePerM: number): number;
}

/** Normal in x and in y, with this deviation. */
export function gaussianKernel(scaleM: number): DistanceKernel {
	const square = scaleM * scaleM;
	return {
		density: (distanceM) => exp((-distanceM * distanceM) / (2 * square)) / (2 * Math.PI * square),
		within: (radiusM) => 1 - exp((-radiusM * radiusM) / (2 * square)),
		transform: (ratePerM) => exp((square * ratePerM * ratePerM) / 2),
	};
}

/** A density that falls as exp(-distance / scale); links are 2 scales long on average. */
export function exponentialKernel(scaleM: number): DistanceKernel {
	return {
		density: (distanceM) => exp(-distanceM / scaleM) / (2 * Math.PI * scaleM * scaleM),
		within: (radiusM) => 1 - (1 + radiusM / scaleM) * exp(-radiusM / scaleM),
		transform(ratePerM) {
			const left = 1 - scaleM * scaleM * ratePerM * ratePerM;
			return left <= 0 ? Number.POSITIVE_INFINITY : 1 / (left * Math.sqrt(left));
		},
	};
}

/**
 * A density that falls as (1 + (distance / scale)²)^(-exponent / 2): as distance^-exponent far out. The exponent
 * exceeds 2; links have a mean length only above 3, and a deviation above 4.
 */
export function powerLawKernel(scaleM: number, exponent: number): DistanceKernel {
	const spread = (distanceM: number): number => 1 + (distanceM / scaleM) * (distanceM / scaleM);
	const atZero = (exponent - 2) / (2 * Math.PI * scaleM * scaleM);
	return {
		density: (distanceM) => atZero * power(spread(distanceM), -exponent / 2),
		within: (radiusM) => 1 - power(spread(radiusM), 1 - exponent / 2),
		transform: (ratePerM) => (ratePerM > 0 ? Number.POSITIVE_INFINITY : 1),
	};
}

/** Constant up to a radius, and nothing beyond. */
export function discKernel(radiusM: number): DistanceKernel {
	const area = Math.PI * radiusM * radiusM;
	return {
		density: (distanceM) => (distanceM <= radiusM ? 1 / area : 0),
		within: (withinM) => Math.min(1, (withinM * withinM) / (radiusM * radiusM)),
		transform(ratePerM) {
			// 2 I1(z) / z, by its series, for z = rate times radius.
			const quarter = (ratePerM * ratePerM * radiusM * radiusM) / 4;
			let sum = 0;
			let term = 1;
			for (let k = 1; term > sum * 1e-17; k++) {
				sum += term;
				term *= quarter / (k * (k + 1));
			}
			return sum;
		},
	};
}

/** The same density anywhere in a field of this area, with borders or without: distance does not matter. */
export function uniformKernel(areaM2: number): DistanceKernel {
	return {
		density: () => 1 / areaM2,
		within: (radiusM) => Math.min(1, (Math.PI * radiusM * radiusM) / areaM2),
		transform: (ratePerM) => (ratePerM > 0 ? Number.POSITIVE_INFINITY : 1),
	};
}

/** The kernel on a torus, where distance is the shortest way round: scaled so that its integral is 1 there too. */
export function onTorus(kernel: DistanceKernel, widthM: number, heightM: number): DistanceKernel {
	const mass = massInRectangle(kernel, widthM / 2, heightM / 2);
	return { ...kernel, density: (distanceM) => kernel.density(distanceM) / mass };
}

/** Integral over a rectangle around the origin, by its half widths. */
function massInRectangle(kernel: DistanceKernel, halfX: number, halfY: number): number {
	return (2 / Math.PI) * (triangle(kernel, halfX, halfY / halfX) + triangle(kernel, halfY, halfX / halfY));
}

/** Steps of Simpson's rule, even. */
const STEPS = 4000;

/**
 * Mass in a right-angled triangle with a corner at the origin, in turns of 2π: over the angle, of which the tangent t runs
 * from 0 to `slope`, of what lies within the distance to the opposite side, sqrt(1 + t²) times `nearM`.
 */
function triangle(kernel: DistanceKernel, nearM: number, slope: number): number {
	const at = (t: number): number => kernel.within(nearM * Math.sqrt(1 + t * t)) / (1 + t * t);
	const step = slope / STEPS;
	let sum = at(0) + at(slope);
	for (let i = 1; i < STEPS; i++) sum += at(i * step) * (i % 2 === 1 ? 4 : 2);
	return (sum * step) / 3;
}
