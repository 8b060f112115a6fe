import type { Clock, Timer } from "../../firmware/ports.js";

interface Pending {
	readonly timer: Timer;
	readonly timeUs: number;
	readonly callback: () => void;
}

/** A clock that follows the timestamps of a capture, for code that knows only the Clock port. */
export class CaptureClock implements Clock {
	#nowUs = 0;
	#lastTimer = 0;
	/** In order of (time, insertion). */
	readonly #pending: Pending[] = [];

	nowUs(): number {
		return this.#nowUs;
	}

	at(timeUs: number, callback: () => void): Timer {
		const timer = ++this.#lastTimer;
		let i = this.#pending.length;
		while (i > 0 && this.#pending[i - 1]!.timeUs > timeUs) i--;
		this.#pending.splice(i, 0, { timer, timeUs, callback });
		return timer;
	}

	cancel(timer: Timer): void {
		const i = this.#pending.findIndex((pending) => pending.timer === timer);
		if (i >= 0) this.#pending.splice(i, 1);
	}

	/** Moves on to `timeUs`, calling what is due on the way; a time that has passed changes nothing. */
	advance(timeUs: number): void {
		for (let next = this.#pending[0]; next !== undefined && next.timeUs <= timeUs; next = this.#pending[0]) {
			this.#pending.shift();
			this.#nowUs = Math.max(this.#nowUs, next.timeUs);
			next.callback();
		}
		this.#nowUs = Math.max(this.#nowUs, timeUs);
	}
}
