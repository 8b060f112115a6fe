import type { AttackFactory } from "./attack.js";
import { DatagramSender } from "./datagrams.js";
import { LEAST_DATAGRAM_BYTES } from "./forge.js";

/** Whole, valid datagrams with invented content: no reassembler can tell them from honest ones, only a key can. */
export const forgedDatagram: AttackFactory = {
	name: "forged-datagram",
	options: {
		fragmented: {
			type: "boolean",
			default: true,
			description: "As long as the network's own datagrams; else in one frame",
		},
	},
	create(options, context) {
		const size = options["fragmented"] === true ? context.datagramBytes : LEAST_DATAGRAM_BYTES;
		const sender = new DatagramSender(context);
		context.onStrike(() => sender.send(context.identity(), size));
	},
};
