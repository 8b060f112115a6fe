import type { Radio, TransmitOptions, TransmitOutcome, TransmitWaiter } from "../../firmware/ports.js";
import type { SimSink } from "../events.js";
import type { EventQueue } from "../kernel/queue.js";

/** One recorded frame, FCS included, as it goes on the air. */
export interface ReplayFrame {
	/** Its number in the capture, from 1. */
	readonly number: number;
	/** When it was recorded, in microseconds from the first frame of the recording. */
	readonly offsetUs: number;
	readonly psdu: Uint8Array;
}

export interface ReplayOptions {
	/** Number of the radio, for its events. */
	readonly node: number;
	/** When the first frame goes out. */
	readonly startUs: number;
	/** 2 replays in half the time. */
	readonly speed: number;
	/** How often the recording is sent, one after the other. */
	readonly loops: number;
}

/** Between two loops, so that the last frame's acknowledgement is over. */
const LOOP_GAP_US = 10_000;

/**
 * A radio that sends recorded frames at their recorded times, without asking whether the channel is clear.
 *
 * A frame that is due while the one before is still on the air, or waits for its acknowledgement, follows at once.
 */
export class Replay implements TransmitWaiter {
	/** Frames that left later than recorded. */
	late = 0;
	readonly #frames: readonly ReplayFrame[];
	readonly #options: ReplayOptions;
	readonly #radio: Radio;
	readonly #queue: EventQueue;
	readonly #sink: Pick<SimSink, "frameReplayed">;
	readonly #attempt: TransmitOptions = { cca: false, atUs: 0 };
	readonly #spanUs: number;
	#next = 0;

	/** Throws a RangeError for a speed that is not above 0 or fewer than one loop. */
	constructor(
		frames: readonly ReplayFrame[],
		radio: Radio,
		queue: EventQueue,
		sink: Pick<SimSink, "frameReplayed">,
		options: ReplayOptions,
	) {
		if (!(options.speed > 0)) throw new RangeError(`Replay: expected speed above 0, got ${options.speed}`);
		if (!(options.loops >= 1))
			throw new RangeError(`Replay: expected loops of at least 1, got ${options.loops}`);
		this.#frames = frames;
		this.#radio = radio;
		this.#queue = queue;
		this.#sink = sink;
		this.#options = options;
		const last = frames.at(-1);
		this.#spanUs = last === undefined ? 0 : last.offsetUs + LOOP_GAP_US;
	}

	/** Frames whose sending is not done, over all loops. */
	get unsent(): number {
		return this.#frames.length * this.#options.loops - this.#next;
	}

	/** Sends the first frame when its time comes, and each other after the one before. */
	start(): void {
		if (this.#frames.length > 0) this.#send();
	}

	#dueUs(): number {
		const loop = Math.floor(this.#next / this.#frames.length);
		const { offsetUs } = this.#frames[this.#next % this.#frames.length]!;
		return this.#options.startUs + Math.round((loop * this.#spanUs + offsetUs) / this.#options.speed);
	}

	#send(): void {
		const dueUs = this.#dueUs();
		if (dueUs < this.#queue.nowUs()) this.late++;
		this.#attempt.atUs = dueUs;
		this.#radio.transmit(this.#frames[this.#next % this.#frames.length]!.psdu, this.#attempt, this);
	}

	transmitted(outcome: TransmitOutcome): void {
		const { number } = this.#frames[this.#next % this.#frames.length]!;
		this.#sink.frameReplayed(this.#queue.nowUs(), this.#options.node, number, outcome);
		this.#next++;
		if (this.#next < this.#frames.length * this.#options.loops) this.#send();
	}
}
