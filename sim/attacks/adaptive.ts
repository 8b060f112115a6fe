import type { AttackContext, AttackFactory } from "./attack.js";
import { HeardDamage } from "./damage.js";
import { DatagramSender } from "./datagrams.js";
import { inject } from "./early-injection.js";
import { isAttackable, observeHabits } from "./eavesdropping.js";
import { forgeLast } from "./fragment-duplication.js";
import type { Heard } from "./heard.js";
import { LEAST_FIRST_BYTES } from "./option-schemas.js";
import { SlowTenant } from "./slow-tenant.js";
import { contradict } from "./tiny-and-overlapping.js";

/** One way to hurt. */
interface Tactic {
	/** What it does unasked, at each strike. */
	readonly strike?: () => void;
	/** What it does about an honest first fragment. */
	readonly answer?: (heard: Heard) => void;
	/** Moving mean of the damage that was heard under it, -1 before it was tried. */
	damage: number;
}

/** Weight of the latest epoch in the mean. */
const NEWEST = 0.5;
/** One epoch in so many tries another tactic than the best one. */
const EXPLORES = 4;

/**
 * Knows the defence and seeks its threshold: tries one tactic after another, and stays with the one that hurts most by
 * what it can hear (acknowledgements that do not come, datagrams that the victim does not pass on).
 *
 * Its tactics: forged last fragments; overlapping ones; fragments of datagrams to come; promises in an honest name;
 * and a tenant without fault, whose datagrams take as long as the victim's deadlines allow. Beside a sink, where it
 * hears little of its damage, it goes on trying all of them in turn.
 */
export const adaptive: AttackFactory = {
	name: "adaptive",
	options: {
		epochS: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: 1e6,
			default: 5,
			description: "How long it keeps to one tactic before it looks at the damage, in seconds",
		},
	},
	create(options, context) {
		const epochUs = Math.max(1, Math.round((options["epochS"] as number) * 1e6));
		const tactics = tacticsOf(context);
		const damage = new HeardDamage(context);
		const random = context.random("choice");
		let turn = 0;
		let current = tactics[0]!;
		context.onStrike(() => current.strike?.());
		context.hear((heard) => {
			if (current.answer === undefined || !isAttackable(heard, context) || !heard.fragment.first) return;
			if (context.isActive()) current.answer(heard);
		});
		const judge = (): void => {
			const heard = damage.take();
			current.damage = current.damage < 0 ? heard : current.damage + NEWEST * (heard - current.damage);
			current = choose(tactics, random.below(EXPLORES) === 0, turn++);
			context.at(context.nowUs() + epochUs, judge);
		};
		context.at(context.startUs + epochUs, judge);
	},
};

function tacticsOf(context: AttackContext): Tactic[] {
	const habits = observeHabits(context);
	const sender = new DatagramSender(context);
	const tenant = new SlowTenant(context, context.own);
	let injected = 0;
	return [
		{ damage: -1, answer: (heard) => forgeLast(heard, context, true) },
		{ damage: -1, answer: (heard) => contradict(heard, context, "overlap", 1) },
		{
			damage: -1,
			strike: () => {
				if (habits.length > 0) inject(habits[injected++ % habits.length]!, context, injected % 2 === 0);
			},
		},
		{ damage: -1, strike: () => sender.reserve(context.identity(), 1280, LEAST_FIRST_BYTES) },
		{ damage: -1, strike: () => tenant.strike() },
	];
}

/** An untried tactic first; else the one that hurt most, or in turn where none did or `explores`. */
function choose(tactics: readonly Tactic[], explores: boolean, turn: number): Tactic {
	const untried = tactics.find(({ damage }) => damage < 0);
	if (untried !== undefined) return untried;
	let best = tactics[0]!;
	for (const tactic of tactics) if (tactic.damage > best.damage) best = tactic;
	return explores || best.damage === 0 ? tactics[turn % tactics.length]! : best;
}
