import type { AttackFactory } from "./attack.js";
import { copyOf, isAttackable } from "./eavesdropping.js";

/** First fragments that were heard are sent again, as they were, long after their datagrams are over. */
export const headerReplay: AttackFactory = {
	name: "header-replay",
	options: {
		recorded: {
			type: "integer",
			minimum: 1,
			maximum: 4096,
			default: 64,
			description: "First fragments that are kept; a new one takes the place of the oldest",
		},
	},
	create(options, context) {
		const most = options["recorded"] as number;
		const recorded: Uint8Array[] = [];
		let turn = 0;
		context.hear((heard) => {
			if (!isAttackable(heard, context) || !heard.fragment.first) return;
			recorded.push(copyOf(heard));
			if (recorded.length > most) recorded.shift();
		});
		context.onStrike(() => {
			if (recorded.length > 0) context.send(recorded[turn++ % recorded.length]!.slice());
		});
	},
};
