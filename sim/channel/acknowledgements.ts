import type { MacHeader } from "../../firmware/frames/mac-frame.js";
import { enhancedAck, immediateAck } from "../../firmware/mac/acknowledgement.js";

/** The 256 immediate acknowledgements, by sequence number: made once, since each second frame is one. */
export const IMMEDIATE_ACKS: readonly Uint8Array[] = Array.from({ length: 256 }, (_, seq) =>
	immediateAck(seq),
);

/** The acknowledgement that a frame gets: an enhanced one in version 2, else an immediate one. */
export function acknowledgementOf(received: MacHeader): Uint8Array {
	return received.version === 2 ? enhancedAck(received) : IMMEDIATE_ACKS[received.seq]!;
}
