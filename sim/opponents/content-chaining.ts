import type { ReassemblyContext } from "../../firmware/fragments/context.js";
import type {
	ArrivedFragment,
	PolicyFactory,
	PolicyOptions,
	ReassemblyMemory,
	ReassemblyPolicy,
} from "../../firmware/fragments/policy.js";
import { SlotRules } from "../../firmware/fragments/standard-rules.js";
import { numberOption, timeoutOption } from "./options.js";

/*
 * Content chaining after Hummen, Hiller, Wirtz, Henze, Shafagh and Wehrle, "6LoWPAN fragmentation attacks and
 * mitigation mechanisms", WiSec 2013: the chain alone, without a score.
 *
 * Known of it: the sender hashes from the last fragment to the first; each fragment bears the token of the next, so
 * that a receiver, at every hop, verifies a fragment on arrival; there are no keys.
 *
 * Not known to us: the length of the tokens, the layout, the time-out, what is evicted, what becomes of plain fragments,
 * and any figure.
 *
 * Ours: the format, tokens and rival anchors of `../../firmware/README.md`, so that this differs from Predictive-CSM in
 * what is done with memory and in nothing else. Next fragments are stored only once verified, in slots; a plain fragment
 * is taken as RFC 4944 says from whoever is not known to chain. Without a score, age alone decides: the oldest context
 * makes room, whatever it has proved, and a fragment that finds none takes that of the oldest other. A gap is waited out.
 * The time-out of 3 s is the strongest choice that deployed stacks make.
 */

const OPTIONS: PolicyFactory["options"] = { timeoutS: timeoutOption(3) };

class ContentChaining extends SlotRules implements ReassemblyPolicy {
	readonly name = "content-chaining";
	readonly #timeoutUs: number;

	constructor(options: PolicyOptions) {
		super();
		this.#timeoutUs = Math.round(numberOption(options, OPTIONS, "timeoutS") * 1e6);
	}

	evict(
		_fragment: ArrivedFragment,
		{ contexts }: ReassemblyMemory,
		growing?: ReassemblyContext,
	): ReassemblyContext | undefined {
		return contexts[0] === growing ? contexts[1] : contexts[0];
	}

	deadlineUs(context: ReassemblyContext): number {
		return context.openedUs + this.#timeoutUs;
	}
}

/** Content chaining (Hummen 2013). */
export const contentChaining: PolicyFactory = {
	name: "content-chaining",
	options: OPTIONS,
	wire: "chained",
	create: (options) => new ContentChaining(options),
};
