import { RandomStream } from "../../../../sim/kernel/random.js";

/** Whether frames arrive: short ones (numbered broadcasts, acknowledgements) and full ones. */
export interface LinkModel {
	readonly name: string;
	/** Lets time pass until `timeUs`. */
	advanceTo(timeUs: number): void;
	broadcastArrives(): boolean;
	dataArrives(): boolean;
	acknowledgementArrives(): boolean;
}

const ONE = 2 ** 32;

/** Independent losses, each kind of frame with a reception of its own. */
export class IndependentLosses implements LinkModel {
	readonly name: string;
	readonly #random: RandomStream;
	readonly #broadcast: number;
	readonly #data: number;
	readonly #acknowledgement: number;

	constructor(name: string, broadcast: number, data: number, acknowledgement: number, seed: number) {
		this.name = name;
		this.#random = new RandomStream(seed, "losses", 0);
		this.#broadcast = broadcast * ONE;
		this.#data = data * ONE;
		this.#acknowledgement = acknowledgement * ONE;
	}

	advanceTo(): void {}

	broadcastArrives(): boolean {
		return this.#random.below(ONE) < this.#broadcast;
	}

	dataArrives(): boolean {
		return this.#random.below(ONE) < this.#data;
	}

	acknowledgementArrives(): boolean {
		return this.#random.below(ONE) < this.#acknowledgement;
	}
}

/** Losses that strike frames of every length alike, acknowledgements spared: each frame arrives with `prr`. */
export function alikeLosses(prr: number, seed: number): LinkModel {
	return new IndependentLosses(`alike ${prr}`, prr, prr, 1, seed);
}

/**
 * Losses by bit errors: a broadcast of 26 octets on the air arrives with `prr`, a frame of 133 with its power 133 / 26,
 * an acknowledgement of 11 with its power 11 / 26.
 */
export function bitErrors(prr: number, seed: number): LinkModel {
	return new IndependentLosses(`bit errors ${prr}`, prr, prr ** (133 / 26), prr ** (11 / 26), seed);
}

/**
 * Losses in bursts (Gilbert 1960, Elliott 1963): a good state that loses nothing and a bad one that loses all but
 * `badPrr`, for exponentially distributed times, so that a share `prr` of all frames arrives.
 */
export class BurstyLosses implements LinkModel {
	readonly name: string;
	readonly #random: RandomStream;
	readonly #badPrr: number;
	readonly #meanUs: readonly [good: number, bad: number];
	#isBad = false;
	#untilUs = 0;

	constructor(prr: number, badS: number, seed: number, badPrr = 0.1) {
		this.name = `bursts of ${badS} s, ${prr}`;
		this.#random = new RandomStream(seed, "bursts", 0);
		this.#badPrr = badPrr * ONE;
		const badShare = (1 - prr) / (1 - badPrr);
		this.#meanUs = [(badS * 1e6 * (1 - badShare)) / badShare, badS * 1e6];
	}

	advanceTo(timeUs: number): void {
		while (this.#untilUs <= timeUs) {
			this.#isBad = !this.#isBad;
			const uniform = (this.#random.below(ONE) + 1) / ONE;
			this.#untilUs += Math.max(1, Math.round(-Math.log(uniform) * this.#meanUs[this.#isBad ? 1 : 0]));
		}
	}

	broadcastArrives(): boolean {
		return !this.#isBad || this.#random.below(ONE) < this.#badPrr;
	}

	dataArrives(): boolean {
		return this.broadcastArrives();
	}

	acknowledgementArrives(): boolean {
		return this.broadcastArrives();
	}
}
