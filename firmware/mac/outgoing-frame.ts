import { LinkAddress } from "../address.js";
import { putFcs } from "../frames/fcs.js";
import { type CsmaOutcome, Transmission } from "./csma.js";
import { FCS_BYTES, MAX_PSDU_BYTES } from "./timing.js";

/** Whoever sends a frame, and is told once, later, how it ended and how often it was on the air. */
export interface FrameWaiter {
	noteSent(outcome: CsmaOutcome, transmissions: number): void;
}

/** What a frame needs from its making until its end is known; then it serves another frame, of another node too. */
export class OutgoingFrame extends Transmission {
	readonly buffer = new Uint8Array(MAX_PSDU_BYTES);
	readonly destination = new LinkAddress();
	/** Where the payload begins in `buffer`. */
	payloadAt = 0;
	waiter: FrameWaiter | undefined;
	/** Nobody waits for it any more, but the radio may still read it: it serves no other frame. */
	isForsaken = false;
	/** Views of `buffer` by length, made once each, and the one that was asked for last: frames of a packet are as long. */
	readonly #views: (Uint8Array | undefined)[] = [];
	#view: Uint8Array | undefined;

	/** The PSDU whose payload, MIC included, ends at `end`, with its FCS. */
	finish(end: number): Uint8Array {
		const length = end + FCS_BYTES;
		putFcs(this.buffer, length);
		if (this.#view?.length !== length) this.#view = this.#views[length] ??= this.buffer.subarray(0, length);
		return this.#view;
	}
}
