import type { Clock, Store, Timer } from "../../ports.js";
import { isLearnt } from "../../store-names.js";
import type { FlashBanks } from "./flash.js";
import { contentOf, generationOf, holds, seal } from "./seal.js";

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

/** What the banks hold under one name. */
interface Found {
	/** The bank that holds the newest blob, -1 for none. */
	readonly bank: number;
	readonly sealed: Uint8Array | undefined;
	readonly generation: number;
	/** Whether a bank holds something that no power cut leaves, or could not be read. */
	readonly isSpoiled: boolean;
}

/**
 * The store of a node on flash, in two banks: the newest blob is never the one that is written over, so that a power cut
 * loses none.
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
	readonly #banks: FlashBanks;
	readonly #clock: Clock;
	readonly #startUs: number;
	readonly #waiting: Waiting[] = [];
	#timer: Timer = 0;
	readonly #onTimer = (): void => {
		this.#timer = 0;
		this.writeDue(this.#clock.nowUs());
	};

	constructor(banks: FlashBanks, clock: Clock) {
		this.#banks = banks;
		this.#clock = clock;
		// A device that starts over and over must not write each time either.
		this.#startUs = clock.nowUs();
	}

	/** Throws a RangeError for a name that flash does not take. */
	get(name: string): Uint8Array | undefined {
		checkName(name);
		const waiting = this.find(name);
		if (waiting?.isDue === true) return waiting.value?.slice();
		const { sealed, isSpoiled } = this.lookUp(name);
		if (isSpoiled) {
			this.failures++;
			if (!isLearnt(name)) return new Uint8Array(0);
		}
		return sealed === undefined ? undefined : contentOf(sealed);
	}

	/** Throws a RangeError for a name that flash does not take. */
	set(name: string, value: Uint8Array | undefined): boolean {
		checkName(name);
		if (!isLearnt(name)) return this.write(name, value);
		let waiting = this.find(name);
		if (waiting === undefined) {
			waiting = { name, value: undefined, isDue: false, writtenUs: this.#startUs };
			this.#waiting.push(waiting);
		}
		waiting.value = value?.slice();
		waiting.isDue = true;
		this.plan();
		return true;
	}

	/** Whether something waits to be written: what a power cut now would lose. */
	get isWaiting(): boolean {
		return this.#waiting.some(({ isDue }) => isDue);
	}

	/** Writes all that waits, before a restart or a deep sleep; returns whether it is on flash. */
	flush(): boolean {
		this.writeDue(Number.POSITIVE_INFINITY);
		return !this.isWaiting;
	}

	private find(name: string): Waiting | undefined {
		for (const waiting of this.#waiting) if (waiting.name === name) return waiting;
		return undefined;
	}

	private lookUp(name: string): Found {
		let newest = -1;
		let sealed: Uint8Array | undefined;
		let generation = 0;
		let isSpoiled = false;
		for (let bank = 0; bank < this.#banks.length; bank++) {
			const read = this.read(bank, name);
			if (read === undefined) continue;
			const found = generationOf(name, read);
			if (found < 0) isSpoiled = true;
			else if (newest < 0 || found > generation) {
				newest = bank;
				sealed = read;
				generation = found;
			}
		}
		return { bank: newest, sealed, generation, isSpoiled };
	}

	/** What a bank holds; no octets, which are no blob, where it cannot be read. */
	private read(bank: number, name: string): Uint8Array | undefined {
		try {
			return this.#banks[bank]!.read(name);
		} catch {
			return new Uint8Array(0);
		}
	}

	/** Writes what may be written by `nowUs`. */
	private writeDue(nowUs: number): void {
		for (const waiting of this.#waiting) {
			if (!waiting.isDue || nowUs < waiting.writtenUs + WRITE_PERIOD_US) continue;
			waiting.writtenUs = this.#clock.nowUs();
			if (!this.write(waiting.name, waiting.value)) continue;
			waiting.isDue = false;
			waiting.value = undefined;
		}
		this.plan();
	}

	/** Sets the timer to the next write. */
	private plan(): void {
		this.#clock.cancel(this.#timer);
		this.#timer = 0;
		let nextUs = Number.POSITIVE_INFINITY;
		for (const { isDue, writtenUs } of this.#waiting)
			if (isDue) nextUs = Math.min(nextUs, writtenUs + WRITE_PERIOD_US);
		if (nextUs < Number.POSITIVE_INFINITY) {
			this.#timer = this.#clock.at(Math.max(nextUs, this.#clock.nowUs()), this.#onTimer);
		}
	}

	private write(name: string, value: Uint8Array | undefined): boolean {
		const found = this.lookUp(name);
		const other = found.bank === 0 ? 1 : 0;
		try {
			if (value === undefined) {
				// The newest last: what a power cut leaves is what was there.
				this.#banks[other].remove(name);
				this.#banks[1 - other]!.remove(name);
				this.writes++;
				return true;
			}
			if (!found.isSpoiled && found.sealed !== undefined && holds(found.sealed, value)) return true;
			this.#banks[other].write(name, seal(name, found.generation + 1, value));
			this.writes++;
			if (found.isSpoiled && found.bank < 0) this.#banks[1 - other]!.remove(name);
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
