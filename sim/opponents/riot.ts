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
 * Reassembly of RIOT's GNRC stack, read from public snapshots of about 2021 (reassembly buffer) and
 * 2023 (IPHC), and compared ping by ping with recordings of nodes of a 2026.07 tree under attack
 * (`npm run riot-captures`).
 *
 * Facts, from sys/net/gnrc/network_layer/sixlowpan/frag/rb/gnrc_sixlowpan_frag_rb.c, its Kconfig, and
 * sixlowpan/iphc/gnrc_sixlowpan_iphc.c:
 * - Key: link-layer source and destination, datagram size, tag (_rbuf_get). Any fragment may open an
 *   entry, first or not.
 * - CONFIG_GNRC_SIXLOWPAN_FRAG_RBUF_SIZE = 4 entries. When all are taken the one touched longest ago
 *   goes, unless CONFIG_GNRC_SIXLOWPAN_FRAG_RBUF_DO_NOT_OVERRIDE is set.
 * - The whole claimed size is then allocated in the packet buffer (gnrc_pktbuf_add; 6,144 B by default).
 *   If that fails, the newcomer is lost and the evicted entry stays lost.
 * - CONFIG_GNRC_SIXLOWPAN_FRAG_RBUF_TIMEOUT_US = 3 s since the last fragment with the key, duplicates
 *   included.
 * - Reaching past the size discards the entry, one opened by that very fragment too, and comes before
 *   every other check. Partial overlap discards it and starts anew with the newcomer. The same range
 *   again: the first copy is kept. Alignment is not checked.
 * - Whole when the lengths add up to the size (dispatch_when_complete).
 * - RBUF_INT_SIZE intervals (ceil(1280 / 99) an entry) are shared; an entry that finds none is discarded.
 * - CONFIG_GNRC_SIXLOWPAN_FRAG_RBUF_DEL_TIMER = 0: a completed datagram is not remembered.
 * - A frame that comes again reaches the reassembly buffer: gnrc_netif_dedup, off unless an application
 *   chooses it, looks at broadcasts only. A last fragment retransmitted so opens an entry that stays.
 *
 * Differences: RIOT notes a compressed first fragment with its length on the air, so that a forged range
 * in the octets that decompression adds is not an overlap but makes the sum too large; the datagram is
 * lost either way. The packet buffer also holds frames in flight and outgoing packets, which are not
 * charged here: of its 6,144 B, some 200 are never free to reassembly while a frame is being received. A reply
 * that finds no memory for its fragments breaks off on the air (recorded: whenever three promises of 1,500 B
 * are open); the model has no senders' memory. Anything from 5,200 to 6,100 B decides all recorded pings alike.
 */

/** gnrc_pktsnip_t on a 32-bit target, which the packet buffer keeps beside the data. */
const SNIP_BYTES = 24;
/** CONFIG_GNRC_PKTBUF_SIZE where IPv6 is there. */
const PACKET_BUFFER_BYTES = 6144;
/** Of these, what the frame that is being received takes with its headers, so that reassembly cannot have it. */
const IN_FLIGHT_BYTES = 200;
/** Entries of the interval pool for each entry of the reassembly buffer. */
const INTERVALS_PER_CONTEXT = 13;

const OPTIONS: PolicyFactory["options"] = {
	contexts: {
		type: "integer",
		minimum: 1,
		default: 4,
		description: "Entries of the reassembly buffer (CONFIG_GNRC_SIXLOWPAN_FRAG_RBUF_SIZE)",
	},
	timeoutS: {
		type: "number",
		exclusiveMinimum: 0,
		maximum: 60,
		default: 3,
		description: "Seconds since the last fragment (CONFIG_GNRC_SIXLOWPAN_FRAG_RBUF_TIMEOUT_US)",
	},
	override: {
		type: "boolean",
		default: true,
		description: "Evict the oldest entry when full (not CONFIG_GNRC_SIXLOWPAN_FRAG_RBUF_DO_NOT_OVERRIDE)",
	},
};

class Riot implements ReassemblyPolicy {
	readonly name = "riot";
	readonly completedMemoryUs = 0;
	readonly maxContexts: number;
	readonly #timeoutUs: number;
	readonly #override: boolean;

	constructor(options: PolicyOptions) {
		this.maxContexts = numberOption(options, OPTIONS, "contexts");
		this.#timeoutUs = Math.round(numberOption(options, OPTIONS, "timeoutS") * 1e6);
		this.#override = booleanOption(options, OPTIONS, "override");
	}

	matches(context: ReassemblyContext, fragment: ArrivedFragment): boolean {
		return (
			context.tag === fragment.tag &&
			context.size === fragment.size &&
			context.source.equals(fragment.source) &&
			context.destination.equals(fragment.destination)
		);
	}

	admit(_fragment: ArrivedFragment, memory: ReassemblyMemory): FragmentDrop | undefined {
		return this.#hasInterval(memory) ? undefined : "reassembly-full";
	}

	charge(fragment: ArrivedFragment): number {
		return ((fragment.size + 7) & ~7) + SNIP_BYTES;
	}

	evict(_fragment: ArrivedFragment, memory: ReassemblyMemory): ReassemblyContext | undefined {
		if (!this.#override || memory.contexts.length < this.maxContexts) return undefined;
		let oldest = memory.contexts[0]!;
		for (const context of memory.contexts) if (context.lastUs < oldest.lastUs) oldest = context;
		return oldest;
	}

	judge(
		context: ReassemblyContext,
		fragment: ArrivedFragment,
		relation: Relation,
		memory: ReassemblyMemory,
	): Verdict {
		if (fragment.offset + fragment.length > context.size) return "discard";
		if (relation === "overlap") return "restart";
		if (relation === "duplicate") {
			context.lastUs = fragment.timeUs;
			context.deadlineUs = this.deadlineUs(context);
			return "ignore";
		}
		return this.#hasInterval(memory) ? "store" : "discard";
	}

	isComplete(context: ReassemblyContext): boolean {
		return context.storedBytes === context.size;
	}

	deadlineUs(context: ReassemblyContext): number {
		return context.lastUs + this.#timeoutUs;
	}

	#hasInterval(memory: ReassemblyMemory): boolean {
		let used = 0;
		for (const context of memory.contexts) used += context.fragments;
		return used < this.maxContexts * INTERVALS_PER_CONTEXT;
	}
}

/** Reassembly as RIOT's GNRC stack does it. */
export const riot: PolicyFactory = {
	name: "riot",
	options: OPTIONS,
	stack: { memoryBytes: PACKET_BUFFER_BYTES - IN_FLIGHT_BYTES, rejectsDuplicates: false },
	create: (options) => new Riot(options),
};
