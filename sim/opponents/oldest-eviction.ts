import type { ReassemblyContext } from "../../firmware/fragments/context.js";
import type { ArrivedFragment, ReassemblyMemory } from "../../firmware/fragments/policy.js";
import { RFC4944_TIMEOUT_US, Rfc4944, rfc4944Factory } from "../../firmware/fragments/rfc4944.js";

/*
 * RFC 4944 as `rfc4944` has it, but whoever comes when memory is full takes the place of the context that was opened
 * first. No stack does exactly this: RIOT gives up the entry that was touched longest ago, and ns-3 the oldest once its
 * list is limited.
 */

class OldestEviction extends Rfc4944 {
	override evict(_fragment: ArrivedFragment, memory: ReassemblyMemory): ReassemblyContext | undefined {
		return memory.contexts[0];
	}
}

/** RFC 4944 where the oldest context makes room. */
export const oldestEviction = rfc4944Factory("oldest-eviction", RFC4944_TIMEOUT_US / 1e6, OldestEviction);
