import type { ReassemblyContext } from "../../firmware/fragments/context.js";
import type {
	ArrivedFragment,
	FragmentDrop,
	PolicyFactory,
	PolicyOptions,
	ReassemblyMemory,
	ReassemblyPolicy,
	Relation,
	Verdict,
} from "../../firmware/fragments/policy.js";
import { SlotRules } from "../../firmware/fragments/standard-rules.js";
import { numberOption, timeoutOption } from "./options.js";

/*
 * Split buffer after Hummen, Hiller, Wirtz, Henze, Shafagh and Wehrle, "6LoWPAN fragmentation attacks and mitigation
 * mechanisms", WiSec 2013, by the rules of a public implementation for Contiki, made anew from its formulas.
 *
 * Facts:
 * - Memory is cut into slots of a fragment's size, 1 + ceil((UIP_BUF - 80) / 72) of them: 18 for 1,280 octets. A
 *   datagram takes slots as its fragments arrive.
 * - With the k-th fragment of a datagram the mean gap is a = (t_now - t_first) / (k - 1). If the last gap l lies within
 *   a ± w, w = 32 ticks, the reputation of the datagram grows by 100 · fragment octets / datagram size. Otherwise it is
 *   halved max(1, floor(l / a)) times.
 * - Datagrams that wait are halved too while they are late.
 * - When memory is full, the datagram of lowest reputation goes, if that is no more than the newcomer's; else the
 *   newcomer is dropped.
 *
 * Differences and choices, where the formulas say nothing:
 * - A tick of Contiki is 1/128 s on most of its boards, hence w = 250 ms.
 * - The budget decides how many slots there are. A slot, and a context, costs what it costs all policies with slots here.
 * - A first fragment is worth what one in time is: 100 · octets / size. It is the newcomer's reputation too.
 * - A datagram is late when nothing of it came for longer than a + w, its mean gap a taken without the pending one; it
 *   is then halved floor(l / a) times. Before the second fragment there is no gap, and w stands for it. This is
 *   reckoned when memory is asked for, so that the next fragment does not halve for the same delay again.
 * - Reputations are whole numbers, rounded down. Of equals the oldest goes.
 * - A next fragment that finds no slot competes with the reputation of its own datagram, which is given up when it is
 *   the lowest: without that fragment it could not become whole.
 * - The rest is RFC 4944's; the time-out, which is not known, 3 s from the first fragment.
 */

const OPTIONS: PolicyFactory["options"] = {
	timeoutS: timeoutOption(3),
	toleranceMs: {
		type: "number",
		minimum: 0,
		default: 250,
		description:
			"Milliseconds by which a gap between fragments may differ from their mean (w, 32 ticks of 1/128 s)",
	},
};

/** Halvings after which nothing is left of any reputation. */
const HALVINGS_MOST = 31;

/** What a fragment that comes in time is worth. */
function worth({ length, size }: ArrivedFragment): number {
	return Math.floor((100 * length) / size);
}

function halved(reputation: number, times: number): number {
	return reputation >> Math.min(HALVINGS_MOST, Math.max(1, Math.floor(times)));
}

class SplitBuffer extends SlotRules implements ReassemblyPolicy {
	readonly name = "split-buffer";
	readonly #timeoutUs: number;
	readonly #toleranceUs: number;
	/** Reputations at the latest fragment of each datagram. */
	readonly #reputations = new WeakMap<ReassemblyContext, number>();

	constructor(options: PolicyOptions) {
		super();
		this.#timeoutUs = Math.round(numberOption(options, OPTIONS, "timeoutS") * 1e6);
		this.#toleranceUs = Math.round(numberOption(options, OPTIONS, "toleranceMs") * 1e3);
	}

	override judge(
		context: ReassemblyContext,
		fragment: ArrivedFragment,
		relation: Relation,
	): Verdict | FragmentDrop {
		if (relation === "new" && context.fragments > 0) {
			const gapUs = fragment.timeUs - context.lastUs;
			const meanUs = (fragment.timeUs - context.openedUs) / context.fragments;
			const reputation = this.#reputationOf(context);
			const isInTime = Math.abs(gapUs - meanUs) <= this.#toleranceUs;
			this.#reputations.set(
				context,
				isInTime ? reputation + worth(fragment) : halved(reputation, gapUs / meanUs),
			);
		}
		return super.judge(context, fragment, relation);
	}

	evict(
		fragment: ArrivedFragment,
		{ contexts }: ReassemblyMemory,
		growing?: ReassemblyContext,
	): ReassemblyContext | undefined {
		let least: ReassemblyContext | undefined;
		let leastReputation = growing === undefined ? worth(fragment) : this.#reputationOf(growing);
		for (const context of contexts) {
			if (context === growing) continue;
			const reputation = this.#waiting(context, fragment.timeUs);
			if (reputation < leastReputation || (reputation === leastReputation && least === undefined)) {
				least = context;
				leastReputation = reputation;
			}
		}
		return least ?? growing;
	}

	deadlineUs(context: ReassemblyContext, fragment: ArrivedFragment): number {
		if (context.fragments === 1) this.#reputations.set(context, worth(fragment));
		return context.openedUs + this.#timeoutUs;
	}

	#reputationOf(context: ReassemblyContext): number {
		return this.#reputations.get(context) ?? 0;
	}

	/** The reputation of a datagram that waits for its next fragment. */
	#waiting(context: ReassemblyContext, nowUs: number): number {
		const reputation = this.#reputationOf(context);
		const gapUs = nowUs - context.lastUs;
		const gaps = context.fragments - 1;
		const meanUs = gaps === 0 ? 0 : (context.lastUs - context.openedUs) / gaps;
		if (gapUs <= meanUs + this.#toleranceUs) return reputation;
		return halved(reputation, gapUs / (meanUs === 0 ? this.#toleranceUs : meanUs));
	}
}

/** The split buffer (Hummen 2013). */
export const splitBuffer: PolicyFactory = {
	name: "split-buffer",
	options: OPTIONS,
	create: (options) => new SplitBuffer(options),
};
