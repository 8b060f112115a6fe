import { CborWriter } from "../../frames/cbor.js";
import type { Clock } from "../../ports.js";
import type { EventTaker } from "./event-sink.js";
import { MAX_RECORD_BYTES, RecordType } from "./records.js";
import type { SerialPort } from "./serial-port.js";
import { CHECK_BYTES, recordCheck, Slip } from "./slip.js";

/** Octets that wait for the line, at most. */
const QUEUE_BYTES = 2048;
/** Of these, what replies and notices of loss find free when a flood of other records fills the rest. */
const RESERVED_BYTES = 640;
/** Octets of a notice of loss, at most: an array of three integers. */
const NOTICE_BYTES = 20;
/** What one takes on the line, at most. */
const NOTICE_LINE_BYTES = 2 * (NOTICE_BYTES + CHECK_BYTES) + 2;

/**
 * Sends records down a line that may be slow or that nobody reads, and never waits for it.
 *
 * A record that finds no room is lost as a whole and counted; before the next one that finds room stands a notice of how
 * many were lost. Nothing is allocated for a record.
 */
export class RecordOutput implements EventTaker {
	/** Records that found no room. */
	lost = 0;
	readonly #port: SerialPort;
	readonly #clock: Clock;
	readonly #cbor: CborWriter;
	readonly #record = new Uint8Array(MAX_RECORD_BYTES + CHECK_BYTES);
	readonly #notice = new Uint8Array(NOTICE_BYTES + CHECK_BYTES);
	/** Whole frames, as they go on the line; a ring. */
	readonly #queue = new Uint8Array(QUEUE_BYTES);
	#first = 0;
	#queued = 0;
	#lostTold = 0;
	#pumping = false;
	#whenEmpty: (() => void) | undefined;

	constructor(port: SerialPort, clock: Clock) {
		this.#port = port;
		this.#clock = clock;
		this.#cbor = new CborWriter(this.#record);
		port.onWritable(() => this.pump());
	}

	/** Begins an event, which ends with {@link end}. */
	begin(): CborWriter {
		return this.open(RecordType.event, 1);
	}

	end(): void {
		this.close();
	}

	/** Begins a record of `items` more items behind its type; write them, then {@link close} it. */
	open(type: number, items: number): CborWriter {
		const cbor = this.#cbor.reset(this.#record);
		cbor.array(items + 1);
		cbor.uint(type);
		return cbor;
	}

	/** Whether the record that was begun is longer than any may be. */
	get isTooLong(): boolean {
		return this.#cbor.length > MAX_RECORD_BYTES;
	}

	/** Sends the record that was begun; an `important` one may use what is reserved. */
	close(important = false): void {
		const reserved = important ? 0 : RESERVED_BYTES;
		const { length } = this.#cbor;
		if (this.isTooLong || !this.enqueue(this.#record, length, reserved)) this.lost++;
		this.pump();
	}

	/** Calls `callback` once all that waits has gone to the port; at once when nothing waits. */
	whenEmpty(callback: () => void): void {
		this.#whenEmpty = callback;
		this.pump();
	}

	/** Puts `record[0..length)` into the queue, its check behind it; there must be room for that in `record`. */
	private enqueue(record: Uint8Array, length: number, reserved: number): boolean {
		const check = recordCheck(record, 0, length);
		record[length] = check;
		record[length + 1] = check >>> 8;
		const end = length + CHECK_BYTES;
		let needed = end + 2;
		for (let i = 0; i < end; i++) if (record[i] === Slip.end || record[i] === Slip.escape) needed++;
		const room = QUEUE_BYTES - reserved - this.#queued;
		const hasLoss = this.lost !== this.#lostTold && record !== this.#notice;
		if (needed + (hasLoss ? NOTICE_LINE_BYTES : 0) > room) return false;
		if (hasLoss) this.tellLoss();
		this.putFrame(record, end);
		return true;
	}

	/** Written out rather than in functions of its own: it runs for every octet, and on a chip's stack. */
	private putFrame(record: Uint8Array, end: number): void {
		const queue = this.#queue;
		let at = (this.#first + this.#queued) % QUEUE_BYTES;
		const from = at;
		queue[at] = Slip.end;
		at = (at + 1) % QUEUE_BYTES;
		for (let i = 0; i < end; i++) {
			let octet = record[i] as number;
			if (octet === Slip.end || octet === Slip.escape) {
				queue[at] = Slip.escape;
				at = (at + 1) % QUEUE_BYTES;
				octet = octet === Slip.end ? Slip.escapedEnd : Slip.escapedEscape;
			}
			queue[at] = octet;
			at = (at + 1) % QUEUE_BYTES;
		}
		queue[at] = Slip.end;
		at = (at + 1) % QUEUE_BYTES;
		// A frame is never as long as the queue.
		this.#queued += (at - from + QUEUE_BYTES) % QUEUE_BYTES;
	}

	private pump(): void {
		// A port may deliver octets, and a command may answer, while it takes what is sent.
		if (this.#pumping) return;
		this.#pumping = true;
		while (this.#queued > 0) {
			const end = Math.min(this.#first + this.#queued, QUEUE_BYTES);
			const taken = this.#port.write(this.#queue, this.#first, end);
			if (taken <= 0) break;
			this.#first = (this.#first + taken) % QUEUE_BYTES;
			this.#queued -= taken;
			if (this.#queued === 0) this.tellLoss();
		}
		this.#pumping = false;
		if (this.#queued > 0) return;
		const callback = this.#whenEmpty;
		this.#whenEmpty = undefined;
		callback?.();
	}

	/** Puts a notice of what was lost into the queue, which has room for it. */
	private tellLoss(): void {
		const count = this.lost - this.#lostTold;
		if (count === 0) return;
		this.#lostTold = this.lost;
		const cbor = this.#cbor.reset(this.#notice);
		cbor.array(3);
		cbor.uint(RecordType.lost);
		cbor.number(this.#clock.nowUs());
		cbor.uint(count);
		this.enqueue(this.#notice, cbor.length, 0);
	}
}
