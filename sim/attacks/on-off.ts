import type { AttackFactory } from "./attack.js";
import { DatagramSender } from "./datagrams.js";
import { GOOD_BYTES, identityOption, LEAST_FIRST_BYTES, SIZE_BYTES } from "./option-schemas.js";

/** Behaves well for a while, then badly, and so on: a score that forgets is never low for long. */
export const onOff: AttackFactory = {
	name: "on-off",
	options: {
		identity: identityOption("own"),
		good: {
			type: "integer",
			minimum: 0,
			maximum: 1000,
			default: 10,
			description: "Strikes in a row that are whole datagrams",
		},
		bad: {
			type: "integer",
			minimum: 1,
			maximum: 1000,
			default: 4,
			description: "Strikes in a row, after them, that are first fragments of datagrams that never come",
		},
		goodBytes: GOOD_BYTES,
		sizeBytes: SIZE_BYTES,
	},
	create(options, context) {
		const good = options["good"] as number;
		const period = good + (options["bad"] as number);
		const sender = new DatagramSender(context);
		let turn = 0;
		context.onStrike(() => {
			const isGood = turn++ % period < good;
			if (isGood) sender.send(context.identity(), options["goodBytes"] as number);
			else sender.reserve(context.identity(), options["sizeBytes"] as number, LEAST_FIRST_BYTES);
		});
	},
};
