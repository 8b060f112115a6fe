import type { Neighbour } from "./neighbours.js";
import { FORECAST_DEVIATIONS, LEAST_FAILURE } from "./parameters.js";

/** Reception of somebody whose broadcasts were not heard yet: a link at the edge, of which nothing may be expected. */
const UNKNOWN_RECEPTION = 0.5;
/**
 * A full frame has 133 octets on the air, a numbered broadcast between short addresses 26: where bit errors cause the
 * losses it survives like five short ones in a row. Collisions and fading strike both alike. So this predicts too many
 * losses rather than too few; with 4, links of bit errors gave seven times the false alarms.
 */
const LENGTH_RATIO = 5;

/** `base` to a whole power, by multiplication alone: the same bits on every engine. */
function power(base: number, exponent: number): number {
	let result = 1;
	for (let i = 0; i < exponent; i++) result *= base;
	return result;
}

/** The lower 90 % bound of a share of which `good` of `good + bad` trials succeeded. */
export function lowerBound(good: number, bad: number): number {
	const mean = (good + 1) / (good + bad + 2);
	return mean - FORECAST_DEVIATIONS * Math.sqrt((mean * (1 - mean)) / (good + bad + 3));
}

/**
 * How likely a full frame of a neighbour arrives at once, 0 to 1, by what a receiver can observe: his numbered
 * broadcasts, and whether he acknowledges ours. A cautious bound, so that nobody is blamed for what his link may do.
 */
export function frameReception(neighbour: Neighbour | undefined): number {
	if (neighbour === undefined) return power(UNKNOWN_RECEPTION, LENGTH_RATIO);
	const { heardBroadcasts, missedBroadcasts, acknowledged, unacknowledged } = neighbour;
	let short =
		heardBroadcasts + missedBroadcasts === 0
			? UNKNOWN_RECEPTION
			: lowerBound(heardBroadcasts, missedBroadcasts);
	// Our frame and his acknowledgement both have to get through: neither way is worse than both together.
	if (acknowledged + unacknowledged > 0)
		short = Math.min(short, Math.sqrt(Math.max(0, lowerBound(acknowledged, unacknowledged))));
	return power(Math.max(0, short), LENGTH_RATIO);
}

/**
 * How likely all of `fragments` arrive, each with up to `maxRetries` retransmissions: P_c = q^n with
 * q = 1 - (1 - reception)^(maxRetries + 1).
 */
export function completion(reception: number, fragments: number, maxRetries: number): number {
	return power(1 - power(1 - reception, maxRetries + 1), fragments);
}

/**
 * Surprise of a failure that the link makes with probability 1 - `completion`, in bits: the logarithm of the ratio
 * between a sender who loses half of the rest too, and one who loses only what his link does. A success is one bit of
 * the opposite.
 */
export function failureBits(completionProbability: number): number {
	const failure = Math.max(LEAST_FAILURE, 1 - completionProbability);
	return Math.max(0, log2(1 / failure + 1) - 1);
}

/** Fractional bits of {@link log2}. */
const FRACTION_BITS = 8;

/** Binary logarithm of a number of at least 1, down to 1/256, by multiplications and comparisons alone. */
export function log2(x: number): number {
	let rest = x;
	let result = 0;
	while (rest >= 2) {
		rest /= 2;
		result++;
	}
	for (let bit = 1 / 2; bit >= 1 / (1 << FRACTION_BITS); bit /= 2) {
		rest *= rest;
		if (rest >= 2) {
			rest /= 2;
			result += bit;
		}
	}
	return result;
}
