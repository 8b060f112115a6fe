import type { AttackContext, AttackFactory } from "./attack.js";
import { isAttackable } from "./eavesdropping.js";

/** Datagrams whose fate is kept in mind. */
const REMEMBERED = 32;

/**
 * Destroys one fragment of each datagram, and each of its repetitions, with a burst that begins while it is on the
 * air: what is lost of a datagram is lost as by bad luck, for a few milliseconds of transmission.
 */
export const selectiveJamming: AttackFactory = {
	name: "selective-jamming",
	options: {
		fragment: {
			enum: ["last", "first", "any"],
			default: "any",
			description:
				"Which fragment of each datagram is hit; any: the first one that is heard (a last one may be too short to hit)",
		},
	},
	create(options, context) {
		const which = options["fragment"] as "last" | "first" | "any";
		/** The fragment of each datagram that is hit, -1 for none. */
		const chosen = new Map<string, number>();
		context.sense(context.wire.beginningBytes, (begun, endUs) => {
			if (!isAttackable(begun, context) || !context.isActive()) return;
			if (which === "first" && !begun.fragment.first) return;
			if (which === "last" && !begun.isLast) return;
			const { source } = begun.header;
			const { tag, offset } = begun.fragment;
			const name = `${source} ${tag}`;
			let hit = chosen.get(name);
			if (hit === undefined) {
				hit = choose(context, offset);
				chosen.set(name, hit);
				if (chosen.size > REMEMBERED) chosen.delete(chosen.keys().next().value!);
			}
			if (hit === offset) context.jam(endUs);
		});
	},
};

function choose(context: AttackContext, offset: number): number {
	return context.mayStrike() ? offset : -1;
}
