/**
 * Logarithms and exponentials from additions, multiplications and divisions alone.
 *
 * `Math.log` and `Math.exp` differ in the last bit between engines, and one such bit changes an event
 * log. These are within 2 units in the last place, and the same on every machine.
 */

/** ln 2 in two parts: the first has zeros at its end, so that its multiples are exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
/** Where the sign and exponent are: 1 on little-endian machines. */
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Natural logarithm of a positive finite number; 0 gives -Infinity, negative numbers NaN. */
export function ln(x: number): number {
	if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
	if (x === Number.POSITIVE_INFINITY) return x;
	let exponent = 0;
	float[0] = x;
	if (words[HIGH]! >>> 20 === 0) {
		float[0] = x * 0x40000000000000;
		exponent = -54;
	}
	exponent += (words[HIGH]! >>> 20) - 1023;
	words[HIGH] = (words[HIGH]! & 0xfffff) | 0x3ff00000;
	let mantissa = float[0]!;
	if (mantissa > Math.SQRT2) {
		mantissa /= 2;
		exponent++;
	}
	const f = mantissa - 1;
	return exponent * LN2_HIGH + (f - lag(f) + exponent * LN2_LOW);
}

/** f - ln(1 + f), for 1 + f from 1/sqrt(2) to sqrt(2). */
function lag(f: number): number {
	// ln(1 + f) = 2 atanh(s), of which the series is summed from its second term on: f itself is exact.
	const s = f / (2 + f);
	const s2 = s * s;
	// |s| < 0.1716, so the first omitted term is below 2^-54.
	let sum = 1 / 21;
	for (let k = 19; k >= 3; k -= 2) sum = sum * s2 + 1 / k;
	return s * (f - 2 * s2 * sum);
}

/** Natural logarithm of 1 + x, exact to the last places also where x is tiny; -1 gives -Infinity, less NaN. */
export function log1p(x: number): number {
	return x > -0.29 && x < 0.41 ? x - lag(x) : ln(1 + x);
}

/** A positive number to a real power, within (2 + |exponent ln(base)|) / 2^52 of it, relatively; 0 to a positive power is 0. */
export function power(base: number, exponent: number): number {
	return exp(exponent * ln(base));
}

/** Exponential function; underflows to 0 and overflows to Infinity. */
export function exp(x: number): number {
	if (!(x > -745.2)) return Number.isNaN(x) ? x : 0;
	if (x > 709.8) return Number.POSITIVE_INFINITY;
	const k = Math.round(x / (LN2_HIGH + LN2_LOW));
	const r = x - k * LN2_HIGH - k * LN2_LOW;
	let sum = 1;
	for (let n = 14; n >= 1; n--) sum = 1 + (r * sum) / n;
	return scaleByPowerOf2(sum, k);
}

function scaleByPowerOf2(x: number, k: number): number {
	if (k < -1000) return scaleByPowerOf2(x * powerOf2(-1000), k + 1000);
	if (k > 1000) return scaleByPowerOf2(x * powerOf2(1000), k - 1000);
	return x * powerOf2(k);
}

function powerOf2(k: number): number {
	float[0] = 0;
	words[HIGH] = (k + 1023) << 20;
	return float[0]!;
}

/** Decimal logarithm of a positive number. */
export function log10(x: number): number {
	return ln(x) / Math.LN10;
}

/** From decibels to a power ratio. */
export function fromDb(db: number): number {
	return exp((db * Math.LN10) / 10);
}

/** From a power ratio to decibels. */
export function toDb(ratio: number): number {
	return 10 * log10(ratio);
}
