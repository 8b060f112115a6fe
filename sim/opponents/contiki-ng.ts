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
import { booleanOption, numberOption } from "./options.js";

/*
 * Reassembly of Contiki-NG, read from a public snapshot of about 2024.
 *
 * Facts, from os/net/ipv6/sicslowpan.c and uipopt.h:
 * - Key: link-layer sender and tag (add_fragment); neither destination nor size. Only a fragment at
 *   offset 0 opens a context, and it always opens one, also when the key has one already; later
 *   fragments go to the first that matches. Others without a context are dropped.
 * - SICSLOWPAN_REASS_CONTEXTS = 2; when both are taken the newcomer is dropped.
 * - Each next fragment takes one of SICSLOWPAN_FRAGMENT_BUFFERS = 12 buffers of SICSLOWPAN_FRAGMENT_SIZE
 *   = 110 B, shared by all contexts; without a free one the fragment is dropped and its context stays.
 *   The first fragment is kept in the context: SICSLOWPAN_FIRST_FRAGMENT_SIZE = 148 B decompressed, and
 *   a longer one leaves a context that cannot complete.
 * - SICSLOWPAN_REASS_MAXAGE = 8 sixteenths of a second from the first fragment. No timer fires: expired
 *   contexts are cleared when a fragment at offset 0 arrives, and the others' when buffers run out.
 *   Until then an expired context may still complete.
 * - Overlaps, duplicates, alignment and size are not checked: every fragment is stored and its length
 *   counted. Whole when the count reaches the size that the latest next fragment bears; so a duplicate
 *   can close a hole, which is delivered as zeros. A fragment past UIP_BUFSIZE = 1,280 B clears the
 *   context, and so does a whole packet that is longer than that, or shorter than its IPv6 header says.
 * - A completed packet is not remembered.
 *
 * Differences: with two contexts of one key, the older is taken for the first. A next fragment at offset
 * 0 opens a context that never completes, where the real one continues with what an earlier packet left
 * in the slot.
 */

const UIP_BUFSIZE = 1280;
const FRAGMENT_BYTES = 110;
const FIRST_FRAGMENT_BYTES = 148;
/** One sicslowpan_frag_buf and, without its first fragment, one sicslowpan_frag_info. */
const BUFFER_STRUCT_BYTES = FRAGMENT_BYTES + 3;
const CONTEXT_STRUCT_BYTES = FIRST_FRAGMENT_BYTES + 28;
/** RFC 4944, 5.3. The real stack waits for the next first fragment, however long that takes. */
const ABANDON_US = 60_000_000;

const OPTIONS: PolicyFactory["options"] = {
	contexts: {
		type: "integer",
		minimum: 1,
		default: 2,
		description: "Reassembly contexts (SICSLOWPAN_REASS_CONTEXTS)",
	},
	fragmentBuffers: {
		type: "integer",
		minimum: 1,
		default: 12,
		description: "Buffers for next fragments, shared by all contexts (SICSLOWPAN_FRAGMENT_BUFFERS)",
	},
	timeoutS: {
		type: "number",
		exclusiveMinimum: 0,
		maximum: 60,
		default: 0.5,
		description: "Seconds from the first fragment until the context may be cleared (SICSLOWPAN_REASS_MAXAGE)",
	},
	timer: {
		type: "boolean",
		default: false,
		description: "Clear expired contexts at once, as if a timer did it, not when the next packet begins",
	},
};

/** What no fragment has brought is delivered as zeros. */
function zeroHoles(context: ReassemblyContext): void {
	const { buffer, ranges, size } = context;
	for (let at = 0; at < size; ) {
		let coveredTo = at;
		let nextAt = size;
		for (let i = 0; i < ranges.length; i += 2) {
			const from = ranges[i]!;
			if (from > at) nextAt = Math.min(nextAt, from);
			else coveredTo = Math.max(coveredTo, from + ranges[i + 1]!);
		}
		if (coveredTo === at) buffer.fill(0, at, nextAt);
		at = coveredTo === at ? nextAt : coveredTo;
	}
}

class ContikiNg implements ReassemblyPolicy {
	readonly name = "contiki-ng";
	readonly completedMemoryUs = 0;
	readonly maxContexts: number;
	readonly #fragmentBuffers: number;
	readonly #timeoutUs: number;
	readonly #abandonUs: number;
	/** Contexts that the stack has cleared already; they go when their place is needed. */
	readonly #cleared = new WeakSet<ReassemblyContext>();

	constructor(options: PolicyOptions) {
		this.maxContexts = numberOption(options, OPTIONS, "contexts");
		this.#fragmentBuffers = numberOption(options, OPTIONS, "fragmentBuffers");
		this.#timeoutUs = Math.round(numberOption(options, OPTIONS, "timeoutS") * 1e6);
		this.#abandonUs = booleanOption(options, OPTIONS, "timer") ? this.#timeoutUs : ABANDON_US;
	}

	matches(context: ReassemblyContext, fragment: ArrivedFragment): boolean {
		return (
			fragment.offset > 0 &&
			context.tag === fragment.tag &&
			context.source.equals(fragment.source) &&
			!this.#cleared.has(context)
		);
	}

	admit(fragment: ArrivedFragment, memory: ReassemblyMemory): FragmentDrop | undefined {
		if (fragment.offset > 0) return "fragment-orphan";
		this.#clearExpired(memory, fragment.timeUs, undefined);
		return undefined;
	}

	charge(): number {
		const buffers = (this.#fragmentBuffers * BUFFER_STRUCT_BYTES) / this.maxContexts;
		return CONTEXT_STRUCT_BYTES + Math.ceil(buffers);
	}

	evict(_fragment: ArrivedFragment, memory: ReassemblyMemory): ReassemblyContext | undefined {
		return memory.contexts.find((context) => this.#cleared.has(context));
	}

	judge(
		context: ReassemblyContext,
		fragment: ArrivedFragment,
		_relation: Relation,
		memory: ReassemblyMemory,
	): Verdict | FragmentDrop {
		if (fragment.offset === 0) return "store";
		if (fragment.length > FRAGMENT_BYTES) return "fragment-size";
		if (this.#buffersUsed(memory) >= this.#fragmentBuffers) {
			this.#clearExpired(memory, fragment.timeUs, context);
			if (this.#buffersUsed(memory) >= this.#fragmentBuffers) return "reassembly-full";
		}
		if (fragment.offset + fragment.length > UIP_BUFSIZE) return "discard";
		const whole = context.storedBytes + fragment.length >= fragment.size;
		if (!whole || !this.#isUsable(context)) return "store";
		const { size } = context;
		return size > UIP_BUFSIZE || size < context.ranges[1]! || fragment.size < size ? "discard" : "store";
	}

	isComplete(context: ReassemblyContext, fragment: ArrivedFragment): boolean {
		if (fragment.offset === 0 || context.storedBytes < fragment.size || !this.#isUsable(context))
			return false;
		zeroHoles(context);
		return true;
	}

	deadlineUs(context: ReassemblyContext): number {
		return context.openedUs + this.#abandonUs;
	}

	/** Whether the first fragment fitted into the context. */
	#isUsable(context: ReassemblyContext): boolean {
		return context.hasFirst && context.ranges[1]! <= FIRST_FRAGMENT_BYTES;
	}

	#clearExpired(memory: ReassemblyMemory, nowUs: number, except: ReassemblyContext | undefined): void {
		for (const context of memory.contexts) {
			if (context !== except && nowUs - context.openedUs >= this.#timeoutUs) this.#cleared.add(context);
		}
	}

	#buffersUsed(memory: ReassemblyMemory): number {
		let used = 0;
		for (const context of memory.contexts) if (!this.#cleared.has(context)) used += context.fragments - 1;
		return used;
	}
}

/** Reassembly as Contiki-NG does it. */
export const contikiNg: PolicyFactory = {
	name: "contiki-ng",
	options: OPTIONS,
	create: (options) => new ContikiNg(options),
};
