import type { Clock, Timer } from "../../../firmware/ports.js";

/** A clock that a test moves by hand. */
export class HandClock implements Clock {
	#nowUs = 0;
	#timers: { id: Timer; timeUs: number; callback: () => void }[] = [];
	#last = 0;

	/** Timers that wait. */
	get pending(): number {
		return this.#timers.length;
	}

	/** When the next timer is due; never without one. */
	get nextUs(): number {
		return this.#timers[0]?.timeUs ?? Number.POSITIVE_INFINITY;
	}

	nowUs(): number {
		return this.#nowUs;
	}

	at(timeUs: number, callback: () => void): Timer {
		let place = this.#timers.length;
		while (place > 0 && this.#timers[place - 1]!.timeUs > timeUs) place--;
		this.#timers.splice(place, 0, { id: ++this.#last, timeUs, callback });
		return this.#last;
	}

	cancel(timer: Timer): void {
		this.#timers = this.#timers.filter(({ id }) => id !== timer);
	}

	/** Fires what is due until `timeUs`, in order of (time, insertion). */
	advanceTo(timeUs: number): void {
		while (this.#timers.length > 0 && this.#timers[0]!.timeUs <= timeUs) {
			const due = this.#timers.shift()!;
			this.#nowUs = Math.max(this.#nowUs, due.timeUs);
			due.callback();
		}
		this.#nowUs = Math.max(this.#nowUs, timeUs);
	}

	/** Fires what is due within `spanUs` from now. */
	advanceBy(spanUs: number): void {
		this.advanceTo(this.#nowUs + spanUs);
	}
}
