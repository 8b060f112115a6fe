import type { AttackFactory } from "./attack.js";
import { DatagramSender } from "./datagrams.js";
import { isAttackable, sameName } from "./eavesdropping.js";
import { LEAST_FIRST_BYTES } from "./option-schemas.js";
import { predict } from "./prediction.js";

const KINDS = 4;

/**
 * Bad fragments in the name of an honest neighbour, so that the victim blames it.
 *
 * In turn: a datagram that never comes, one whose fragments contradict each other, one that reaches past its
 * own end, and a fragment that belongs to nothing. What the honest node sends itself is contradicted too.
 */
export const framing: AttackFactory = {
	name: "framing",
	options: {
		contradicts: {
			type: "boolean",
			default: true,
			description: "Answers each first fragment of the honest node with one that does not fit",
		},
	},
	create(options, context) {
		const { forge, victim, spoofed } = context;
		const sender = new DatagramSender(context);
		const size = 1280;
		const isChained = context.wire.format !== "plain";
		let turn = 0;
		context.onStrike(() => {
			const claims = { source: spoofed.address, destination: victim.address, size, tag: forge.tag() };
			const kind = turn++ % KINDS;
			if (kind < 3) {
				const packet = sender.packet(spoofed, size);
				context.send(forge.first(claims, packet, LEAST_FIRST_BYTES));
			}
			// Where fragments are chained only the next one due can contradict; else one that overlaps.
			const at = isChained ? LEAST_FIRST_BYTES : LEAST_FIRST_BYTES - 8;
			if (kind === 1) context.send(forge.next(claims, at, forge.noise(16)));
			if (kind === 2) context.send(forge.next(claims, size - 8, forge.noise(16)));
			if (kind === 3) context.send(forge.next(claims, 8 * (1 + (turn % 100)), forge.noise(64)));
		});
		if (options["contradicts"] !== true) return;
		context.hear((heard) => {
			if (!isAttackable(heard, context) || !heard.fragment.first) return;
			if (!heard.header.source.equals(spoofed.address) || !context.isActive()) return;
			const claims = sameName(heard);
			const due = predict(heard, context.contexts, (length) => new Uint8Array(length))?.firstEnd;
			const at = heard.isChained && due !== undefined ? due : Math.max(8, ((claims.size >> 1) & ~7) - 8);
			context.send(forge.next(claims, at, forge.noise(8)), { urgent: true });
		});
	},
};
