import type { Clock, Timer } from "../../firmware/ports.js";
import { TimingWheel, WHEEL_ROW } from "./timing-wheel.js";

/** Handles a scheduled event; the two integers are whatever was scheduled. */
export type EventHandler = (a: number, b: number) => void;

/** Kinds of events; those of registered handlers follow. A slot without an event is idle. */
const IDLE = 0;
const CALLBACK = 1;
const ROW_SHIFT = WHEEL_ROW.SHIFT;
/** What a slot's row says beside its place in time. */
const KIND = WHEEL_ROW.FREE;
const A = KIND + 1;
const B = KIND + 2;
const GENERATION = KIND + 3;
/** The row of an idle slot names the next one here. */
const NEXT_IDLE = A;
const NONE = -1;
const FIRST_SLOTS = 1024;
/** Handles carry a slot and its generation, so that a stale handle cancels nothing. */
const SLOT_SPAN = 0x1000000;
/** Generations wrap here: the handle of a slot that is used all the time must stay an exact integer. */
const GENERATION_MASK = 0xfffffff;

/**
 * The event queue and clock of a simulation: integer microseconds, ordered by (time, insertion).
 *
 * Ties are broken by insertion since any other rule would make results depend on numbering. Events wait in a
 * {@link TimingWheel}, without an object each, and a cancelled one is gone at once.
 */
export class EventQueue implements Clock {
	#nowUs = 0;
	#pending = 0;
	#processed = 0;
	#stopped = false;
	readonly #wheel = new TimingWheel(FIRST_SLOTS);
	readonly #callbacks: ((() => void) | undefined)[] = [];
	/** The idle slot that is used next: the last one that became so, whose row is still at hand. */
	#idle = NONE;
	#slots = 0;
	readonly #handlers: EventHandler[] = [() => {}, () => {}];

	nowUs(): number {
		return this.#nowUs;
	}

	/** Events that were handled since the start, cancelled ones not counted. */
	get processed(): number {
		return this.#processed;
	}

	/** Events that are scheduled, cancelled ones not counted. */
	get pending(): number {
		return this.#pending;
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
		this.#put(slot, timeUs, kind, a, b);
		return this.#handleOf(slot);
	}

	/** Schedules an event that nobody will cancel: most handles are too large for engines to keep without an object. */
	post(timeUs: number, kind: number, a: number, b: number): void {
		this.#put(this.#takeSlot(), timeUs, kind, a, b);
	}

	/** Calls back at a time, between two microseconds at the later one; a time that has passed means now. */
	at(timeUs: number, callback: () => void): Timer {
		const slot = this.#takeSlot();
		this.#wheel.rows[(slot << ROW_SHIFT) | KIND] = CALLBACK;
		this.#callbacks[slot] = callback;
		this.#add(slot, timeUs);
		return this.#handleOf(slot);
	}

	cancel(timer: Timer): void {
		if (timer === 0) return;
		const generation = Math.floor((timer - 1) / SLOT_SPAN);
		const slot = timer - 1 - generation * SLOT_SPAN;
		const { rows } = this.#wheel;
		const row = slot << ROW_SHIFT;
		if (rows[row | GENERATION] !== generation || rows[row | KIND] === IDLE) return;
		if (rows[row | KIND] === CALLBACK) this.#callbacks[slot] = undefined;
		this.#wheel.remove(slot);
		this.#releaseSlot(slot);
	}

	/** Handles every event before `untilUs`, then sets the clock to it; nothing once it was stopped. */
	run(untilUs: number): void {
		while (!this.#stopped) {
			const slot = this.#wheel.take(untilUs);
			if (slot < 0) {
				if (untilUs > this.#nowUs) this.#nowUs = untilUs;
				return;
			}
			this.#handle(slot);
		}
	}

	/** Ends all: no event after the one that is being handled comes any more, and the clock stands still. */
	stop(): void {
		this.#stopped = true;
	}

	#handle(slot: number): void {
		const { rows } = this.#wheel;
		const row = slot << ROW_SHIFT;
		const kind = rows[row | KIND]!;
		this.#nowUs = this.#wheel.timeUs(slot);
		this.#processed++;
		if (kind === CALLBACK) {
			const callback = this.#callbacks[slot]!;
			this.#callbacks[slot] = undefined;
			this.#releaseSlot(slot);
			callback();
			return;
		}
		const a = rows[row | A]!;
		const b = rows[row | B]!;
		this.#releaseSlot(slot);
		this.#handlers[kind]!(a, b);
	}

	#put(slot: number, timeUs: number, kind: number, a: number, b: number): void {
		const { rows } = this.#wheel;
		const row = slot << ROW_SHIFT;
		rows[row | KIND] = kind;
		rows[row | A] = a;
		rows[row | B] = b;
		this.#add(slot, timeUs);
	}

	#add(slot: number, timeUs: number): void {
		this.#pending++;
		this.#wheel.add(slot, timeUs > this.#nowUs ? Math.ceil(timeUs) : Math.ceil(this.#nowUs));
	}

	#handleOf(slot: number): Timer {
		return this.#wheel.rows[(slot << ROW_SHIFT) | GENERATION]! * SLOT_SPAN + slot + 1;
	}

	#takeSlot(): number {
		const slot = this.#idle;
		if (slot !== NONE) {
			this.#idle = this.#wheel.rows[(slot << ROW_SHIFT) | NEXT_IDLE]!;
			return slot;
		}
		if (this.#slots === this.#wheel.capacity) this.#grow();
		this.#callbacks.push(undefined);
		return this.#slots++;
	}

	#releaseSlot(slot: number): void {
		const { rows } = this.#wheel;
		const row = slot << ROW_SHIFT;
		this.#pending--;
		rows[row | KIND] = IDLE;
		rows[row | GENERATION] = (rows[row | GENERATION]! + 1) & GENERATION_MASK;
		rows[row | NEXT_IDLE] = this.#idle;
		this.#idle = slot;
	}

	#grow(): void {
		const { capacity } = this.#wheel;
		if (capacity === SLOT_SPAN) throw new RangeError("EventQueue: more than 16 million pending events");
		// Half as many again: at a million nodes, twice as many would be memory that nobody ever needs.
		this.#wheel.grow(Math.min(SLOT_SPAN, capacity + (capacity >> 1)));
	}
}
