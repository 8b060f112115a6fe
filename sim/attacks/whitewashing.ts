import type { AttackFactory, Peer } from "./attack.js";
import { DatagramSender } from "./datagrams.js";
import { GOOD_BYTES, LEAST_FIRST_BYTES, SIZE_BYTES } from "./option-schemas.js";

/** Leaves its bad name behind: after a few misdeeds under one invented address it goes on under the next. */
export const whitewashing: AttackFactory = {
	name: "whitewashing",
	options: {
		good: {
			type: "integer",
			minimum: 0,
			maximum: 100,
			default: 1,
			description: "Whole datagrams under a new address before the first misdeed",
		},
		bad: {
			type: "integer",
			minimum: 1,
			maximum: 1000,
			default: 3,
			description: "Datagrams that are begun and never come, before the address is given up",
		},
		goodBytes: GOOD_BYTES,
		sizeBytes: SIZE_BYTES,
	},
	create(options, context) {
		const good = options["good"] as number;
		const lifetime = good + (options["bad"] as number);
		const sender = new DatagramSender(context);
		let turn = 0;
		let name: Peer = context.invent();
		context.onStrike(() => {
			const age = turn++ % lifetime;
			if (age === 0) name = context.invent();
			if (age < good) sender.send(name, options["goodBytes"] as number);
			else sender.reserve(name, options["sizeBytes"] as number, LEAST_FIRST_BYTES);
		});
	},
};
