import type { AttackFactory } from "./attack.js";
import { isAttackable, lastFragmentAt, sameName } from "./eavesdropping.js";
import { predict } from "./prediction.js";

/** A fragment under the name of a datagram that is under way, which claims another size for it. */
export const sizeConflict: AttackFactory = {
	name: "size-conflict",
	options: {
		deltaBytes: {
			type: "integer",
			minimum: -1024,
			maximum: 1024,
			default: 8,
			description: "By how much the claimed size differs, in octets",
		},
	},
	create(options, context) {
		const { forge, contexts } = context;
		const delta = options["deltaBytes"] as number;
		context.hear((heard) => {
			if (!isAttackable(heard, context) || !heard.fragment.first || !context.mayStrike()) return;
			const prediction = predict(heard, contexts, (length) => forge.noise(length));
			if (prediction === undefined) return;
			const size = Math.min(2047, Math.max(prediction.firstEnd + 8, heard.fragment.size + delta));
			const claims = { ...sameName(heard), size };
			const at = lastFragmentAt(prediction.firstEnd, size, forge.step(claims));
			if (at > 0) context.send(forge.next(claims, at, forge.noise(size - at)), { urgent: true });
		});
	},
};
