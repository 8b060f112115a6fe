import { exp, ln } from "../kernel/math.js";
import { strikesUntilDistrust, type WormOptions } from "./transmission.js";

/**
 * What theory says of a link from an infected node to one that can be infected, as `LinkContacts` draws it.
 *
 * From the first contact, which comes before the patch with chance z = r / (r + γ + decay), what follows is the same problem with
 * fewer fragments missing, or anew with one strike less. So a link with k fragments missing has the value A_k + B_k V, V being
 * that of a link that begins anew with one strike less.
 */
export class LinkTheory {
	readonly #options: WormOptions;
	/** For each number k of missing fragments that can be: chances that a contact brings 0 to k of them, none seen through. */
	readonly #arrivals: readonly (readonly [missing: number, chances: Float64Array])[];
	readonly #detection: number;

	/** `prr`: share of fragments that arrive. */
	constructor(options: WormOptions, prr: number) {
		this.#options = options;
		const { fragments, keepsFragments, detectionShare } = options;
		this.#detection = prr * detectionShare;
		const good = prr * (1 - detectionShare);
		const least = keepsFragments ? 1 : fragments;
		this.#arrivals = Array.from({ length: fragments - least + 1 }, (_, i) => {
			const missing = least + i;
			const chances = Float64Array.from({ length: missing + 1 }, (_, arrived) =>
				binomial(missing, arrived, good, 1 - prr),
			);
			return [missing, chances] as const;
		});
	}

	/**
	 * Mean of exp(-decay times the delay) over what the link passes on, 0 where that is nothing, with `strikes` as
	 * `strikesUntilDistrust` gives them. A decay of 0 gives the chance that it passes the worm on, of which β / (β + γ) is the
	 * simplest case (one fragment, nothing lost, no trust).
	 */
	transform(strikes: number, decayPerS = 0): number {
		if (strikes === 0) return 0;
		const [gain, again] = this.#values(decayPerS);
		if (gain === 0) return 0;
		if (strikes === Number.POSITIVE_INFINITY) return gain / (1 - again);
		let value = 0;
		for (let left = 0; left < strikes; left++) value = gain + again * value;
		return value;
	}

	/** A and B of a link that begins: how it ends without a detection, and what it has left of its value at the first one. */
	#values(decayPerS: number): readonly [number, number] {
		const { contactsPerS, fragments, keepsFragments, patchPerS } = this.#options;
		const z = contactsPerS / (contactsPerS + patchPerS + decayPerS);
		const direct = new Float64Array(fragments + 1);
		const anew = new Float64Array(fragments + 1);
		direct[0] = 1;
		for (const [missing, chances] of this.#arrivals) {
			const detected = 1 - power(1 - this.#detection, missing);
			let a = chances[missing]!;
			let b = detected;
			let stays = chances[0]!;
			if (!keepsFragments) stays = Math.max(0, 1 - a - detected);
			for (let arrived = 1; keepsFragments && arrived < missing; arrived++) {
				a += chances[arrived]! * direct[missing - arrived]!;
				b += chances[arrived]! * anew[missing - arrived]!;
			}
			direct[missing] = (z * a) / (1 - z * stays);
			anew[missing] = (z * b) / (1 - z * stays);
		}
		return [direct[fragments]!, anew[fragments]!];
	}

	/** {@link transform} averaged over the scores that the scenario gives neighbours. */
	mean(decayPerS = 0): number {
		const { theta, scores, score } = this.#options;
		if (theta === 0 || scores === "equal") {
			return this.transform(strikesUntilDistrust(score, theta), decayPerS);
		}
		let mean = 0;
		// Scores from θ 2^(k-1) to θ 2^k survive k - 1 halvings: the next one is the last.
		let from = theta;
		for (let strikes = 1; from < 1; strikes++, from *= 2) {
			mean += (Math.min(1, from * 2) - from) * this.transform(strikes, decayPerS);
		}
		return mean;
	}
}

/** Chance that of `count` fragments just `hits` arrive, each with chance `hit`, and all others are lost, each with chance `miss`. */
function binomial(count: number, hits: number, hit: number, miss: number): number {
	let choices = 0;
	for (let i = 0; i < hits; i++) choices += ln((count - i) / (i + 1));
	return exp(choices + times(hits, ln(hit)) + times(count - hits, ln(miss)));
}

/** A product in which nothing of what is infinite is nothing. */
function times(count: number, logarithm: number): number {
	return count === 0 ? 0 : count * logarithm;
}

function power(base: number, exponent: number): number {
	let result = 1;
	for (let i = 0; i < exponent; i++) result *= base;
	return result;
}
