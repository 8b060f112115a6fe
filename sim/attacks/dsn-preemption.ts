import type { AttackFactory } from "./attack.js";
import { isToVictim } from "./eavesdropping.js";

/** A payload that is no LoWPAN frame (RFC 4944, 5.1): nothing above the MAC takes notice of it. */
const NOTHING = Uint8Array.of(0);

/**
 * A spoofed frame with the sequence number that the honest sender uses next: a receiver that knows repetitions by
 * the number alone acknowledges the honest frame and throws it away.
 */
export const dsnPreemption: AttackFactory = {
	name: "dsn-preemption",
	options: {},
	create(_options, context) {
		const { forge } = context;
		context.hear((heard) => {
			if (!isToVictim(heard, context) || !context.mayStrike()) return;
			const { source, destination, seq } = heard.header;
			const claims = { source: source.clone(), destination: destination.clone(), seq: (seq + 1) & 0xff };
			context.send(forge.frame(claims, NOTHING), { urgent: true });
		});
	},
};
