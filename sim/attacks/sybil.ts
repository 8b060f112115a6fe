import type { AttackFactory } from "./attack.js";
import { DatagramSender } from "./datagrams.js";
import { GOOD_BYTES, LEAST_FIRST_BYTES, SIZE_BYTES } from "./option-schemas.js";

/** One radio that is many neighbours at once, each of which earns its own share of the victim's memory. */
export const sybil: AttackFactory = {
	name: "sybil",
	options: {
		identities: {
			type: "integer",
			minimum: 1,
			maximum: 1000,
			default: 16,
			description: "Invented neighbours at a time",
		},
		good: {
			type: "integer",
			minimum: 0,
			maximum: 100,
			default: 1,
			description: "Whole datagrams of each before its first misdeed",
		},
		goodBytes: GOOD_BYTES,
		sizeBytes: SIZE_BYTES,
	},
	create(options, context) {
		const names = Array.from({ length: options["identities"] as number }, () => context.invent());
		const good = (options["good"] as number) * names.length;
		const sender = new DatagramSender(context);
		let turn = 0;
		context.onStrike(() => {
			const name = names[turn % names.length]!;
			if (turn++ < good) sender.send(name, options["goodBytes"] as number);
			else sender.reserve(name, options["sizeBytes"] as number, LEAST_FIRST_BYTES);
		});
	},
};
