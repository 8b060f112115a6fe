import type { LinkAddress } from "../../firmware/address.js";
import { hasGoodFcs } from "../../firmware/frames/fcs.js";
import { decodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { DUPLICATE_WINDOW_US } from "../../firmware/mac/duplicates.js";
import type { CapturedFrame } from "./captured-frame.js";

const FCS_BYTES = 2;

/** A frame that asks for an acknowledgement and has none yet. */
interface Waiting {
	readonly number: number;
	readonly seq: number;
	readonly timeUs: number;
	readonly isToNode: boolean;
}

/**
 * Numbers of the frames to a node that it did not acknowledge although they asked for it, so that it
 * cannot have received them: something collided with them, or the radio was busy.
 *
 * An acknowledgement carries a sequence number and nothing else (IEEE 802.15.4-2020, 7.3.3). It belongs to
 * the latest frame before it, to whomever, that asks for one, bears that number and has none yet, if a sender
 * could still be busy with that frame: {@link DUPLICATE_WINDOW_US} is the longest that a sender takes over
 * one frame, all retries included. So of two copies of a frame the later one has the acknowledgement, and the
 * earlier one has one only if another follows; one that comes too late for its sender still proves that the
 * frame was received, as captures taken on a workstation show.
 *
 * Taken as received: what asks for no acknowledgement or bears no sequence number, and everything when not one
 * frame to the node was acknowledged, since the capture then does not hear the node. A frame that is
 * acknowledged although the node did not receive it, by another radio that forges acknowledgements, cannot be
 * told.
 */
export function unacknowledged(
	frames: Iterable<CapturedFrame>,
	node: readonly LinkAddress[],
): ReadonlySet<number> {
	const header = new MacHeader();
	const missing = new Set<number>();
	let isHeard = false;
	let waiting: Waiting[] = [];
	for (const { number, timeUs, psdu, fcs, drop } of frames) {
		if (drop !== undefined || (fcs === "present" && !hasGoodFcs(psdu))) continue;
		const end = fcs === "present" ? psdu.length - FCS_BYTES : psdu.length;
		if (typeof decodeMacHeader(psdu, 0, end, header) === "string" || header.seq < 0) continue;
		const { type, seq, ackRequest, destination } = header;
		waiting = waiting.filter((frame) => frame.timeUs + DUPLICATE_WINDOW_US >= timeUs);
		if (type === FrameType.ack) {
			const at = waiting.map((frame) => frame.seq).lastIndexOf(seq);
			const found = waiting[at];
			if (found === undefined) continue;
			waiting.splice(at, 1);
			missing.delete(found.number);
			isHeard ||= found.isToNode;
		} else if (ackRequest && !destination.isBroadcast) {
			const isToNode = node.some((own) => own.equals(destination));
			waiting.push({ number, seq, timeUs, isToNode });
			if (isToNode) missing.add(number);
		}
	}
	return isHeard ? missing : new Set();
}
