import type { LinkAddress } from "../address.js";
import { NO_ADDRESS } from "../net/addresses.js";
import type { Clock, Sink, Store } from "../ports.js";
import { StoredCounter } from "../stored-counter.js";
import type { Pack } from "./packs.js";

/** A reading is handed over so often at most: who lost five of them in a row is not helped by a sixth. */
export const HAND_OVERS_MOST = 5;
/** Terms after which a reading that no receipt mentions may be sent again, and after which it is. */
export const SILENT_TERMS = 3;
export const SILENT_TERMS_MOST = 8;
/**
 * Numbers of readings that are kept lie closer together than this: the sink's window is 64 wide, and what an old head still
 * holds must not be behind it.
 */
export const SPAN_MOST = 48;
/** Numbers reserved in the store at a time: a power cycle skips at most as many. */
const SEQUENCE_BLOCK = 64;

/** Why a node gives up a reading of its own. */
export type AbandonReason =
	/** Newer ones needed its place, or {@link SPAN_MOST} of them came after it. */
	| "buffer-full"
	/** The node lost its power or was stopped: readings are in RAM. */
	| "node-stopped"
	/** It was handed over {@link HAND_OVERS_MOST} times, and never arrived. */
	| "undelivered"
	/** It was handed over, and is too old for any receipt to tell what became of it. */
	| "unconfirmed"
	/** It does not fit a frame. */
	| "too-large"
	/** All numbers are used up. */
	| "numbers-exhausted";

export const ReadingState = { waiting: 0, underWay: 1, handedOver: 2, gone: 3 } as const;
export type ReadingState = (typeof ReadingState)[keyof typeof ReadingState];

/** One reading of this node: a pack, and what is known of its way. */
export class Reading implements Pack {
	readonly origin: LinkAddress;
	readonly sequence: number;
	readonly referenceUs: number;
	readonly body: Uint8Array;
	readonly records: number;
	state: ReadingState = ReadingState.waiting;
	/** Who acknowledged it last, when, and how likely its way was to let it through, 0 to 1. */
	head: LinkAddress = NO_ADDRESS;
	handedUs = 0;
	completion = 0;
	handOvers = 0;
	/** It was on the air at least once, acknowledged or not. */
	wasSent = false;
	/** Terms that began since it was handed over. */
	terms = 0;
	/** A receipt of this phase says that it did not arrive, and none that it did. */
	isDenied = false;
	/** Whether a key authenticates that receipt. */
	isDenialProven = false;
	/** It is older than the receipts tell of. */
	isPassed = false;

	constructor(origin: LinkAddress, sequence: number, referenceUs: number, body: Uint8Array, records: number) {
		this.origin = origin;
		this.sequence = sequence;
		this.referenceUs = referenceUs;
		this.body = body;
		this.records = records;
	}
}

export interface ReadingBufferOptions {
	readonly node: number;
	readonly clock: Clock;
	readonly store: Store;
	readonly sink: Pick<
		Sink,
		"readingAccepted" | "readingHandedOver" | "readingConfirmed" | "readingAbandoned"
	>;
	readonly address: LinkAddress;
	/** Readings that are kept at most, 1 or more. */
	readonly capacity: number;
	/** Octets that the body of one may have. */
	readonly maxBodyBytes: number;
}

/**
 * The readings of one node until a receipt tells that they arrived, oldest first; which head they went to makes no
 * difference to it.
 *
 * Each that was accepted ends in exactly one way: confirmed, or abandoned with a reason. Their numbers are 16 bits that
 * wrap, and none returns soon after a power cycle. Takes `capacity` times a frame's payload and 64 octets at most.
 */
export class ReadingBuffer {
	/** Oldest first. */
	readonly readings: Reading[] = [];
	readonly #options: ReadingBufferOptions;
	readonly #numbers: StoredCounter;

	constructor(options: ReadingBufferOptions) {
		if (!(Number.isInteger(options.capacity) && options.capacity >= 1)) {
			throw new RangeError(`ReadingBuffer: expected capacity of at least 1, got ${options.capacity}`);
		}
		this.#options = options;
		this.#numbers = new StoredCounter(options.store, "reading-number", SEQUENCE_BLOCK);
	}

	/** Whether more than half of the places are taken. */
	get isHalfFull(): boolean {
		return 2 * this.readings.length > this.#options.capacity;
	}

	/** Takes a copy of the encoded records `bytes[0..length)`, whose times count from `referenceUs`. */
	accept(bytes: Uint8Array, length: number, records: number, referenceUs: number): void {
		const { node, clock, sink, address, capacity, maxBodyBytes } = this.#options;
		const number = this.#numbers.next();
		const sequence = number & 0xffff;
		sink.readingAccepted(clock.nowUs(), node, sequence);
		const reading = new Reading(address, sequence, referenceUs, bytes.slice(0, length), records);
		if (number < 0) this.abandon(reading, "numbers-exhausted");
		else if (length > maxBodyBytes) this.abandon(reading, "too-large");
		else {
			if (this.readings.length >= capacity) this.abandon(this.readings[0]!, "buffer-full");
			this.dropBehind(sequence);
			this.readings.push(reading);
		}
	}

	/** Notes that `head` acknowledged a reading, over whose way it arrives with probability `completion`. */
	noteHandedOver(reading: Reading, head: LinkAddress, completion: number): void {
		if (reading.state === ReadingState.gone) return;
		const { node, clock, sink } = this.#options;
		reading.state = ReadingState.handedOver;
		// Most readings went to few heads: one name serves all of them.
		reading.head = this.readings.find((other) => other.head.equals(head))?.head ?? head.clone();
		reading.handedUs = clock.nowUs();
		reading.completion = completion;
		reading.handOvers++;
		reading.terms = 0;
		reading.isDenied = false;
		reading.isPassed = false;
		sink.readingHandedOver(reading.handedUs, node, reading.sequence, head);
	}

	/** A reading has to be sent, again where it was handed over; gives it up when that was often enough. */
	sendAgain(reading: Reading): void {
		if (reading.state === ReadingState.gone) return;
		reading.isDenied = false;
		if (reading.state === ReadingState.handedOver && reading.handOvers >= HAND_OVERS_MOST) {
			this.abandon(reading, "undelivered");
		} else reading.state = ReadingState.waiting;
	}

	/** A receipt says that a reading arrived. */
	confirm(reading: Reading): void {
		const { node, clock, sink } = this.#options;
		if (!this.remove(reading)) return;
		sink.readingConfirmed(clock.nowUs(), node, reading.sequence);
	}

	abandon(reading: Reading, reason: AbandonReason): void {
		const { node, clock, sink } = this.#options;
		this.remove(reading);
		sink.readingAbandoned(clock.nowUs(), node, reading.sequence, reason);
	}

	/** Gives up all, as a node does that stops or loses its power. */
	clear(): void {
		for (const reading of this.readings.slice()) this.abandon(reading, "node-stopped");
	}

	private dropBehind(newest: number): void {
		for (;;) {
			const oldest = this.readings[0];
			if (oldest === undefined || ((newest - oldest.sequence) & 0xffff) < SPAN_MOST) return;
			const isHandedOver = oldest.state === ReadingState.handedOver;
			this.abandon(oldest, isHandedOver ? "unconfirmed" : "buffer-full");
		}
	}

	private remove(reading: Reading): boolean {
		reading.state = ReadingState.gone;
		const i = this.readings.indexOf(reading);
		if (i >= 0) this.readings.splice(i, 1);
		return i >= 0;
	}
}
