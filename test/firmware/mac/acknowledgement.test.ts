import test from "ava";
import { hasGoodFcs } from "../../../firmware/frames/fcs.js";
import { decodeMacHeader, FrameType } from "../../../firmware/frames/mac-frame.js";
import { acknowledgementOf } from "../../../firmware/mac/acknowledgement.js";

/** The acknowledgement of a frame of version 2, without FCS. */
function answerTo(frame: string): { hex: string; type: number | string } {
	const bytes = Buffer.from(frame, "hex");
	const header = decodeMacHeader(bytes, 0, bytes.length);
	if (typeof header === "string") throw new Error(header);
	const ack = acknowledgementOf(header);
	if (!hasGoodFcs(ack)) throw new Error("a wrong FCS");
	const decoded = decodeMacHeader(ack, 0, ack.length - 2);
	const hex = Buffer.from(ack.subarray(0, -2)).toString("hex");
	return { hex, type: typeof decoded === "string" ? decoded : decoded.type };
}

test("an enhanced acknowledgement goes back to whoever is named, in the PAN that was named", (t) => {
	t.deepEqual(answerTo("61a85acdab34127856"), { hex: "02285acdab7856", type: FrameType.ack });
	t.deepEqual(answerTo("21a85acdab341201ef7856"), { hex: "02285a01ef7856", type: FrameType.ack });
	const extended = "61ec5a0100000000000002" + "0200000000000002";
	t.deepEqual(answerTo(extended), { hex: "422c5a0200000000000002", type: FrameType.ack });
});

test("a frame that names no source is acknowledged to nobody: whoever made it up must not end the run", (t) => {
	t.deepEqual(answerTo("21285acdab341201"), { hex: "02205a", type: FrameType.ack });
	t.deepEqual(answerTo("2129cdab3412"), { hex: "0221", type: FrameType.ack });
});
