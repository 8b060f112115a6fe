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
