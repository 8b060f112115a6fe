import type { BufferPool } from "../buffer-pool.js";
import type { Clock, Sink, Timer } from "../ports.js";
import type { ArrivedChain, ContextChain } from "./chain.js";
import { CompletedChains } from "./completed-chains.js";
import { CompletedPackets } from "./completed-packets.js";
import { openingRelation, ReassemblyContext } from "./context.js";
import { FragmentWorkspace } from "./fragment-workspace.js";
import type {
	ArrivedFragment,
	FragmentDrop,
	ReassemblyMemory,
	ReassemblyPolicy,
	Relation,
} from "./policy.js";

/** Why a fragment that lies so to a context was not stored. */
const REFUSAL: Readonly<Record<Exclude<Relation, "new">, FragmentDrop>> = {
	duplicate: "fragment-duplicate",
	overlap: "fragment-overlap",
	"beyond-size": "fragment-beyond-size",
	misaligned: "fragment-misaligned",
};

/** What the compressed headers of a first fragment say of a UDP checksum that is not in them. */
export interface ElidedChecksum {
	readonly checksumElided: boolean;
	readonly udpOffset: number;
	readonly ipv6Offset: number;
}

/** Whom a reassembler tells what its events do not; a node, or whoever listens. */
export interface ReassemblerHost {
	/** Told of a context that ended without completing, before its buffer goes back. */
	noteAbandoned(context: ReassemblyContext, reason: FragmentDrop): void;
}

export interface ReassemblerOptions {
	readonly policy: ReassemblyPolicy;
	/** Octets that all contexts together may be charged. */
	readonly budgetBytes: number;
	readonly pool: BufferPool;
	readonly clock: Clock;
	readonly sink: Pick<Sink, "contextOpened" | "contextClosed" | "fragmentRefused" | "fragmentStored">;
	/** The node's number, for its events. */
	readonly node: number;
	/** Where it borrows what it needs for packets under way; one of its own where absent. */
	readonly workspace?: FragmentWorkspace;
	readonly host?: ReassemblerHost;
}

/**
 * Puts IPv6 packets together from fragments within a fixed memory budget (RFC 4944, section 5.3).
 *
 * The policy decides; this class stores, counts and watches the clock. A refused fragment leaves no
 * memory behind, and a context ends at its deadline at the latest.
 */
export class Reassembler implements ReassemblyMemory {
	readonly budgetBytes: number;
	readonly policy: ReassemblyPolicy;
	/** Why the last fragment made the reassembler give up the context that it belonged to. */
	lastPurge: FragmentDrop | undefined;
	bytesInUse = 0;
	/** The most that was ever in use. */
	peakBytes = 0;
	readonly #pool: BufferPool;
	readonly #clock: Clock;
	readonly #sink: ReassemblerOptions["sink"];
	readonly #node: number;
	readonly #workspace: FragmentWorkspace;
	readonly #host: ReassemblerHost | undefined;
	/** A list on loan while contexts are open. */
	#contexts: ReassemblyContext[] | undefined;
	#completed: CompletedPackets | undefined;
	#completedChains: CompletedChains | undefined;
	#timer: Timer = 0;
	#timerUs = 0;

	constructor(options: ReassemblerOptions) {
		if (!(options.budgetBytes >= 0)) {
			throw new RangeError(`Reassembler: expected budgetBytes of at least 0, got ${options.budgetBytes}`);
		}
		this.budgetBytes = options.budgetBytes;
		this.policy = options.policy;
		this.#pool = options.pool;
		this.#clock = options.clock;
		this.#sink = options.sink;
		this.#node = options.node;
		this.#workspace = options.workspace ?? new FragmentWorkspace();
		this.#host = options.host;
	}

	/** The context that took the last fragment, undefined when it was refused; valid until the next one. */
	get lastContext(): ReassemblyContext | undefined {
		return this.#workspace.lastContext;
	}

	/** Contexts that are open, the oldest first. */
	get contexts(): readonly ReassemblyContext[] {
		return this.#contexts ?? this.#workspace.noContexts;
	}

	/**
	 * Takes a fragment whose octets are `data[dataOffset..dataOffset + fragment.length)`.
	 *
	 * Returns the context when its packet is whole: the caller owns its buffer from then on and gives it back to the pool;
	 * what its chain tells is valid until the next fragment. Returns undefined when the fragment was stored, else why it was
	 * refused.
	 */
	accept(
		fragment: ArrivedFragment,
		data: Uint8Array,
		dataOffset: number,
		headers?: ElidedChecksum,
	): ReassemblyContext | FragmentDrop | undefined {
		this.#workspace.lastContext = undefined;
		this.lastPurge = undefined;
		const outcome = this.ownAccept(fragment, data, dataOffset, headers);
		if (typeof outcome === "string") this.refuse(fragment, outcome);
		return outcome;
	}

	/** Tells of a fragment that was refused, and returns why; for chained ones that did not verify. */
	refuse<R extends FragmentDrop>(fragment: ArrivedFragment, reason: R): R {
		const { source, tag, offset, size, timeUs } = fragment;
		// What only our buffers are too small for is no fault of its sender.
		if (size <= this.#pool.bufferBytes) this.policy.noteRefused?.(fragment, reason);
		this.#sink.fragmentRefused(timeUs, this.#node, source, tag, offset, reason);
		return reason;
	}

	/** Notes that a fragment has come from behind the one that a chain expects. */
	noteGap(context: ReassemblyContext, nowUs: number): void {
		const deadlineUs = this.policy.gapDeadlineUs?.(context) ?? context.deadlineUs;
		if (deadlineUs <= nowUs) this.abandon(context, "reassembly-timed-out");
		else if (deadlineUs < context.deadlineUs) {
			context.deadlineUs = deadlineUs;
			this.watch(deadlineUs);
		}
	}

	/** Gives up every context, and what it remembers of completed packets, as a node does that loses its memory. */
	clear(reason: FragmentDrop): void {
		while (this.contexts.length > 0) this.abandon(this.contexts[0]!, reason);
		this.#completed?.clear();
		this.#completedChains?.release();
		this.#clock.cancel(this.#timer);
		this.#timer = 0;
	}

	private ownAccept(
		fragment: ArrivedFragment,
		data: Uint8Array,
		dataOffset: number,
		headers: ElidedChecksum | undefined,
	): ReassemblyContext | FragmentDrop | undefined {
		if (fragment.size === 0 || fragment.size > this.#pool.bufferBytes) return "fragment-size";
		if (fragment.length === 0) return "fragment-empty";
		if (fragment.chain !== undefined)
			return this.acceptChained(fragment, fragment.chain, data, dataOffset, headers);
		let context = this.find(fragment);
		if (context !== undefined) {
			const relation = context.relate(fragment);
			const verdict = this.policy.judge(context, fragment, relation, this);
			if (verdict !== "store") {
				const reason = REFUSAL[relation as keyof typeof REFUSAL] ?? "fragment-out-of-order";
				if (verdict === "ignore") return reason;
				if (verdict !== "discard" && verdict !== "restart") return verdict;
				this.lastPurge = reason;
				this.abandon(context, reason);
				if (verdict === "discard") return reason;
				context = undefined;
			}
		}
		if (context === undefined) {
			if (this.#completed?.includes(fragment, data, dataOffset) === true) return "fragment-late";
			const opened = this.open(fragment);
			if (typeof opened === "string") return opened;
			context = opened;
			const relation = openingRelation(fragment);
			if (relation !== "new" && this.policy.judge(context, fragment, relation, this) === "discard") {
				this.abandon(context, REFUSAL[relation]);
				return REFUSAL[relation];
			}
		}
		return this.store(context, fragment, data, dataOffset, headers);
	}

	/** A fragment of a chain is verified: what is wrong with it, its sender did. */
	private acceptChained(
		fragment: ArrivedFragment,
		chain: ArrivedChain,
		data: Uint8Array,
		dataOffset: number,
		headers: ElidedChecksum | undefined,
	): ReassemblyContext | FragmentDrop | undefined {
		const relation = openingRelation(fragment);
		const isEnd = fragment.offset + fragment.length === fragment.size;
		const fault =
			relation !== "new"
				? REFUSAL[relation]
				: isEnd !== chain.isLast
					? ("fragment-size" as const)
					: undefined;
		const { context } = chain;
		if (fault !== undefined) {
			if (context !== undefined) this.abandon(context, fault);
			return fault;
		}
		if (context !== undefined) return this.store(context, fragment, data, dataOffset, headers);
		if (this.#completedChains?.includes(chain) === true) return "fragment-replayed";
		const opened = this.open(fragment);
		if (typeof opened === "string") return opened;
		return this.store(opened, fragment, data, dataOffset, headers);
	}

	private find(fragment: ArrivedFragment): ReassemblyContext | undefined {
		for (let i = 0; i < this.contexts.length; i++) {
			const context = this.contexts[i]!;
			if (context.chain === undefined && this.policy.matches(context, fragment)) return context;
		}
		return undefined;
	}

	private open(fragment: ArrivedFragment): ReassemblyContext | FragmentDrop {
		const refusal = this.policy.admit(fragment, this, openingRelation(fragment));
		if (refusal !== undefined) return refusal;
		const charge = this.policy.charge(fragment);
		if (!this.makeRoom(fragment, charge, this.policy.maxContexts ?? Number.POSITIVE_INFINITY, undefined)) {
			return "reassembly-full";
		}
		const chain = fragment.chain === undefined ? undefined : this.#workspace.takeChain(fragment.chain);
		const usesSlots = this.policy.usesSlots === true;
		const ranges = this.#workspace.takeRanges();
		const context = new ReassemblyContext(fragment, this.#pool, usesSlots, chain, ranges);
		this.charge(context, charge);
		this.#contexts ??= this.#workspace.takeList();
		this.#contexts.push(context);
		this.#sink.contextOpened(
			fragment.timeUs,
			this.#node,
			context.source,
			context.tag,
			context.size,
			this.bytesInUse,
		);
		return context;
	}

	/** Gives up contexts, as the policy chooses, until there is room; returns whether there is. */
	private makeRoom(
		fragment: ArrivedFragment,
		charge: number,
		maxContexts: number,
		growing: ReassemblyContext | undefined,
	): boolean {
		while (
			this.contexts.length >= maxContexts ||
			this.bytesInUse + charge > this.budgetBytes ||
			(growing === undefined && this.policy.needsRoom?.(fragment, this) === true)
		) {
			const victim = charge > this.budgetBytes ? growing : this.policy.evict(fragment, this, growing);
			if (victim === undefined || !this.contexts.includes(victim)) return false;
			this.abandon(victim, "reassembly-evicted");
			if (victim === growing) return false;
		}
		return true;
	}

	private charge(context: ReassemblyContext, bytes: number): void {
		context.chargedBytes += bytes;
		this.bytesInUse += bytes;
		if (this.bytesInUse > this.peakBytes) this.peakBytes = this.bytesInUse;
	}

	private store(
		context: ReassemblyContext,
		fragment: ArrivedFragment,
		data: Uint8Array,
		dataOffset: number,
		headers: ElidedChecksum | undefined,
	): ReassemblyContext | FragmentDrop | undefined {
		if (context.fragments > 0) {
			const growth = this.policy.grow?.(context, fragment) ?? 0;
			if (growth > 0) {
				if (!this.makeRoom(fragment, growth, Number.POSITIVE_INFINITY, context)) return "reassembly-full";
				this.charge(context, growth);
			}
		}
		context.write(fragment.offset, data, dataOffset, fragment.length);
		if (fragment.chain?.context === context) context.chain?.advance(fragment.chain);
		context.lastUs = fragment.timeUs;
		this.#workspace.lastContext = context;
		this.#sink.fragmentStored(
			fragment.timeUs,
			this.#node,
			fragment.source,
			fragment.tag,
			fragment.offset,
			fragment.length,
		);
		if (fragment.first) {
			context.hasFirst = true;
			context.elidedUdpOffset = headers?.checksumElided === true ? headers.udpOffset : -1;
			context.elidedIpv6Offset = headers?.ipv6Offset ?? 0;
		}
		const isWhole =
			context.chain === undefined ? this.policy.isComplete(context, fragment) : context.chain.isEnded;
		if (context.hasFirst && isWhole) {
			context.assemble();
			if (this.policy.completedMemoryUs > 0 && context.chain === undefined) {
				this.#completed ??= new CompletedPackets(this.#workspace.completed);
				const untilUs = fragment.timeUs + this.policy.completedMemoryUs;
				this.#completed.remember(context, fragment.timeUs, untilUs);
			}
			if (context.chain?.key === undefined && context.chain !== undefined) {
				this.#completedChains ??= new CompletedChains(this.#workspace.rows);
				this.#completedChains.remember(context.chain);
			}
			this.close(context, "completed");
			if (context.chain !== undefined) this.closeEchoes(context, context.chain);
			this.policy.noteCompleted?.(context, fragment.timeUs);
			if (context.chain !== undefined) this.#workspace.giveChain(context.chain);
			return context;
		}
		context.deadlineUs = this.policy.deadlineUs(context, fragment);
		this.watch(context.deadlineUs);
		return undefined;
	}

	private abandon(context: ReassemblyContext, reason: FragmentDrop): void {
		this.close(context, reason);
		this.policy.noteAbandoned?.(context, reason, this.#clock.nowUs());
		if (this.#host !== undefined) {
			if (context.hasFirst) context.assemble();
			this.#host.noteAbandoned(context, reason);
		}
		context.release();
		if (context.chain !== undefined) this.#workspace.giveChain(context.chain);
	}

	/** Forgets copies of a packet that is whole: without a key its fragments verify under any tag. */
	private closeEchoes({ source, destination }: ReassemblyContext, chain: ContextChain): void {
		for (let i = this.contexts.length - 1; i >= 0; i--) {
			const other = this.contexts[i]!;
			if (other.chain?.isAnchoredBy(chain) !== true) continue;
			if (!other.source.equals(source) || !other.destination.equals(destination)) continue;
			this.close(other, "fragment-replayed");
			this.policy.noteAbandoned?.(other, "fragment-replayed", this.#clock.nowUs());
			other.release();
			this.#workspace.giveChain(other.chain);
		}
	}

	private close(context: ReassemblyContext, outcome: string): void {
		this.forget(context);
		context.giveRanges(this.#workspace);
		this.bytesInUse -= context.chargedBytes;
		this.#sink.contextClosed(
			this.#clock.nowUs(),
			this.#node,
			context.source,
			context.tag,
			outcome,
			this.bytesInUse,
		);
	}

	/** Takes a context off the list; the others keep their order. */
	private forget(context: ReassemblyContext): void {
		const contexts = this.#contexts!;
		const last = contexts.length - 1;
		for (let i = contexts.indexOf(context); i < last; i++) contexts[i] = contexts[i + 1]!;
		contexts.pop();
		if (last > 0) return;
		this.#workspace.giveList(contexts);
		this.#contexts = undefined;
	}

	/** Keeps one timer, at or before the earliest deadline: contexts that complete need none cancelled. */
	private watch(deadlineUs: number): void {
		if (this.#timer !== 0 && this.#timerUs <= deadlineUs) return;
		this.#clock.cancel(this.#timer);
		this.#timerUs = deadlineUs;
		this.#timer = this.#clock.at(deadlineUs, () => this.onTimer());
	}

	private onTimer(): void {
		this.#timer = 0;
		const nowUs = this.#clock.nowUs();
		let earliestUs = Number.POSITIVE_INFINITY;
		for (let i = this.contexts.length - 1; i >= 0; i--) {
			const context = this.contexts[i]!;
			if (context.deadlineUs <= nowUs) this.abandon(context, "reassembly-timed-out");
		}
		for (const context of this.contexts) earliestUs = Math.min(earliestUs, context.deadlineUs);
		if (earliestUs < Number.POSITIVE_INFINITY) this.watch(earliestUs);
	}
}
