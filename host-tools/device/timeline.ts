/** A board whose clock went on, as far off the host's as before but for this, did not start anew. */
const SAME_CLOCK_US = 1_000_000;

/**
 * Puts the times of a board, which begin at 0 each time that it starts, on one line that does not go back.
 *
 * Until it starts anew, that line is the board's own clock; after that, the host's clock says how much later it is.
 */
export class Timeline {
	readonly #hostUs: () => number;
	readonly #calendarUs: () => number;
	#baseUs = 0;
	#originUs: number | undefined;
	#calendarOriginUs = 0;
	#isFresh = true;
	/** The board's time that was put on the line last. */
	#lastUs = 0;

	/** `hostUs`: a clock of this machine that never goes back; `calendarUs`: microseconds since 1970. */
	constructor(hostUs: () => number, calendarUs: () => number) {
		this.#hostUs = hostUs;
		this.#calendarUs = calendarUs;
	}

	/** The board may have started anew: its next time tells. */
	restart(): void {
		this.#isFresh = true;
	}

	/** A time of the board, in microseconds of the line. */
	at(timeUs: number): number {
		if (this.#isFresh) this.#align(timeUs);
		this.#lastUs = timeUs;
		return this.#baseUs + timeUs;
	}

	/** The same in microseconds since 1970, as the host's calendar was when the line began. */
	calendarUs(lineUs: number): number {
		return this.#calendarOriginUs + lineUs;
	}

	#align(timeUs: number): void {
		this.#isFresh = false;
		const nowUs = this.#hostUs();
		if (this.#originUs === undefined) {
			this.#originUs = nowUs - timeUs;
			this.#calendarOriginUs = this.#calendarUs() - timeUs;
			return;
		}
		const baseUs = nowUs - this.#originUs - timeUs;
		const isSameClock = timeUs >= this.#lastUs && Math.abs(baseUs - this.#baseUs) < SAME_CLOCK_US;
		if (!isSameClock) this.#baseUs = Math.max(baseUs, this.#baseUs + this.#lastUs - timeUs);
	}
}
