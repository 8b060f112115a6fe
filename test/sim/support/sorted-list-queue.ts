import type { EventHandler } from "../../../sim/kernel/queue.js";

interface Entry {
	readonly timeUs: number;
	readonly handle: number;
	readonly run: () => void;
}

/** The event queue as its documentation says it, on a list that is sorted after each change. */
export class SortedListQueue {
	#nowUs = 0;
	#handles = 0;
	#entries: Entry[] = [];
	readonly #handlers: EventHandler[] = [];

	nowUs(): number {
		return this.#nowUs;
	}

	register(handler: EventHandler): number {
		return this.#handlers.push(handler) - 1;
	}

	schedule(timeUs: number, kind: number, a: number, b: number): number {
		return this.at(timeUs, () => this.#handlers[kind]!(a, b));
	}

	at(timeUs: number, run: () => void): number {
		const entry = { timeUs: Math.max(timeUs, this.#nowUs), handle: ++this.#handles, run };
		const after = this.#entries.findIndex((other) => other.timeUs > entry.timeUs);
		this.#entries.splice(after < 0 ? this.#entries.length : after, 0, entry);
		return entry.handle;
	}

	cancel(handle: number): void {
		const index = this.#entries.findIndex((entry) => entry.handle === handle);
		if (index >= 0) this.#entries.splice(index, 1);
	}

	run(untilUs: number): void {
		while (this.#entries.length > 0 && this.#entries[0]!.timeUs < untilUs) {
			const { timeUs, run } = this.#entries.shift()!;
			this.#nowUs = timeUs;
			run();
		}
		this.#nowUs = Math.max(this.#nowUs, untilUs);
	}
}
