import type { Clock, Timer } from "../ports.js";
import type { RestingChip } from "./rest.js";

/** Feeds a chip's watchdog by the node's own timers: when they stop, the chip starts anew. */
export class Watchdog {
	readonly #chip: Pick<RestingChip, "beginWatchdog" | "feedWatchdog" | "endWatchdog">;
	readonly #clock: Clock;
	readonly #periodUs: number;
	#timer: Timer = 0;

	/** `periodUs`: between two meals; well below the time that the watchdog was built with. */
	constructor(
		chip: Pick<RestingChip, "beginWatchdog" | "feedWatchdog" | "endWatchdog">,
		clock: Clock,
		periodUs: number,
	) {
		this.#chip = chip;
		this.#clock = clock;
		this.#periodUs = periodUs;
	}

	/** Begins, if it has not; returns whether the chip has a watchdog. */
	start(): boolean {
		if (this.#timer !== 0) return true;
		if (!this.#chip.beginWatchdog()) return false;
		this.feed();
		return true;
	}

	/** Gives the watchdog back, where it was begun. */
	stop(): void {
		if (this.#timer === 0) return;
		this.#clock.cancel(this.#timer);
		this.#timer = 0;
		this.#chip.endWatchdog();
	}

	private feed(): void {
		this.#chip.feedWatchdog();
		this.#timer = this.#clock.at(this.#clock.nowUs() + this.#periodUs, () => this.feed());
	}
}
