import type { AttackRandom } from "./attack.js";
import type { AttackKeys } from "./common-options.js";

/** Strikes that an attack which reacts may save up. */
const SAVED = 4;

/** The times at which an attack may strike, one after the other. */
export class Strikes {
	readonly startUs: number;
	readonly stopUs: number;
	readonly #meanUs: number;
	readonly #random: AttackRandom | undefined;
	/** Exact, since rounding each gap would shift the rate. */
	#exactUs: number;
	#saved = 0;

	constructor(options: AttackKeys, durationUs: number, random: AttackRandom) {
		this.startUs = Math.round(options.startS * 1e6);
		this.stopUs = options.stopS === null ? durationUs : Math.min(durationUs, Math.round(options.stopS * 1e6));
		this.#meanUs = 1e6 / options.ratePerS;
		this.#random = options.arrivals === "poisson" ? random : undefined;
		this.#exactUs =
			this.startUs + (this.#random === undefined ? random.uniform() * this.#meanUs : this.#gapUs());
	}

	/** When the next strike is due, whole microseconds. */
	get dueUs(): number {
		return Math.round(this.#exactUs);
	}

	/** Goes on to the strike after the next. */
	advance(): void {
		this.#exactUs += this.#gapUs();
	}

	/** Uses up a strike, if one was due by now and is left. */
	take(nowUs: number): boolean {
		if (nowUs >= this.stopUs) return false;
		while (this.#exactUs <= nowUs) {
			if (this.#saved === SAVED) {
				// What is not kept need not be counted through.
				this.#exactUs = nowUs + this.#gapUs();
				break;
			}
			this.#saved++;
			this.advance();
		}
		if (this.#saved === 0) return false;
		this.#saved--;
		return true;
	}

	#gapUs(): number {
		return this.#random === undefined ? this.#meanUs : this.#random.exponential() * this.#meanUs;
	}
}
