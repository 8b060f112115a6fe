import type { AttackFactory } from "./attack.js";
import { DatagramSender } from "./datagrams.js";

/**
 * Speaks plain RFC 4944 in the name of a neighbour that could do better: a victim that believes it takes unproven
 * fragments from that address, and may go back to sending them.
 */
export const downgrade: AttackFactory = {
	name: "downgrade",
	options: {},
	create(_options, context) {
		const sender = new DatagramSender(context);
		context.onStrike(() => sender.send(context.identity(), context.datagramBytes, true));
	},
};
