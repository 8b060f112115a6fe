import Timer from "timer";
import type { Alarm } from "../alarm-clock.js";
import { chip } from "./host/chip.js";

/** Rung in vain this often: a timer that repeats is the one that may be set again and again. */
const IDLE_MS = 3_600_000;

/** The {@link Alarm} of a Moddable host: one timer, set anew each time, and the host's microseconds. */
export class TimerAlarm implements Alarm {
	readonly #timer: Timer;

	/** `onRing` is called at each alarm, and now and then without one. */
	constructor(onRing: () => void) {
		this.#timer = Timer.repeat(() => {
			// It would else ring on at the interval that it was set for last.
			Timer.schedule(this.#timer, IDLE_MS, IDLE_MS);
			onRing();
		}, IDLE_MS);
	}

	nowUs(): number {
		return chip.nowUs();
	}

	ringIn(delayMs: number): void {
		const ms = delayMs < chip.shortestAlarmMs ? chip.shortestAlarmMs : delayMs;
		// Both intervals alike: Moddable's Linux timers are lost when they differ.
		Timer.schedule(this.#timer, ms, ms === 0 ? 1 : ms);
	}
}
