import type { LinkAddress } from "../address.js";
import type { Clock, Sink, Store } from "../ports.js";
import type { RowHome } from "../rows.js";
import type { NeighbourTable } from "../trust/neighbours.js";
import type { ArrivedChain } from "./chain.js";
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
	/** The chain that the fragment is part of, verified; undefined for a plain one (RFC 4944). */
	readonly chain: ArrivedChain | undefined;
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
	/** A chained fragment from behind the one that is expected: what is between was lost, or is late. */
	| "fragment-gap"
	/** A chained fragment at the expected offset that verifies against no chain. */
	| "fragment-mismatch"
	/** A chained first fragment whose code does not hold, or that bears none though there is a key. */
	| "fragment-unauthenticated"
	/** A chained first fragment that came before: its nonce, or its chain, was used. */
	| "fragment-replayed"
	/** Tokens too short to be trusted without a key. */
	| "fragment-weak-chain"
	/** A plain fragment from a neighbour that is known to chain its fragments. */
	| "fragment-downgraded"
	/** The sender is blocked, or may hold no more contexts. */
	| "sender-blocked"
	| "sender-quota"
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

/** What a policy may know of the node that it serves. */
export interface PolicyHost {
	/** Number of the node, for its events. */
	readonly node: number;
	readonly clock: Clock;
	readonly store: Store;
	readonly sink: Pick<Sink, "standingChanged">;
	/** What was observed of the links to others. */
	readonly neighbours: NeighbourTable;
	/** Where it may keep rows, until it is detached; absent where each memory has an array to itself. */
	readonly rows?: RowHome | undefined;
	/** Transmissions of a frame after the first one (macMaxFrameRetries), alike on all nodes. */
	readonly maxRetries: number;
	/** The longest that one frame may take, retransmissions included. */
	readonly longestDeliveryUs: number;
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
	/** Keeps fragments in slots of their size, so that a context takes what it holds and not what it claims. */
	readonly usesSlots?: boolean;
	/** Called once, before the first fragment, by a node; a policy that is fed by hand does without. */
	attach?(host: PolicyHost): void;
	/** Called when the node stops: gives back what it has taken of the node's memory, and forgets what was in it. */
	detach?(): void;
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
	/** Whether a context must be given up for the newcomer though memory is left; absent, never. */
	needsRoom?(fragment: ArrivedFragment, memory: ReassemblyMemory): boolean;
	/** Octets that a context opened by this fragment is charged. */
	charge(fragment: ArrivedFragment): number;
	/** Octets that a context is charged in addition when it stores this fragment; absent, none. */
	grow?(context: ReassemblyContext, fragment: ArrivedFragment): number;
	/**
	 * The context to give up when a charge does not fit, or `maxContexts` are open; undefined refuses the
	 * fragment. `growing`: the context that is to store it, absent for a newcomer; naming it gives it up.
	 */
	evict(
		fragment: ArrivedFragment,
		memory: ReassemblyMemory,
		growing?: ReassemblyContext,
	): ReassemblyContext | undefined;
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
	/** When a chain expires of which fragments are missing, if that is before its deadline; absent, it changes nothing. */
	gapDeadlineUs?(context: ReassemblyContext): number;
	/** Whether a neighbour has a name that no newcomer may displace; absent, nobody has. */
	isEstablished?(address: LinkAddress): boolean;
	/** Score of a neighbour in units of 1/65535, -1 for an unknown one; absent, nobody has one. */
	scoreOf?(address: LinkAddress, timeUs: number): number;
	/** Whether a neighbour is blocked or on probation; absent, nobody is. */
	isBarred?(address: LinkAddress, timeUs: number): boolean;
	/** Told of a packet that is whole. */
	noteCompleted?(context: ReassemblyContext, timeUs: number): void;
	/** Told of a fragment that was refused, chained ones that did not verify included. */
	noteRefused?(fragment: ArrivedFragment, reason: FragmentDrop): void;
	/** Told of a context that ended without a whole packet. */
	noteAbandoned?(context: ReassemblyContext, reason: FragmentDrop, timeUs: number): void;
}

/** What nodes under a policy send: fragments as in RFC 4944, chained ones, or chained ones under link keys. */
export type WireFormat = "plain" | "chained" | "keyed";

/** Settings that a scenario may give a policy, by name. */
export type PolicyOptions = Readonly<Record<string, number | string | boolean>>;

/** What the stack that a policy comes from does around it unless configured otherwise. */
export interface PolicyStack {
	/** Octets that reassembly can have. */
	readonly memoryBytes: number;
	/** Whether its link layer refuses a frame that comes again after a lost acknowledgement. */
	readonly rejectsDuplicates: boolean;
}

/** What a module exports to be used as a policy. */
export interface PolicyFactory {
	readonly name: string;
	/** JSON Schema of each option, with its default. */
	readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
	/** What nodes under this policy send unless configured otherwise; absent, plain. */
	readonly wire?: WireFormat;
	/** Security level of data frames that this policy relies on, as in IEEE 802.15.4; absent, none. */
	readonly securityLevel?: number;
	/** For a tool that stands in for a whole node of that stack; absent, it is a node of ours. */
	readonly stack?: PolicyStack;
	create(options: PolicyOptions): ReassemblyPolicy;
}
