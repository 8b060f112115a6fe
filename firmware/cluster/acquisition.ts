import type { Clock, Random, Timer } from "../ports.js";
import { Listening, type RadioDuty } from "./radio-duty.js";

/** Rounds that a node listens without a break when it has no time, in quarters: each head speaks once a round. */
const SCAN_QUARTERS = 5;
/** After a scan in vain it sleeps as long as it listened, twice as long each time, up to so many times. */
const MOST_GAP = 8;

/** How a node without time finds the network: listens for more than a round, then sleeps, at worst eight times as long. */
export class Acquisition {
	readonly #clock: Clock;
	readonly #random: Random;
	readonly #duty: RadioDuty;
	readonly #scanUs: number;
	#gap = 1;
	#timer: Timer = 0;
	/** Whether we have no time. */
	isLost = false;

	constructor(clock: Clock, random: Random, duty: RadioDuty, roundUs: number) {
		this.#clock = clock;
		this.#random = random;
		this.#duty = duty;
		this.#scanUs = Math.ceil((roundUs * SCAN_QUARTERS) / 4);
	}

	get scanUs(): number {
		return this.#scanUs;
	}

	begin(): void {
		this.isLost = true;
		this.#gap = 1;
		this.scan();
	}

	end(): void {
		this.isLost = false;
		this.#clock.cancel(this.#timer);
		this.#timer = 0;
		this.#duty.end(Listening.scanning);
	}

	private scan(): void {
		this.#duty.begin(Listening.scanning);
		this.#timer = this.#clock.at(this.#clock.nowUs() + this.#scanUs, () => this.pause());
	}

	private pause(): void {
		this.#duty.end(Listening.scanning);
		// At random: else it might sleep whenever somebody speaks.
		const pauseUs = this.#gap * this.#scanUs - this.#random.below(this.#scanUs);
		this.#gap = Math.min(MOST_GAP, this.#gap * 2);
		this.#timer = this.#clock.at(this.#clock.nowUs() + pauseUs, () => this.scan());
	}
}
