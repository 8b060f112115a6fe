import { ADVERTISEMENT_TYPE } from "../../firmware/frames/cluster-advertisement.js";
import { SYNC_TYPE } from "../../firmware/frames/cluster-sync.js";
import type { AttackFactory } from "./attack.js";
import { ClusterEar, messageTypeOf } from "./cluster-ear.js";
import { LOUD } from "./option-schemas.js";

/** Announcements of one election that are kept. */
const KEPT = 32;

/**
 * Announcements and SYNCs that were heard are sent again as they were, octet for octet: in the next election, or at once
 * and loud, so that heads seem near which are not.
 */
export const advertisementReplay: AttackFactory = {
	name: "advertisement-replay",
	options: {
		txPowerDbm: LOUD,
		when: {
			enum: ["next-election", "at-once"],
			default: "next-election",
			description: "When they are sent again",
		},
		copies: { type: "integer", minimum: 1, maximum: 16, default: 2, description: "How often each is sent" },
	},
	create(options, context) {
		const ear = new ClusterEar(context);
		const copies = options["copies"] as number;
		const isAtOnce = options["when"] === "at-once";
		let heardNow: Uint8Array[] = [];
		const send = (psdu: Uint8Array): void => {
			for (let i = 0; i < copies; i++) context.send(psdu.slice(), { urgent: true });
		};
		context.hear((heard) => {
			const type = messageTypeOf(heard);
			if (heard.isOurs || (type !== ADVERTISEMENT_TYPE && type !== SYNC_TYPE) || !context.isActive()) return;
			const psdu = heard.psdu.slice();
			if (isAtOnce) send(psdu);
			else if (heardNow.length < KEPT) heardNow.push(psdu);
		});
		if (isAtOnce) return;
		ear.onRound((times) => {
			if (!times.hasElection) return;
			const old = heardNow;
			heardNow = [];
			const spacingUs = Math.max(1, Math.floor(ear.timeline.config.electionUs / Math.max(1, old.length)));
			old.forEach((psdu, i) => {
				context.at(times.beganUs + ear.timeline.receiptEndUs + i * spacingUs, () => send(psdu));
			});
		});
	},
};
