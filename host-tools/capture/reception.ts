import type { LinkAddress } from "../../firmware/address.js";
import { hasGoodFcs } from "../../firmware/frames/fcs.js";
import { decodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { DUPLICATE_WINDOW_US } from "../../firmware/mac/duplicates.js";
import { ACK_WAIT_US } from "../../firmware/mac/timing.js";
import type { CapturedFrame } from "./captured-frame.js";

/** Why a node cannot have received a frame that a capture holds. */
export type ReceptionDrop =
	/** It did not acknowledge the frame, which asked for it: something collided with it. */
	| "not-acknowledged"
	/** It was about to acknowledge the frame before, or did so: a radio cannot do both. */
	| "receiver-busy";

const FCS_BYTES = 2;

interface Sent {
	readonly number: number;
	readonly seq: number;
	readonly timeUs: number;
	readonly isToNode: boolean;
}

/**
 * Tells from the acknowledgements of a capture which of its frames a node did not receive.
 *
 * An acknowledgement carries a sequence number and nothing else (IEEE 802.15.4-2020, 7.3.3). It belongs to
 * the latest frame before it, to whomever, that asks for one, bears that number and has none yet, if a sender
 * could still be busy with that frame: {@link DUPLICATE_WINDOW_US} is the longest that one takes, all retries
 * included. So of two copies of a frame the later one has the acknowledgement, and the earlier one has one
 * only if another follows; one that comes too late for its sender still proves that the frame was received,
 * as captures made on a workstation show.
 *
 * - `not-acknowledged`: a frame to the node that asks for an acknowledgement and has none.
 * - `receiver-busy`: a frame that asks for none, recorded between a frame to the node and the node's
 *   acknowledgement of that, if this came within {@link ACK_WAIT_US}, as a radio gives it. When it came later
 *   the node was held up before it answered, and may have heard what came meanwhile.
 *
 * All else counts as received; and everything does when not one frame to the node was acknowledged, since the
 * capture then does not hear the node. That another radio forged an acknowledgement cannot be told.
 */
export class Reception {
	readonly #node: readonly LinkAddress[];
	readonly #header = new MacHeader();
	readonly #missed = new Map<number, ReceptionDrop>();
	/** Frames that ask for an acknowledgement and have none yet, oldest first. */
	#waiting: Sent[] = [];
	/** Recent frames that the node may hear and that ask for none. */
	#silent: Sent[] = [];
	#isHeard = false;

	/** `node`: the addresses of the node. */
	constructor(node: readonly LinkAddress[]) {
		this.#node = node;
	}

	/** Takes the next frame of the capture. */
	add({ number, timeUs, psdu, fcs, drop }: CapturedFrame): void {
		if (drop !== undefined || (fcs === "present" && !hasGoodFcs(psdu))) return;
		const end = fcs === "present" ? psdu.length - FCS_BYTES : psdu.length;
		if (typeof decodeMacHeader(psdu, 0, end, this.#header) === "string") return;
		const { type, seq, ackRequest, destination } = this.#header;
		const isToNode = this.#node.some((own) => own.equals(destination));
		const sent = { number, seq, timeUs, isToNode };
		this.#waiting = this.#waiting.filter((frame) => frame.timeUs + DUPLICATE_WINDOW_US >= timeUs);
		this.#silent = this.#silent.filter((frame) => frame.timeUs + ACK_WAIT_US >= timeUs);
		if (type === FrameType.ack) this.#acknowledge(sent);
		else if (ackRequest && !destination.isBroadcast && seq >= 0) {
			this.#waiting.push(sent);
			if (isToNode) this.#missed.set(number, "not-acknowledged");
		} else if (isToNode || destination.isBroadcast) this.#silent.push(sent);
	}

	/** The frames that the node did not receive, by number, once all were taken. */
	missed(): ReadonlyMap<number, ReceptionDrop> {
		return this.#isHeard ? this.#missed : new Map();
	}

	#acknowledge({ seq, timeUs }: Sent): void {
		const at = this.#waiting.map((frame) => frame.seq).lastIndexOf(seq);
		const found = this.#waiting[at];
		if (found === undefined) return;
		this.#waiting.splice(at, 1);
		if (!found.isToNode) return;
		this.#isHeard = true;
		this.#missed.delete(found.number);
		if (timeUs > found.timeUs + ACK_WAIT_US) return;
		for (const { number } of this.#silent) {
			if (number > found.number) this.#missed.set(number, "receiver-busy");
		}
	}
}
