import type { Clock, Timer } from "../ports.js";

/** What a chip has: a counter of microseconds, and one alarm that rings after whole milliseconds. */
export interface Alarm {
	/** Integer microseconds since some start, never falling. */
	nowUs(): number;
	/** Rings once, about `delayMs` from now; replaces what was set before. It may ring too early. */
	ringIn(delayMs: number): void;
}

/** Up to this long before a timer is due, its time is waited for rather than slept. */
const SPIN_US = 1_000;
/** Longest that an alarm is set for, so that a 32-bit count of milliseconds is never near its end. */
const LONGEST_MS = 3_600_000;
/** Timers that one ring may run before the host gets its turn. */
const LONGEST_RUN = 64;

/**
 * A {@link Clock} on an alarm of milliseconds: callbacks run in order of (time, insertion), and none before its time.
 *
 * The host calls {@link ring} when its alarm rings. Timers are few (tens), so they stand in one sorted list.
 */
export class AlarmClock implements Clock {
	readonly #alarm: Alarm;
	/** Pending timers, the soonest last. */
	readonly #times: number[] = [];
	readonly #timers: Timer[] = [];
	readonly #callbacks: (() => void)[] = [];
	#lastTimer = 0;
	#isRinging = false;

	constructor(alarm: Alarm) {
		this.#alarm = alarm;
	}

	nowUs(): number {
		return this.#alarm.nowUs();
	}

	/** When the soonest timer is due; Infinity without any. */
	get nextUs(): number {
		const { length } = this.#times;
		return length === 0 ? Number.POSITIVE_INFINITY : this.#times[length - 1]!;
	}

	at(timeUs: number, callback: () => void): Timer {
		const timer = ++this.#lastTimer;
		const times = this.#times;
		let index = times.length;
		while (index > 0 && times[index - 1]! <= timeUs) index--;
		this.insert(index, timeUs, timer, callback);
		if (index === times.length - 1 && !this.#isRinging) this.setAlarm();
		return timer;
	}

	cancel(timer: Timer): void {
		const index = timer === 0 ? -1 : this.#timers.indexOf(timer);
		if (index < 0) return;
		this.remove(index);
		if (index === this.#times.length && !this.#isRinging) this.setAlarm();
	}

	/** Runs what is due, waits for what is due within a millisecond, and sets the alarm for the rest. */
	ring(): void {
		if (this.#isRinging) return;
		this.#isRinging = true;
		try {
			for (let count = 0; count < LONGEST_RUN && this.reachesNext(); count++) {
				const last = this.#times.length - 1;
				const callback = this.#callbacks[last]!;
				this.remove(last);
				callback();
			}
		} finally {
			this.#isRinging = false;
			this.setAlarm();
		}
	}

	/** Whether the soonest timer is due, after a wait of at most {@link SPIN_US}. */
	private reachesNext(): boolean {
		const { length } = this.#times;
		if (length === 0) return false;
		const timeUs = this.#times[length - 1]!;
		let leftUs = timeUs - this.#alarm.nowUs();
		if (leftUs > SPIN_US) return false;
		while (leftUs > 0) leftUs = timeUs - this.#alarm.nowUs();
		return true;
	}

	private setAlarm(): void {
		const { length } = this.#times;
		if (length === 0) return;
		const leftUs = this.#times[length - 1]! - this.#alarm.nowUs();
		const leftMs = leftUs <= 0 ? 0 : Math.floor(leftUs / 1_000);
		this.#alarm.ringIn(leftMs < LONGEST_MS ? leftMs : LONGEST_MS);
	}

	// Shifted by hand: splice would make an array each time.
	private insert(index: number, timeUs: number, timer: Timer, callback: () => void): void {
		const times = this.#times;
		const timers = this.#timers;
		const callbacks = this.#callbacks;
		for (let to = times.length; to > index; to--) {
			times[to] = times[to - 1]!;
			timers[to] = timers[to - 1]!;
			callbacks[to] = callbacks[to - 1]!;
		}
		times[index] = timeUs;
		timers[index] = timer;
		callbacks[index] = callback;
	}

	private remove(index: number): void {
		const times = this.#times;
		const timers = this.#timers;
		const callbacks = this.#callbacks;
		const last = times.length - 1;
		for (let to = index; to < last; to++) {
			times[to] = times[to + 1]!;
			timers[to] = timers[to + 1]!;
			callbacks[to] = callbacks[to + 1]!;
		}
		times.pop();
		timers.pop();
		callbacks.pop();
	}
}
