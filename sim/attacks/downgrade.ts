import { BROADCAST } from "../../firmware/address.js";
import { encodeHello, HELLO_BYTES } from "../../firmware/frames/hello.js";
import type { AttackFactory } from "./attack.js";
import { DatagramSender } from "./datagrams.js";

/**
 * Speaks plain RFC 4944 in the name of a neighbour that could do better, and announces in its name that it cannot: a
 * victim that believes it takes unproven fragments from that address, and may go back to sending them.
 */
export const downgrade: AttackFactory = {
	name: "downgrade",
	options: {
		announces: {
			type: "boolean",
			default: true,
			description: "Every other strike is a HELLO that takes the neighbour's capabilities back",
		},
	},
	create(options, context) {
		const { forge } = context;
		const sender = new DatagramSender(context);
		let turn = 0;
		context.onStrike(() => {
			const name = context.identity();
			const sequence = turn++;
			if (options["announces"] === true && sequence % 2 === 0) {
				const hello = new Uint8Array(HELLO_BYTES);
				encodeHello(
					{ capabilities: 0, boot: 0, sequence: sequence & 0xffff, charge: 0, neighbours: 0 },
					hello,
					0,
				);
				context.send(forge.frame({ source: name.address, destination: BROADCAST }, hello));
			} else sender.send(name, context.datagramBytes, true);
		});
	},
};
