import type { AttackContext, AttackFactory } from "./attack.js";
import { type Habit, lastFragmentAt, observeHabits } from "./eavesdropping.js";

/**
 * A fragment of the next datagram, before its sender begins with it: tags count up, and the first copy counts.
 *
 * Each strike takes the next of the senders that were heard; what it sends lies where the honest fragment will.
 */
export const earlyInjection: AttackFactory = {
	name: "early-injection",
	options: {
		fragment: {
			enum: ["first", "next"],
			default: "first",
			description: "The first fragment of the datagram to come, or its last one",
		},
	},
	create(options, context) {
		const isFirst = options["fragment"] === "first";
		const habits = observeHabits(context);
		let turn = 0;
		context.onStrike(() => {
			if (habits.length === 0) return;
			inject(habits[turn++ % habits.length]!, context, isFirst);
		});
	},
};

/** Sends a fragment of the datagram that follows the one that was heard last. */
export function inject(habit: Habit, context: AttackContext, isFirst: boolean): void {
	const { forge, victim } = context;
	const { size, firstEnd, packet, isPlain } = habit;
	const tag = (habit.tag + 1) & 0xffff;
	const claims = { source: habit.address, destination: victim.address, size, tag, isPlain };
	if (isFirst) {
		context.send(forge.first(claims, packet, firstEnd));
		return;
	}
	const at = lastFragmentAt(firstEnd, size, forge.step(claims));
	if (at > 0) context.send(forge.next(claims, at, forge.noise(size - at)));
}
