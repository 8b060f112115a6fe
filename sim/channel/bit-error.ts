import { exp, ln } from "../kernel/math.js";

/** Above this signal-to-noise ratio a 127-octet frame fails less than once in 10^12. */
export const ERROR_FREE_SINR = 4;
const STEPS = 8192;

/**
 * Bit error rate of the 2.4 GHz O-QPSK PHY at a linear signal-to-noise ratio (IEEE 802.15.4-2020,
 * annex on coexistence; the same formula as in ns-3 and Zuniga & Krishnamachari).
 */
export function bitErrorRate(sinr: number): number {
	let binomial = 16;
	let sum = 0;
	for (let k = 2; k <= 16; k++) {
		binomial = (binomial * (17 - k)) / k;
		sum += (k % 2 === 0 ? binomial : -binomial) * exp(20 * sinr * (1 / k - 1));
	}
	return Math.min(0.5, Math.max(0, ((8 / 15) * sum) / 16));
}

function tabulate(): Float64Array {
	const lnSuccess = new Float64Array(STEPS + 2);
	for (let i = 0; i <= STEPS + 1; i++) lnSuccess[i] = ln(1 - bitErrorRate((i * ERROR_FREE_SINR) / STEPS));
	return lnSuccess;
}

/** ln(1 - BER), tabulated over the linear ratio and interpolated. */
export class BitErrorTable {
	/** Shared by all: it takes milliseconds to compute, and never changes. */
	static #shared: Float64Array | undefined;
	readonly #lnSuccess: Float64Array = (BitErrorTable.#shared ??= tabulate());

	/** Natural logarithm of the probability that one bit is right. */
	lnBitSuccess(sinr: number): number {
		if (sinr >= ERROR_FREE_SINR) return 0;
		const position = (sinr * STEPS) / ERROR_FREE_SINR;
		const index = Math.floor(position);
		const low = this.#lnSuccess[index]!;
		return low + (position - index) * (this.#lnSuccess[index + 1]! - low);
	}

	/** Probability that a PPDU of `bytes` octets arrives whole at a constant ratio. */
	packetReception(sinr: number, bytes: number): number {
		return exp(8 * bytes * this.lnBitSuccess(sinr));
	}
}
