import type { Clock, Store, Timer } from "../../ports.js";
import { isLearnt } from "../../store-names.js";
import type { Flash } from "./flash.js";
import { isSame, seal, unseal } from "./seal.js";

/** A blob that may wait is written no more often than this: flash wears. */
export const WRITE_PERIOD_US = 60_000_000;
/** As NVS has it. */
const MAX_NAME_LENGTH = 15;

/** A blob whose writing may be put off. */
interface Waiting {
	readonly name: string;
	/** What is to be written; undefined to take the name away. */
	value: Uint8Array | undefined;
	isDue: boolean;
	writtenUs: number;
}

/**
 * The store of a node on flash.
 *
 * What was learnt (`LearntBlob`) is written once a minute at most, and the latest of it only; all else before `set`
 * returns, since counters rely on it. Nothing is written that is there already. A full or failing flash throws nothing:
 * `set` says so, what was learnt is tried again a minute later, and {@link FlashStore.failures} counts.
 *
 * What is found spoiled reads as an empty blob, unless it was only learnt: whoever keeps counters must not take it for
 * a new device and begin at 0.
 */
export class FlashStore implements Store {
	/** Reads and writes that failed, and blobs that were found spoiled. */
	failures = 0;
	/** Writes that went to flash. */
	writes = 0;
	readonly #flash: Flash;
	readonly #clock: Clock;
	readonly #startUs: number;
	readonly #waiting: Waiting[] = [];
	#timer: Timer = 0;
	readonly #onTimer = (): void => {
		this.#timer = 0;
		this.#writeDue(this.#clock.nowUs());
	};

	constructor(flash: Flash, clock: Clock) {
		this.#flash = flash;
		this.#clock = clock;
		// A device that starts over and over must not write each time either.
		this.#startUs = clock.nowUs();
	}

	/** Throws a RangeError for a name that flash does not take. */
	get(name: string): Uint8Array | undefined {
		checkName(name);
		const waiting = this.#find(name);
		if (waiting?.isDue === true) return waiting.value?.slice();
		let sealed: Uint8Array | undefined;
		try {
			sealed = this.#flash.read(name);
		} catch {
			return this.#spoiled(name);
		}
		return sealed === undefined ? undefined : (unseal(name, sealed) ?? this.#spoiled(name));
	}

	/** Throws a RangeError for a name that flash does not take. */
	set(name: string, value: Uint8Array | undefined): boolean {
		checkName(name);
		if (!isLearnt(name)) return this.#write(name, value);
		let waiting = this.#find(name);
		if (waiting === undefined) {
			waiting = { name, value: undefined, isDue: false, writtenUs: this.#startUs };
			this.#waiting.push(waiting);
		}
		waiting.value = value?.slice();
		waiting.isDue = true;
		this.#plan();
		return true;
	}

	/** Whether something waits to be written: what a power cut now would lose. */
	get isWaiting(): boolean {
		return this.#waiting.some(({ isDue }) => isDue);
	}

	/** Writes all that waits, before a restart or a deep sleep; returns whether it is on flash. */
	flush(): boolean {
		this.#writeDue(Number.POSITIVE_INFINITY);
		return !this.isWaiting;
	}

	#find(name: string): Waiting | undefined {
		for (const waiting of this.#waiting) if (waiting.name === name) return waiting;
		return undefined;
	}

	#spoiled(name: string): Uint8Array | undefined {
		this.failures++;
		return isLearnt(name) ? undefined : new Uint8Array(0);
	}

	/** Writes what may be written by `nowUs`. */
	#writeDue(nowUs: number): void {
		for (const waiting of this.#waiting) {
			if (!waiting.isDue || nowUs < waiting.writtenUs + WRITE_PERIOD_US) continue;
			waiting.writtenUs = this.#clock.nowUs();
			if (!this.#write(waiting.name, waiting.value)) continue;
			waiting.isDue = false;
			waiting.value = undefined;
		}
		this.#plan();
	}

	/** Sets the timer to the next write. */
	#plan(): void {
		this.#clock.cancel(this.#timer);
		this.#timer = 0;
		let nextUs = Number.POSITIVE_INFINITY;
		for (const { isDue, writtenUs } of this.#waiting)
			if (isDue) nextUs = Math.min(nextUs, writtenUs + WRITE_PERIOD_US);
		if (nextUs < Number.POSITIVE_INFINITY) {
			this.#timer = this.#clock.at(Math.max(nextUs, this.#clock.nowUs()), this.#onTimer);
		}
	}

	#write(name: string, value: Uint8Array | undefined): boolean {
		try {
			const before = this.#flash.read(name);
			if (value === undefined) {
				if (before !== undefined) this.#flash.remove(name);
			} else {
				const sealed = seal(name, value);
				if (isSame(before, sealed)) return true;
				this.#flash.write(name, sealed);
			}
			this.writes++;
			return true;
		} catch {
			this.failures++;
			return false;
		}
	}
}

function checkName(name: string): void {
	if (name.length >= 1 && name.length <= MAX_NAME_LENGTH) return;
	throw new RangeError(
		`FlashStore: expected a name of 1 to ${MAX_NAME_LENGTH} characters, got ${name.length}`,
	);
}
