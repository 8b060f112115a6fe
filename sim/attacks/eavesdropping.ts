import type { LinkAddress } from "../../firmware/address.js";
import { putFcs } from "../../firmware/frames/fcs.js";
import type { AttackContext } from "./attack.js";
import type { FragmentClaims } from "./forge.js";
import type { Heard } from "./heard.js";
import { predict } from "./prediction.js";

/** Senders that are kept in mind. */
const REMEMBERED = 64;

/** What the last datagram of a sender looked like: its next one will be alike. */
export interface Habit {
	readonly address: LinkAddress;
	size: number;
	tag: number;
	firstEnd: number;
	packet: Uint8Array;
	/** Its fragments were as in RFC 4944. */
	isPlain: boolean;
}

/** Whether a frame is a fragment that an honest node sends to the victim. */
export function isAttackable(heard: Heard, { victim }: AttackContext): boolean {
	return heard.hasFragment && !heard.isOurs && heard.header.destination.equals(victim.address);
}

/** The claims of a fragment under the name of one that was heard, in the format that its sender speaks. */
export function sameName({ header, fragment, isChained }: Heard): FragmentClaims {
	return {
		source: header.source.clone(),
		destination: header.destination.clone(),
		size: fragment.size,
		tag: fragment.tag,
		isPlain: !isChained,
	};
}

/** Bit of the first octet of the frame control field. */
const ACK_REQUEST = 0x20;

/**
 * A copy of a frame to send again. It asks for no acknowledgement, so that the airtime control, which gets none, takes
 * as much of the air; one under link-layer security must stay as it is.
 */
export function copyOf({ psdu, header }: Heard): Uint8Array {
	const copy = psdu.slice();
	if (header.securityEnabled) return copy;
	copy[0] = copy[0]! & ~ACK_REQUEST;
	putFcs(copy, copy.length);
	return copy;
}

/** Whether a frame is an honest node's, to the victim. */
export function isToVictim(heard: Heard, { victim }: AttackContext): boolean {
	return heard.isUnicast && !heard.isOurs && heard.header.destination.equals(victim.address);
}

/** Where an honest sender's last fragment begins, -1 where the first one is all. */
export function lastFragmentAt(firstEnd: number, size: number, step: number): number {
	return firstEnd >= size ? -1 : firstEnd + Math.floor((size - firstEnd - 1) / step) * step;
}

/** Notes the datagrams of all senders to the victim, the last one of each. */
export function observeHabits(context: AttackContext): Habit[] {
	const habits: Habit[] = [];
	context.hear((heard) => {
		if (!isAttackable(heard, context) || !heard.fragment.first) return;
		const prediction = predict(heard, context.contexts, (length) => context.forge.noise(length));
		if (prediction === undefined) return;
		const { source } = heard.header;
		const { size, tag } = heard.fragment;
		const { firstEnd, packet } = prediction;
		const isPlain = !heard.isChained;
		const known = habits.find(({ address }) => address.equals(source));
		if (known === undefined) {
			if (habits.length < REMEMBERED)
				habits.push({ address: source.clone(), size, tag, firstEnd, packet, isPlain });
		} else Object.assign(known, { size, tag, firstEnd, packet, isPlain });
	});
	return habits;
}
