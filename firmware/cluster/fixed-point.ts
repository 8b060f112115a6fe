/**
 * Powers with a fractional exponent in fixed point: tables, shifts and one division, the same bits on every engine.
 * Shares are Q0.16, where 65,536 is 1; logarithms are Q16.16.
 */

/** 1 in Q16.16. */
export const ONE_16 = 1 << 16;

/** Each table has 64 intervals of 2^10, and one entry more at its end. */
const INTERVAL_BITS = 10;
const INTERVAL_MASK = (1 << INTERVAL_BITS) - 1;
const HALF_INTERVAL = 1 << (INTERVAL_BITS - 1);

/** log2(1 + k/64), k = 0 to 64. */
export const LOG2_TABLE: readonly number[] = [
	0, 1466, 2909, 4331, 5732, 7112, 8473, 9814, 11136, 12440, 13727, 14996, 16248, 17484, 18704, 19909, 21098,
	22272, 23433, 24579, 25711, 26830, 27936, 29029, 30109, 31178, 32234, 33279, 34312, 35334, 36346, 37346,
	38336, 39316, 40286, 41246, 42196, 43137, 44068, 44990, 45904, 46809, 47705, 48593, 49472, 50344, 51207,
	52063, 52911, 53751, 54584, 55410, 56229, 57040, 57845, 58643, 59434, 60219, 60997, 61769, 62534, 63294,
	64047, 64794, 65536,
];

/** 2^(-k/64), k = 0 to 64. */
export const EXP2_TABLE: readonly number[] = [
	65536, 64830, 64132, 63441, 62757, 62081, 61413, 60751, 60097, 59449, 58809, 58176, 57549, 56929, 56316,
	55709, 55109, 54515, 53928, 53347, 52773, 52204, 51642, 51085, 50535, 49991, 49452, 48920, 48393, 47871,
	47356, 46846, 46341, 45842, 45348, 44859, 44376, 43898, 43425, 42958, 42495, 42037, 41584, 41136, 40693,
	40255, 39821, 39392, 38968, 38548, 38133, 37722, 37316, 36914, 36516, 36123, 35734, 35349, 34968, 34591,
	34219, 33850, 33486, 33125, 32768,
];

/** The table's value at a fraction in Q0.16, on a straight line between entries. */
function interpolate(table: readonly number[], fraction: number): number {
	const k = fraction >> INTERVAL_BITS;
	const from = table[k]!;
	const rise = (table[k + 1]! - from) * (fraction & INTERVAL_MASK);
	return from + ((rise + HALF_INTERVAL) >> INTERVAL_BITS);
}

/** -log2 of a share of 1 to {@link ONE_16} in Q0.16; in Q16.16, 0 to 16. */
function negativeLog2(share: number): number {
	const shift = Math.clz32(share) - 15;
	return (shift << 16) - interpolate(LOG2_TABLE, (share << shift) - ONE_16);
}

/** 2^-x of a number of 0 or more in Q16.16; a share in Q0.16. */
function negativeExp2(x: number): number {
	const whole = x >> 16;
	return (interpolate(EXP2_TABLE, x & (ONE_16 - 1)) + ((1 << whole) >> 1)) >> whole;
}

/**
 * ω^(1/m), the m-th root of a share: Q0.16 in and out, `share16` an integer from 0 to {@link ONE_16}, `m` an integer of at
 * least 1. Within 2^-12 of the true root; rises with both.
 */
export function root16(share16: number, m: number): number {
	if (share16 <= 0) return 0;
	return share16 >= ONE_16 ? ONE_16 : negativeExp2(Math.floor(negativeLog2(share16) / m));
}
