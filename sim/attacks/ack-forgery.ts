import { ACK_BYTES, airtimeUs, TURNAROUND_US } from "../../firmware/mac/timing.js";
import type { AttackFactory } from "./attack.js";
import { isToVictim } from "./eavesdropping.js";

/** A burst ends this long before the frame that it hits, so that the transmitter is free for the acknowledgement. */
const BEFORE_END_US = 64;

/**
 * Acknowledges frames that the victim did not get: their senders go on as if all were well.
 *
 * With `jams`, a burst sees to it that the victim does not get them; else it only races the victim's own answer.
 * It must be heard by the senders, so it does not match anybody's strength.
 */
export const ackForgery: AttackFactory = {
	name: "ack-forgery",
	options: {
		txPowerDbm: {
			anyOf: [{ enum: ["match"] }, { type: "number", minimum: -40, maximum: 30 }],
			default: 0,
			description: "Transmit power; match: as loud at the victim as its neighbour",
		},
		jams: { type: "boolean", default: true, description: "Destroys the frame before it acknowledges it" },
	},
	create(options, context) {
		const { forge } = context;
		if (options["jams"] !== true) {
			context.hear((heard) => {
				if (!isToVictim(heard, context) || !heard.header.ackRequest || !context.mayStrike()) return;
				context.send(forge.acknowledgement(heard.header.seq), { atUs: context.nowUs() + TURNAROUND_US });
			});
			return;
		}
		context.sense(context.wire.beginningBytes, (begun, endUs) => {
			if (!isToVictim(begun, context) || !begun.header.ackRequest) return;
			const leastUs = TURNAROUND_US + airtimeUs(ACK_BYTES) + BEFORE_END_US;
			if (endUs - context.nowUs() < leastUs || !context.mayStrike()) return;
			const { seq } = begun.header;
			context.jam(endUs - BEFORE_END_US, () => {
				context.send(forge.acknowledgement(seq), { atUs: endUs + TURNAROUND_US });
			});
		});
	},
};
