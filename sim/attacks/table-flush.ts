import type { AttackFactory } from "./attack.js";
import { DatagramSender } from "./datagrams.js";
import { identityOption, LEAST_FIRST_BYTES } from "./option-schemas.js";

/** Octets of a datagram whose fragment takes next to no memory. */
const SMALL_BYTES = 72;

/** Ever new neighbours, so that the victim's table has no place left for those that it knows. */
export const tableFlush: AttackFactory = {
	name: "table-flush",
	options: {
		identity: identityOption("invented"),
		content: {
			enum: ["fragment", "nothing"],
			default: "fragment",
			description: "What each says: the first fragment of a small datagram, or nothing above the MAC",
		},
	},
	create(options, context) {
		const { forge, victim } = context;
		const sender = new DatagramSender(context);
		context.onStrike(() => {
			const name = context.identity();
			if (options["content"] === "fragment") sender.reserve(name, SMALL_BYTES, LEAST_FIRST_BYTES);
			else context.send(forge.frame({ source: name.address, destination: victim.address }, Uint8Array.of(0)));
		});
	},
};
