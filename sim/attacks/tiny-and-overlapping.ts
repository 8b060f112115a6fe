import type { AttackContext, AttackFactory } from "./attack.js";
import { isAttackable, sameName } from "./eavesdropping.js";
import type { Heard } from "./heard.js";

const UNIT_BYTES = 8;

/**
 * Fragments of eight octets under the name of a datagram that is under way.
 *
 * `overlap`: shifted against what the datagram will bring, so that the standard demands that all of it be thrown
 * away (RFC 4944, 5.3); `beyond`: past its end; `tiny`: many in a row, each of which takes a place in the receiver's list.
 */
export const tinyAndOverlapping: AttackFactory = {
	name: "tiny-and-overlapping",
	options: {
		shape: {
			enum: ["overlap", "beyond", "tiny"],
			default: "overlap",
			description: "Across what the datagram brings, past its end, or as many as fit in its place",
		},
		fragments: {
			type: "integer",
			minimum: 1,
			maximum: 32,
			default: 8,
			description: "Fragments at a time, for `tiny`",
		},
	},
	create(options, context) {
		const shape = options["shape"] as "overlap" | "beyond" | "tiny";
		const count = shape === "tiny" ? (options["fragments"] as number) : 1;
		context.hear((heard) => {
			if (!isAttackable(heard, context) || !heard.fragment.first || !context.mayStrike()) return;
			contradict(heard, context, shape, count);
		});
	},
};

/** Answers a first fragment with small ones that do not fit its datagram. */
export function contradict(
	heard: Heard,
	context: AttackContext,
	shape: "overlap" | "beyond" | "tiny",
	count: number,
): void {
	const { forge } = context;
	const claims = sameName(heard);
	const { size } = claims;
	const end = (size - 1) & ~(UNIT_BYTES - 1);
	for (let i = 0; i < count; i++) {
		// The octets before the last unit are in the middle of an honest fragment, whatever its length.
		const at = shape === "beyond" ? end : Math.max(UNIT_BYTES, end - UNIT_BYTES * (1 + i));
		const length = shape === "beyond" ? size - at + UNIT_BYTES : UNIT_BYTES;
		context.send(forge.next(claims, at, forge.noise(length)), { urgent: true });
	}
}
