import type { Random } from "../../firmware/ports.js";
import type { Scenario } from "../scenario/scenario.js";

/** The options of a scenario's section `worm`. */
export type WormOptions = Scenario["worm"];

/** What came of a link from an infected node to a susceptible one. */
export type Transmission = "infected" | "distrusted" | "nothing";

/** Random numbers as contacts need them. */
export interface ContactRandom extends Random {
	uniform(): number;
	exponential(): number;
}

/**
 * How many detections a neighbour's score survives, each halving it, before it is below θ: 0 when it is so at once,
 * Infinity when θ is 0.
 */
export function strikesUntilDistrust(score: number, theta: number): number {
	if (theta === 0) return Number.POSITIVE_INFINITY;
	let strikes = 0;
	for (let left = score; left >= theta; left /= 2) strikes++;
	return strikes;
}

/** Draws what passes over one link, contact by contact. */
export class LinkContacts {
	/** When the last drawn outcome came, in seconds from the sender's infection. */
	atS = 0;
	readonly #options: WormOptions;

	constructor(options: WormOptions) {
		this.#options = options;
	}

	/** `prr`: share of fragments that arrive. `strikes` as {@link strikesUntilDistrust} gives them. Nothing comes after `untilS`. */
	draw(random: ContactRandom, prr: number, strikes: number, untilS: number): Transmission {
		const { contactsPerS, fragments, keepsFragments } = this.#options;
		if (strikes === 0) return "nothing";
		let missing = fragments;
		let left = strikes;
		for (let atS = 0; ; ) {
			atS += random.exponential() / contactsPerS;
			if (!(atS < untilS)) return "nothing";
			this.atS = atS;
			const arrived = this.#contact(random, prr, missing);
			if (arrived === DETECTED) {
				missing = fragments;
				if (--left === 0) return "distrusted";
			} else if (arrived === missing) return "infected";
			else if (keepsFragments) missing -= arrived;
		}
	}

	/** How many of the missing fragments one contact brings, or that one of them was seen through. */
	#contact(random: ContactRandom, prr: number, missing: number): number {
		const { detectionShare } = this.#options;
		let arrived = 0;
		for (let i = 0; i < missing; i++) {
			if (prr < 1 && random.uniform() >= prr) continue;
			if (detectionShare > 0 && random.uniform() < detectionShare) return DETECTED;
			arrived++;
		}
		return arrived;
	}
}

const DETECTED = -1;

/**
 * Mean of exp(-decay times the delay) over the transmissions of a link, those that never come counting 0, for `prr` and
 * `strikes` as in {@link LinkContacts.draw}. A decay of 0 gives the chance of a transmission, of which
 * β / (β + γ) is the simplest case (one fragment, nothing lost, no trust).
 *
 * From the first contact, which comes before the patch with chance z = r / (r + γ + decay), what follows is the same problem with
 * fewer fragments missing, or one strike less. So a link with k fragments missing has the value A_k + B_k V, V being that
 * of a link that begins anew with one strike less.
 */
export function linkTransform(options: WormOptions, prr: number, strikes: number, decayPerS = 0): number {
	const { contactsPerS, fragments, keepsFragments, patchPerS, detectionShare } = options;
	if (strikes === 0) return 0;
	const z = contactsPerS / (contactsPerS + patchPerS + decayPerS);
	const good = prr * (1 - detectionShare);
	const lost = 1 - prr;
	const direct = [1];
	const anew = [0];
	for (let k = keepsFragments ? 1 : fragments; k <= fragments; k++) {
		const detected = 1 - integerPower(1 - prr * detectionShare, k);
		let a = keepsFragments ? 0 : integerPower(good, k);
		let b = detected;
		let stays = keepsFragments ? integerPower(lost, k) : 1 - a - detected;
		if (keepsFragments) {
			// Binomial terms, from none arrived upwards; where nothing is lost all arrive at once.
			let term = stays;
			for (let arrived = 1; arrived <= k; arrived++) {
				term =
					lost === 0
						? arrived === k
							? integerPower(good, k)
							: 0
						: (term * good * (k - arrived + 1)) / (arrived * lost);
				a += term * direct[k - arrived]!;
				b += term * anew[k - arrived]!;
			}
		}
		stays = Math.max(0, stays);
		direct[k] = (z * a) / (1 - z * stays);
		anew[k] = (z * b) / (1 - z * stays);
	}
	const gain = direct[fragments]!;
	const again = anew[fragments]!;
	if (gain === 0) return 0;
	if (strikes === Number.POSITIVE_INFINITY) return gain / (1 - again);
	return again === 1 ? gain * strikes : (gain * (1 - integerPower(again, strikes))) / (1 - again);
}

function integerPower(base: number, exponent: number): number {
	let result = 1;
	for (let i = 0; i < exponent; i++) result *= base;
	return result;
}

/** {@link linkTransform} averaged over the scores that a scenario gives neighbours. */
export function meanLinkTransform(options: WormOptions, prr: number, decayPerS = 0): number {
	const { theta, scores, score } = options;
	if (theta === 0 || scores === "equal") {
		return linkTransform(options, prr, strikesUntilDistrust(score, theta), decayPerS);
	}
	let mean = 0;
	// Scores from θ 2^(k-1) to θ 2^k survive k - 1 halvings: the next one is the last.
	let from = theta;
	for (let strikes = 1; from < 1; strikes++, from *= 2) {
		const share = Math.min(1, from * 2) - from;
		mean += share * linkTransform(options, prr, strikes, decayPerS);
	}
	return mean;
}
