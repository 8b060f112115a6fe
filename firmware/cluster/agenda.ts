import type { Outbox } from "../net/outbox.js";
import type { Clock, Timer } from "../ports.js";
import type { RoundClock } from "./round-clock.js";

interface Item {
	readonly elapsedUs: number;
	readonly task: () => void;
}

/**
 * What a node has to do in a round, by the time since the round began: when the clock is set, all of it moves along.
 *
 * Things at one time are done in the order in which they were put down.
 */
export class Agenda {
	readonly #clock: Clock;
	readonly #rounds: RoundClock;
	readonly #outbox: Pick<Outbox, "hold" | "release">;
	readonly #items: Item[] = [];
	#timer: Timer = 0;
	readonly #onTimer = (): void => {
		this.#timer = 0;
		// What a task sends goes on its way when the task is over: a chip's stack does not hold both.
		this.#outbox.hold();
		this.#items.shift()?.task();
		this.#outbox.release();
		this.rearm();
	};

	constructor(clock: Clock, rounds: RoundClock, outbox: Pick<Outbox, "hold" | "release">) {
		this.#clock = clock;
		this.#rounds = rounds;
		this.#outbox = outbox;
	}

	at(elapsedUs: number, task: () => void): void {
		let place = this.#items.length;
		while (place > 0 && this.#items[place - 1]!.elapsedUs > elapsedUs) place--;
		this.#items.splice(place, 0, { elapsedUs, task });
		if (place === 0) this.rearm();
	}

	/** The clock was set. */
	rearm(): void {
		this.#clock.cancel(this.#timer);
		this.#timer = 0;
		const first = this.#items[0];
		if (first === undefined) return;
		const atUs = Math.max(this.#clock.nowUs(), this.#rounds.at(first.elapsedUs));
		this.#timer = this.#clock.at(atUs, this.#onTimer);
	}

	clear(): void {
		this.#items.length = 0;
		this.#clock.cancel(this.#timer);
		this.#timer = 0;
	}
}
