import { CHAIN_BYTES, CONTEXT_BYTES } from "../trust/parameters.js";
import { type ReassemblyContext, slotBytes } from "./context.js";
import type {
	ArrivedFragment,
	FragmentDrop,
	OpeningRelation,
	ReassemblyMemory,
	Relation,
	Verdict,
} from "./policy.js";

/** A retransmission after a lost acknowledgement comes within 4 tries of some 30 ms; doubled for queues. */
const COMPLETED_MEMORY_US = 4_000_000;

/**
 * What RFC 4944, section 5.3, says of the fragments of one packet, for policies that differ in who gets memory: key of
 * source, destination, size and tag; what is malformed opens no context; an overlap that differs discards what was stored and starts anew.
 */
export abstract class StandardRules {
	readonly completedMemoryUs: number = COMPLETED_MEMORY_US;

	matches(context: ReassemblyContext, fragment: ArrivedFragment): boolean {
		return (
			context.tag === fragment.tag &&
			context.size === fragment.size &&
			context.source.equals(fragment.source) &&
			context.destination.equals(fragment.destination)
		);
	}

	admit(
		_fragment: ArrivedFragment,
		_memory: ReassemblyMemory,
		relation: OpeningRelation,
	): FragmentDrop | undefined {
		return relation === "new" ? undefined : `fragment-${relation}`;
	}

	judge(_context: ReassemblyContext, _fragment: ArrivedFragment, relation: Relation): Verdict | FragmentDrop {
		if (relation === "new") return "store";
		return relation === "overlap" ? "restart" : "ignore";
	}

	isComplete(context: ReassemblyContext): boolean {
		return context.storedBytes === context.size;
	}
}

/** The same rules with memory in slots of a fragment's size: a context pays for what it holds, not for what it claims. */
export abstract class SlotRules extends StandardRules {
	readonly usesSlots = true;

	charge(fragment: ArrivedFragment): number {
		const chainBytes = fragment.chain === undefined ? 0 : CHAIN_BYTES;
		return CONTEXT_BYTES + chainBytes + slotBytes(fragment.length);
	}

	grow(_context: ReassemblyContext, fragment: ArrivedFragment): number {
		return slotBytes(fragment.length);
	}
}
