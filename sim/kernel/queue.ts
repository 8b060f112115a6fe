import type { Clock, Timer } from "../../firmware/ports.js";

/** Handles a scheduled event; the two integers are whatever was scheduled. */
export type EventHandler = (a: number, b: number) => void;

const CANCELLED = 0;
const CALLBACK = 1;
/** Handles carry a slot and its generation, so that a stale handle cancels nothing. */
const SLOT_SPAN = 0x1000000;
/** Generations wrap here: the handle of a slot that is used all the time must stay an exact integer. */
const GENERATION_MASK = 0xfffffff;
const ARITY = 4;

/**
 * The event queue and clock of a simulation: integer microseconds, ordered by (time, insertion).
 *
 * Ties are broken by insertion since any other rule would make results depend on numbering. A 4-ary
 * heap on parallel typed arrays: no object an event. A cancelled event stays as a tombstone until its time
 * comes, or until tombstones outnumber the living.
 */
export class EventQueue implements Clock {
	#nowUs = 0;
	#order = 0;
	#size = 0;
	#tombstones = 0;
	#processed = 0;
	#stopped = false;
	#heapTimeUs = new Float64Array(1024);
	#heapOrder = new Float64Array(1024);
	#heapSlot = new Int32Array(1024);
	#kind = new Uint8Array(1024);
	#a = new Int32Array(1024);
	#b = new Int32Array(1024);
	#generation = new Uint32Array(1024);
	#callbacks: ((() => void) | undefined)[] = [];
	#free: number[] = [];
	#slots = 0;
	readonly #handlers: EventHandler[] = [() => {}, () => {}];

	nowUs(): number {
		return this.#nowUs;
	}

	/** Events that were handled since the start, cancelled ones not counted. */
	get processed(): number {
		return this.#processed;
	}

	/** Events that are scheduled, tombstones included. */
	get pending(): number {
		return this.#size;
	}

	/** Registers a handler, at most 254 of them; returns its kind for {@link schedule}. */
	register(handler: EventHandler): number {
		if (this.#handlers.length > 255)
			throw new RangeError("EventQueue.register: expected at most 254 handlers");
		this.#handlers.push(handler);
		return this.#handlers.length - 1;
	}

	/** Schedules an event of a registered kind; a time that has passed means now. */
	schedule(timeUs: number, kind: number, a: number, b: number): Timer {
		const slot = this.#takeSlot();
		this.#kind[slot] = kind;
		this.#a[slot] = a;
		this.#b[slot] = b;
		this.#push(timeUs, slot);
		return this.#generation[slot]! * SLOT_SPAN + slot + 1;
	}

	at(timeUs: number, callback: () => void): Timer {
		const slot = this.#takeSlot();
		this.#kind[slot] = CALLBACK;
		this.#callbacks[slot] = callback;
		this.#push(timeUs, slot);
		return this.#generation[slot]! * SLOT_SPAN + slot + 1;
	}

	cancel(timer: Timer): void {
		if (timer === 0) return;
		const slot = (timer - 1) % SLOT_SPAN;
		if (this.#generation[slot] !== Math.floor((timer - 1) / SLOT_SPAN)) return;
		if (this.#kind[slot] === CANCELLED) return;
		this.#kind[slot] = CANCELLED;
		this.#callbacks[slot] = undefined;
		this.#tombstones++;
		if (this.#tombstones > 4096 && this.#tombstones * 2 > this.#size) this.#sweep();
	}

	/** Handles every event before `untilUs`, then sets the clock to it; nothing once it was stopped. */
	run(untilUs: number): void {
		while (!this.#stopped && this.#size > 0 && this.#heapTimeUs[0]! < untilUs) this.#step();
		if (!this.#stopped && untilUs > this.#nowUs) this.#nowUs = untilUs;
	}

	/** Ends all: no event after the one that is being handled comes any more, and the clock stands still. */
	stop(): void {
		this.#stopped = true;
	}

	#step(): void {
		const slot = this.#heapSlot[0]!;
		const timeUs = this.#heapTimeUs[0]!;
		this.#removeTop();
		const kind = this.#kind[slot]!;
		const a = this.#a[slot]!;
		const b = this.#b[slot]!;
		const callback = this.#callbacks[slot];
		this.#releaseSlot(slot);
		if (kind === CANCELLED) {
			this.#tombstones--;
			return;
		}
		this.#nowUs = timeUs;
		this.#processed++;
		if (kind === CALLBACK) callback!();
		else this.#handlers[kind]!(a, b);
	}

	#takeSlot(): number {
		const slot = this.#free.pop();
		if (slot !== undefined) return slot;
		if (this.#slots === this.#kind.length) this.#grow();
		this.#callbacks.push(undefined);
		return this.#slots++;
	}

	#releaseSlot(slot: number): void {
		this.#generation[slot] = (this.#generation[slot]! + 1) & GENERATION_MASK;
		this.#callbacks[slot] = undefined;
		this.#free.push(slot);
	}

	#grow(): void {
		const length = this.#kind.length * 2;
		if (length > SLOT_SPAN) throw new RangeError("EventQueue: more than 16 million pending events");
		const wider = <T extends { set(from: T): void }>(from: T, to: T): T => {
			to.set(from);
			return to;
		};
		this.#heapTimeUs = wider(this.#heapTimeUs, new Float64Array(length));
		this.#heapOrder = wider(this.#heapOrder, new Float64Array(length));
		this.#heapSlot = wider(this.#heapSlot, new Int32Array(length));
		this.#kind = wider(this.#kind, new Uint8Array(length));
		this.#a = wider(this.#a, new Int32Array(length));
		this.#b = wider(this.#b, new Int32Array(length));
		this.#generation = wider(this.#generation, new Uint32Array(length));
	}

	#push(timeUs: number, slot: number): void {
		this.#siftUp(this.#size++, Math.max(timeUs, this.#nowUs), this.#order++, slot);
	}

	#siftUp(from: number, timeUs: number, order: number, slot: number): void {
		const times = this.#heapTimeUs;
		const orders = this.#heapOrder;
		const slots = this.#heapSlot;
		let at = from;
		while (at > 0) {
			const parent = (at - 1) >> 2;
			const parentTimeUs = times[parent]!;
			if (parentTimeUs < timeUs || (parentTimeUs === timeUs && orders[parent]! < order)) break;
			times[at] = parentTimeUs;
			orders[at] = orders[parent]!;
			slots[at] = slots[parent]!;
			at = parent;
		}
		times[at] = timeUs;
		orders[at] = order;
		slots[at] = slot;
	}

	#removeTop(): void {
		const last = --this.#size;
		if (last > 0) {
			this.#siftDown(0, this.#heapTimeUs[last]!, this.#heapOrder[last]!, this.#heapSlot[last]!);
		}
	}

	#siftDown(from: number, timeUs: number, order: number, slot: number): void {
		const times = this.#heapTimeUs;
		const orders = this.#heapOrder;
		const slots = this.#heapSlot;
		const size = this.#size;
		let at = from;
		for (;;) {
			const first = at * ARITY + 1;
			if (first >= size) break;
			const end = Math.min(first + ARITY, size);
			let least = first;
			let leastTimeUs = times[first]!;
			for (let child = first + 1; child < end; child++) {
				const childTimeUs = times[child]!;
				if (childTimeUs < leastTimeUs || (childTimeUs === leastTimeUs && orders[child]! < orders[least]!)) {
					least = child;
					leastTimeUs = childTimeUs;
				}
			}
			if (timeUs < leastTimeUs || (timeUs === leastTimeUs && order < orders[least]!)) break;
			times[at] = leastTimeUs;
			orders[at] = orders[least]!;
			slots[at] = slots[least]!;
			at = least;
		}
		times[at] = timeUs;
		orders[at] = order;
		slots[at] = slot;
	}

	/** Takes the tombstones out and builds the heap anew. */
	#sweep(): void {
		let kept = 0;
		for (let i = 0; i < this.#size; i++) {
			const slot = this.#heapSlot[i]!;
			if (this.#kind[slot] === CANCELLED) {
				this.#releaseSlot(slot);
				continue;
			}
			this.#heapTimeUs[kept] = this.#heapTimeUs[i]!;
			this.#heapOrder[kept] = this.#heapOrder[i]!;
			this.#heapSlot[kept] = slot;
			kept++;
		}
		this.#size = kept;
		this.#tombstones = 0;
		for (let i = (kept - 2) >> 2; i >= 0; i--) {
			this.#siftDown(i, this.#heapTimeUs[i]!, this.#heapOrder[i]!, this.#heapSlot[i]!);
		}
	}
}
