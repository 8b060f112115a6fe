import { LinkAddress } from "../address.js";
import { MacHeader } from "../frames/mac-frame.js";
import { Neighbour } from "../trust/neighbours.js";
import type { FrameSender } from "./csma.js";
import { OutgoingFrame } from "./outgoing-frame.js";
import { MAX_PSDU_BYTES } from "./timing.js";

/** What the link layers of one machine work in, one at a time, and the frames that they lend; see `Workspace`. */
export class LinkWorkspace {
	/** Header of the frame that is being received. */
	readonly received = new MacHeader();
	/** Header of the frame that is being made. */
	readonly made = new MacHeader();
	/** The neighbour that the frame received is of, or that a frame was sent to. */
	readonly neighbour = new Neighbour();
	/** That frame in the clear, where it came protected. */
	readonly clear = new Uint8Array(MAX_PSDU_BYTES);
	/** The address of nobody, which no one changes. */
	readonly none = new LinkAddress();
	readonly #free: OutgoingFrame[] = [];
	#lent = 0;

	/** Frames that were taken and not given back: a leak check. */
	get lent(): number {
		return this.#lent;
	}

	/** A frame for `sender` to fill and to send. */
	takeFrame(sender: FrameSender): OutgoingFrame {
		this.#lent++;
		const frame = this.#free.pop() ?? new OutgoingFrame();
		frame.sender = sender;
		return frame;
	}

	/** Takes a frame back that is over; its holder must not touch it again. */
	giveFrame(frame: OutgoingFrame): void {
		if (frame.isForsaken) return;
		this.#lent--;
		frame.sender = undefined;
		frame.waiter = undefined;
		this.#free.push(frame);
	}

	/** Takes a frame back whose end may never be told, and lends it to nobody: it may still be on the air. */
	forsakeFrame(frame: OutgoingFrame): void {
		if (frame.isForsaken) return;
		this.#lent--;
		frame.isForsaken = true;
	}
}
