import type { AttackContext, AttackFactory } from "./attack.js";
import { isAttackable, lastFragmentAt, sameName } from "./eavesdropping.js";
import type { Heard } from "./heard.js";
import { predict, swapWords } from "./prediction.js";

/**
 * Forged fragments of datagrams that are under way (Hummen 2013): a receiver cannot tell which of two is the real one.
 *
 * `last`: as soon as a first fragment is heard, the last one, before its sender gets there. `copy`: an altered copy
 * of each fragment right after it.
 */
export const fragmentDuplication: AttackFactory = {
	name: "fragment-duplication",
	options: {
		fragment: {
			enum: ["last", "copy"],
			default: "last",
			description: "The last fragment ahead of the real one, or an altered copy after each real one",
		},
		keepsChecksum: {
			type: "boolean",
			default: true,
			description:
				"Alters the content such that the UDP checksum still holds, where the content can be foreseen",
		},
	},
	create(options, context) {
		const isLast = options["fragment"] === "last";
		const keepsChecksum = options["keepsChecksum"] as boolean;
		context.hear((heard) => {
			if (!isAttackable(heard, context)) return;
			if (isLast ? heard.fragment.first : !heard.fragment.first) {
				if (!context.mayStrike()) return;
				if (isLast) forgeLast(heard, context, keepsChecksum);
				else forgeCopy(heard, context, keepsChecksum);
			}
		});
	},
};

/** Answers a first fragment with the last one of its datagram, altered. */
export function forgeLast(heard: Heard, context: AttackContext, keepsChecksum: boolean): void {
	const { forge, contexts } = context;
	const prediction = predict(heard, contexts, (length) => forge.noise(length));
	if (prediction === undefined) return;
	const claims = sameName(heard);
	const { size } = claims;
	const { packet, firstEnd, isExact } = prediction;
	const at = lastFragmentAt(firstEnd, size, forge.step(claims));
	if (at < 0) return;
	const content = keepsChecksum && isExact ? swapWords(packet, at, size) : forge.noise(size - at);
	context.send(forge.next(claims, at, content), { urgent: true });
}

function forgeCopy(heard: Heard, context: AttackContext, keepsChecksum: boolean): void {
	const { forge } = context;
	const { offset } = heard.fragment;
	const { psdu, contentAt, contentEnd, tokenAt } = heard;
	const content = keepsChecksum
		? swapWords(psdu, contentAt, contentEnd)
		: forge.noise(contentEnd - contentAt);
	// A chained copy bears the honest token: only what it is a hash of differs.
	const token = heard.isChained ? psdu.slice(tokenAt, contentAt) : undefined;
	context.send(forge.next(sameName(heard), offset, content, token), { urgent: true });
}
