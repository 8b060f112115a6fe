import type { ReassemblyContext } from "../../firmware/fragments/context.js";
import type {
	ArrivedFragment,
	FragmentDrop,
	OpeningRelation,
	PolicyFactory,
	PolicyOptions,
	ReassemblyMemory,
	ReassemblyPolicy,
	Verdict,
} from "../../firmware/fragments/policy.js";
import { numberOption } from "./options.js";

/*
 * Reassembly of OpenThread, read from public snapshots of about 2023 and 2024, on a device whose receiver
 * is always on.
 *
 * Facts, from src/core/thread/mesh_forwarder.cpp (HandleFragment, UpdateReassemblyList) and
 * src/core/common/message.hpp:
 * - A first fragment always opens a message of the whole claimed size, also when there is one with the
 *   same tag; it is dropped only if it is longer than the size, or if the message pool is exhausted.
 * - Key of next fragments: size, tag, the offset that is due next, and whether the frame had link-layer
 *   security. Neither source nor destination. The oldest message that matches takes it, so fragments
 *   are accepted in order only, and a duplicate is dropped, or feeds another message with that tag.
 * - A fragment that matches no message, or reaches past the size, is dropped; the message stays.
 * - OPENTHREAD_CONFIG_6LOWPAN_REASSEMBLY_TIMEOUT = 2 s since the last fragment, looked at every second.
 * - The pool is OPENTHREAD_CONFIG_NUM_MESSAGE_BUFFERS = 44 buffers of 128 B (5,632 B): 124 B of data
 *   each, 52 fewer in the first one of a message, which bears its metadata (32-bit target).
 * - Whole when the next offset reaches the size. A completed message is not remembered.
 *
 * Differences: the pool is also the send queue's, which is not charged here; a next fragment at offset 0,
 * which OpenThread reads as a first one, is dropped; ticks are whole seconds of the node's clock.
 */

const BUFFER_BYTES = 128;
const BUFFER_DATA_BYTES = 124;
const FIRST_BUFFER_DATA_BYTES = 72;
const TICK_US = 1_000_000;

const OPTIONS: PolicyFactory["options"] = {
	timeoutS: {
		type: "number",
		exclusiveMinimum: 0,
		maximum: 59,
		default: 2,
		description: "Seconds since the last fragment (OPENTHREAD_CONFIG_6LOWPAN_REASSEMBLY_TIMEOUT)",
	},
};

class OpenThread implements ReassemblyPolicy {
	readonly name = "openthread";
	readonly completedMemoryUs = 0;
	readonly #timeoutUs: number;

	constructor(options: PolicyOptions) {
		this.#timeoutUs = Math.round(numberOption(options, OPTIONS, "timeoutS") * 1e6);
	}

	matches(context: ReassemblyContext, fragment: ArrivedFragment): boolean {
		// A context holds its first fragment from the start: one at offset 0 never matches.
		return (
			this.#isSameMessage(context, fragment) &&
			context.storedBytes === fragment.offset &&
			fragment.offset + fragment.length <= context.size
		);
	}

	admit(
		fragment: ArrivedFragment,
		memory: ReassemblyMemory,
		relation: OpeningRelation,
	): FragmentDrop | undefined {
		if (relation === "beyond-size") return "fragment-beyond-size";
		return fragment.first ? undefined : this.#whyUnmatched(fragment, memory);
	}

	charge(fragment: ArrivedFragment): number {
		const more = Math.max(0, fragment.size - FIRST_BUFFER_DATA_BYTES);
		return BUFFER_BYTES * (1 + Math.ceil(more / BUFFER_DATA_BYTES));
	}

	evict(): undefined {
		return undefined;
	}

	judge(): Verdict {
		return "store";
	}

	isComplete(context: ReassemblyContext): boolean {
		return context.storedBytes >= context.size;
	}

	deadlineUs(context: ReassemblyContext): number {
		return Math.ceil((context.lastUs + this.#timeoutUs) / TICK_US) * TICK_US;
	}

	#isSameMessage(context: ReassemblyContext, fragment: ArrivedFragment): boolean {
		return (
			context.tag === fragment.tag && context.size === fragment.size && context.secured === fragment.secured
		);
	}

	#whyUnmatched(fragment: ArrivedFragment, memory: ReassemblyMemory): FragmentDrop {
		let reason: FragmentDrop = "fragment-orphan";
		for (const context of memory.contexts) {
			if (!this.#isSameMessage(context, fragment)) continue;
			if (fragment.offset < context.storedBytes) return "fragment-duplicate";
			reason = "fragment-out-of-order";
		}
		return reason;
	}
}

/** Reassembly as OpenThread does it. */
export const openthread: PolicyFactory = {
	name: "openthread",
	options: OPTIONS,
	create: (options) => new OpenThread(options),
};
