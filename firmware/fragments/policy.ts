import type { LinkAddress } from "../address.js";
import type { ReassemblyContext } from "./context.js";

/** A fragment as it arrived, headers decompressed: offsets are those of the IPv6 packet (RFC 4944, 5.3). */
export interface ArrivedFragment {
	/** Link-layer addresses, or those of the mesh header where there is one. */
	readonly source: LinkAddress;
	readonly destination: LinkAddress;
	/** Size of the whole IPv6 packet, as the header claims, 1 to 2,047. */
	readonly size: number;
	readonly tag: number;
	/** Octets of the IPv6 packet that this fragment carries: [offset, offset + length). */
	readonly offset: number;
	readonly length: number;
	/** FRAG1, which alone carries the compressed headers. */
	readonly first: boolean;
	/** The frame was protected by link-layer security. */
	readonly secured: boolean;
	readonly timeUs: number;
}

/**
 * How a fragment lies to what a context holds.
 *
 * `duplicate`: an offset and length that are there already; `overlap`: any other octets that are
 * there already; `beyond-size`: reaches past the end of the packet; `misaligned`: not the last one, and
 * its length is no multiple of 8; else `new`. A context that holds nothing makes none of the first two.
 */
export type Relation = "new" | "duplicate" | "overlap" | "beyond-size" | "misaligned";

/** How a fragment that has no context lies to the packet that it claims to be part of. */
export type OpeningRelation = Exclude<Relation, "duplicate" | "overlap">;

/**
 * What to do with a fragment: keep it, drop it, drop it together with the context, or drop the
 * context and open a new one with this fragment.
 */
export type Verdict = "store" | "ignore" | "discard" | "restart";

/** Why a reassembler refuses a fragment, or gives up a context. */
export type FragmentDrop =
	| "fragment-size"
	| "fragment-empty"
	| "fragment-duplicate"
	| "fragment-overlap"
	| "fragment-beyond-size"
	| "fragment-misaligned"
	| "fragment-late"
	| "fragment-orphan"
	| "fragment-out-of-order"
	| "reassembly-full"
	| "reassembly-evicted"
	| "reassembly-timed-out";

/** What a policy sees of the memory that it shares out. */
export interface ReassemblyMemory {
	/** Open contexts, oldest first. */
	readonly contexts: readonly ReassemblyContext[];
	/** Octets that the open contexts are charged. */
	readonly bytesInUse: number;
	readonly budgetBytes: number;
}

/**
 * Decides who gets reassembly memory, who loses it, and what a fragment means to a context.
 *
 * The reassembler does the rest: it keeps the octets, counts the memory and watches the clock. One
 * policy object serves one node. A user's own module exports a {@link PolicyFactory} as `policy`.
 */
export interface ReassemblyPolicy {
	/** Name in scenarios and logs, in kebab-case. */
	readonly name: string;
	/** How long (source, tag, size) of a completed packet is remembered, in µs; 0 for not at all. */
	readonly completedMemoryUs: number;
	/** How many contexts may be open at once; absent, as many as the budget holds. */
	readonly maxContexts?: number;
	/** Whether the fragment belongs to the context; the oldest context that matches gets it. */
	matches(context: ReassemblyContext, fragment: ArrivedFragment): boolean;
	/**
	 * Whether a fragment without a context may open one: undefined, or why not. Unless `relation` is
	 * `new` the fragment is malformed: a policy that obeys RFC 4944 refuses it, and one that admits it is
	 * asked to judge it once the context is open.
	 */
	admit(
		fragment: ArrivedFragment,
		memory: ReassemblyMemory,
		relation: OpeningRelation,
	): FragmentDrop | undefined;
	/** Octets that a context opened by this fragment is charged. */
	charge(fragment: ArrivedFragment): number;
	/**
	 * The context to give up for a newcomer when its charge does not fit, or `maxContexts` are open;
	 * undefined refuses the newcomer.
	 */
	evict(fragment: ArrivedFragment, memory: ReassemblyMemory): ReassemblyContext | undefined;
	/** What to do with a fragment that belongs to the context; a drop reason means to ignore it for that reason. */
	judge(
		context: ReassemblyContext,
		fragment: ArrivedFragment,
		relation: Relation,
		memory: ReassemblyMemory,
	): Verdict | FragmentDrop;
	/** Whether the packet is whole, asked after each stored fragment. */
	isComplete(context: ReassemblyContext, fragment: ArrivedFragment): boolean;
	/** When the context expires, asked when it opens and after each stored fragment. */
	deadlineUs(context: ReassemblyContext, fragment: ArrivedFragment): number;
}

/** Settings that a scenario may give a policy, by name. */
export type PolicyOptions = Readonly<Record<string, number | string | boolean>>;

/** What a module exports to be used as a policy. */
export interface PolicyFactory {
	readonly name: string;
	/** JSON Schema of each option, with its default. */
	readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
	create(options: PolicyOptions): ReassemblyPolicy;
}
