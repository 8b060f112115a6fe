import type { AttackFactory } from "./attack.js";
import { lastFragmentAt, observeHabits } from "./eavesdropping.js";

/**
 * Takes the names of datagrams to come: tags count up from one datagram to the next (RFC 4944, 5.3).
 *
 * Under each of the next tags of each sender lies a last fragment that no honest one will displace.
 */
export const tagPrediction: AttackFactory = {
	name: "tag-prediction",
	options: {
		ahead: {
			type: "integer",
			minimum: 1,
			maximum: 64,
			default: 3,
			description: "Tags of each sender that are taken ahead of it",
		},
	},
	create(options, context) {
		const { forge, victim } = context;
		const most = options["ahead"] as number;
		const habits = observeHabits(context);
		let turn = 0;
		context.onStrike(() => {
			if (habits.length === 0) return;
			const { address, size, tag, firstEnd, isPlain } = habits[turn % habits.length]!;
			const further = 1 + (Math.floor(turn / habits.length) % most);
			turn++;
			const ahead = (tag + further) & 0xffff;
			const claims = { source: address, destination: victim.address, size, tag: ahead, isPlain };
			const at = lastFragmentAt(firstEnd, size, forge.step(claims));
			if (at > 0) context.send(forge.next(claims, at, forge.noise(size - at)));
		});
	},
};
