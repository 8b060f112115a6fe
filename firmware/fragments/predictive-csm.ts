import type { LinkAddress } from "../address.js";
import { CSMA_DEFAULTS, longestDeliveryUs } from "../mac/csma.js";
import { EVIDENCE, type EvidenceKind, WEIGHTS } from "../trust/evidence.js";
import type { Neighbour } from "../trust/neighbours.js";
import {
	ADMISSION_BASE,
	ADMISSION_SLOPE,
	DEADLINE_BASE_US,
	DEADLINE_GAPS,
	DEADLINE_LEAST_US,
	FORGEABLE_FLOOR,
	ONE,
	STALLED_US,
	STANDINGS,
	USUAL_GAP_US,
} from "../trust/parameters.js";
import { completion, frameReception } from "../trust/prediction.js";
import { HAS_CHAINED, StandingTable, State } from "../trust/standing.js";
import type { ReassemblyContext } from "./context.js";
import { chooseVictim, hasProvedNothing } from "./eviction.js";
import { countOf, countPlain, ownVictim } from "./holdings.js";
import { KeptStandings } from "./kept-standings.js";
import type {
	ArrivedFragment,
	FragmentDrop,
	OpeningRelation,
	PolicyHost,
	ReassemblyMemory,
	ReassemblyPolicy,
} from "./policy.js";
import { SlotRules } from "./standard-rules.js";

/** Octets that most next fragments carry at least: for guessing how many are missing. */
const USUAL_FRAGMENT_BYTES = 96;
/** The longest that one frame takes with the standard's CSMA, for a policy that serves no node. */
const USUAL_DELIVERY_US = longestDeliveryUs(CSMA_DEFAULTS);
const RETRIES = 3;

/** How the variants differ. */
export interface Variant {
	readonly name: string;
	/** What counts for and against its sender: chained fragments and packets, plain ones too, or nothing; absent, chained. */
	readonly scored?: "chained" | "all" | "none";
	/** Evidence counts against the address on the frame, whoever may have sent it. */
	readonly trustsAddresses: boolean;
	/** Only anchors that a link key authenticates open a context. */
	readonly keyed: boolean;
}

/** A fragment, or its context: a chain makes the difference. */
interface Chainable {
	readonly chain: unknown;
}

export interface PredictiveOptions {
	readonly timeoutUs: number;
	/** Contexts that all unknown identities, or all plain senders, hold together. */
	readonly newcomerContexts: number;
	/** Contexts of a neighbour of score 1 while memory is empty. */
	readonly quotaContexts: number;
}

/**
 * Predictive-CSM: chained fragments, and memory for those who used it well. An implementation after the abstract of
 * Sobati-Moghadam (arXiv 2506.01767), whose equations are not public; the rules are in `../README.md`.
 */
export class PredictiveCsm extends SlotRules implements ReassemblyPolicy {
	readonly name: string;
	readonly standings = new StandingTable(STANDINGS);
	readonly #variant: Variant;
	readonly #scored: Variant["scored"];
	readonly #options: PredictiveOptions;
	readonly #kept = new KeptStandings(this.standings);
	#host: PolicyHost | undefined;

	constructor(variant: Variant, options: PredictiveOptions) {
		super();
		this.name = variant.name;
		this.#variant = variant;
		this.#scored = variant.scored ?? "chained";
		this.#options = options;
	}

	attach(host: PolicyHost): void {
		this.#host = host;
		this.standings.liveIn(host.rows);
		this.#kept.attach(host);
	}

	detach(): void {
		this.standings.release();
	}

	override admit(
		fragment: ArrivedFragment,
		memory: ReassemblyMemory,
		relation: OpeningRelation,
	): FragmentDrop | undefined {
		if (relation !== "new") return `fragment-${relation}`;
		if (!fragment.first) return "fragment-orphan";
		const { keyed, trustsAddresses } = this.#variant;
		if (keyed && fragment.chain?.keyed !== true) return "fragment-unauthenticated";
		// Without a key an address proves nothing: contexts earn their memory by what is verified.
		if (!keyed && !trustsAddresses) return undefined;
		const i = this.#kept.find(fragment.source, fragment.timeUs);
		if (i >= 0 && this.standings.at(i).state === State.blocked) return "sender-blocked";
		const pressure = this.pressure(memory);
		const needed = (ADMISSION_BASE + ADMISSION_SLOPE * pressure * pressure) * ONE;
		if (i < 0 || this.standings.at(i).isNewcomer) {
			const held = this.heldByNewcomers(memory, fragment.timeUs);
			return trustsAddresses && held >= this.#options.newcomerContexts ? "sender-quota" : undefined;
		}
		if (this.standings.at(i).state === State.probation) return undefined;
		const score = this.standings.at(i).score;
		if (Math.min(score, this.standings.at(i).forecast * ONE) >= needed) return undefined;
		// A forecast never mends while nothing is admitted, and others can push a score to the floor: neither takes the
		// last context.
		const keepsOne = score >= Math.min(needed, FORGEABLE_FLOOR);
		return keepsOne && countOf(fragment.source, memory) === 0 ? undefined : "sender-quota";
	}

	needsRoom(fragment: ArrivedFragment, memory: ReassemblyMemory): boolean {
		if (this.isGuest(fragment)) {
			return countPlain(memory) >= this.#options.newcomerContexts;
		}
		const { keyed, trustsAddresses } = this.#variant;
		if (!keyed && !trustsAddresses) return false;
		return countOf(fragment.source, memory) >= this.quota(fragment, memory);
	}

	evict(
		fragment: ArrivedFragment,
		memory: ReassemblyMemory,
		growing?: ReassemblyContext,
	): ReassemblyContext | undefined {
		const { timeUs } = fragment;
		if (growing === undefined && this.needsRoom(fragment, memory)) {
			return this.isGuest(fragment)
				? memory.contexts.find(({ chain }) => chain === undefined)
				: ownVictim(fragment.source, memory);
		}
		const scoreOf = (context: ReassemblyContext): number => {
			const i = this.#kept.find(context.source, timeUs);
			return i < 0 ? FORGEABLE_FLOOR : this.standings.at(i).score;
		};
		// Where nothing is ever proved, its absence tells nothing.
		const provesNothing = this.#scored === "all" ? () => false : hasProvedNothing;
		return chooseVictim(memory.contexts, growing, timeUs - STALLED_US, scoreOf, provesNothing);
	}

	deadlineUs(context: ReassemblyContext): number {
		const gapMeanUs = this.neighbour(context.source)?.gapMeanUs ?? 0;
		const gapUs = gapMeanUs === 0 ? USUAL_GAP_US : gapMeanUs;
		const missing = Math.ceil((context.size - context.storedBytes) / USUAL_FRAGMENT_BYTES);
		const usualUs = DEADLINE_GAPS * gapUs * missing + DEADLINE_BASE_US;
		const { timeoutUs } = this.#options;
		// A MAC that is set to be more patient may take longer over one frame.
		const leastUs = Math.max(DEADLINE_LEAST_US, this.#host?.longestDeliveryUs ?? 0);
		return context.lastUs + Math.min(timeoutUs, Math.max(leastUs, usualUs));
	}

	/**
	 * A sender's frames arrive in order, or never: the next one at the latest when he has repeated the last one, whose
	 * acknowledgements may all have been lost, and then the next one, as often as he may.
	 */
	gapDeadlineUs(context: ReassemblyContext): number {
		const deliveryUs = this.#host?.longestDeliveryUs ?? USUAL_DELIVERY_US;
		return Math.min(context.deadlineUs, context.lastUs + 2 * deliveryUs);
	}

	isEstablished(address: LinkAddress): boolean {
		// Asking must not count as news of him.
		const i = this.standings.placeOf(address);
		return i >= 0 && !this.standings.at(i).isNewcomer;
	}

	scoreOf(address: LinkAddress, timeUs: number): number {
		const i = this.#kept.find(address, timeUs);
		return i < 0 ? -1 : this.standings.at(i).score;
	}

	isBarred(address: LinkAddress, timeUs: number): boolean {
		const i = this.#kept.find(address, timeUs);
		return i >= 0 && this.standings.at(i).state !== State.normal;
	}

	noteCompleted(context: ReassemblyContext, timeUs: number): void {
		if (!this.counts(context)) return;
		const i = this.standings.obtain(context.source, timeUs);
		if (i < 0) return;
		if (context.chain !== undefined) this.standings.at(i).flags |= HAS_CHAINED;
		this.standings.noteSuccess(i);
		this.#kept.noteChange(i, timeUs);
	}

	noteRefused(fragment: ArrivedFragment, reason: FragmentDrop): void {
		const kind = this.#scored === "none" ? undefined : evidenceOf(reason, this.counts(fragment));
		if (kind === undefined) return;
		this.blame(kind, fragment.source, fragment.chain?.keyed === true, fragment.secured, fragment.timeUs);
	}

	noteAbandoned(context: ReassemblyContext, reason: FragmentDrop, timeUs: number): void {
		const { chain, source, secured } = context;
		if (!this.counts(context)) return;
		const keyed = chain?.keyed === true;
		if (reason === "fragment-overlap") this.blame("malformed", source, keyed, secured, timeUs);
		if (reason !== "reassembly-timed-out") return;
		const { share, blocks } = this.weight("incomplete", keyed, secured);
		if (share === 0) return;
		const i = this.standings.obtain(source, timeUs);
		if (i < 0) return;
		const neighbour = this.neighbour(source);
		const fragments = Math.ceil((context.size - (context.ranges[1] ?? 0)) / USUAL_FRAGMENT_BYTES);
		const expected = completion(frameReception(neighbour), fragments, this.#host?.maxRetries ?? RETRIES);
		if (this.standings.noteIncomplete(i, expected, share, blocks)) {
			// A first alarm may be a fade that no broadcast has shown; a second one before the proofs are in is none.
			if (blocks && this.standings.at(i).state === State.probation) {
				this.standings.noteFault(i, 1, true, timeUs);
			} else this.standings.putOnProbation(i);
		}
		this.#kept.noteChange(i, timeUs);
	}

	/** Whether something is plain where chains are the rule: all such senders share a few contexts. */
	private isGuest({ chain }: Chainable): boolean {
		return chain === undefined && this.#scored !== "all";
	}

	/** Whether something counts for or against its sender: what is not verified proves nothing. */
	private counts({ chain }: Chainable): boolean {
		return this.#scored === "all" || (this.#scored === "chained" && chain !== undefined);
	}

	private neighbour(address: LinkAddress): Neighbour | undefined {
		const neighbours = this.#host?.neighbours;
		return neighbours?.find(address, neighbours.cursor);
	}

	private weight(kind: EvidenceKind, keyed: boolean, secured: boolean) {
		if (this.#variant.trustsAddresses) return WEIGHTS.owner;
		const row = EVIDENCE[kind];
		return WEIGHTS[keyed ? row.keyed : secured ? row.secured : row.unkeyed];
	}

	private blame(
		kind: EvidenceKind,
		source: LinkAddress,
		keyed: boolean,
		secured: boolean,
		timeUs: number,
	): void {
		const { share, blocks } = this.weight(kind, keyed, secured);
		if (share === 0) return;
		const i = this.standings.obtain(source, timeUs);
		if (i < 0) return;
		this.standings.noteFault(i, share, blocks, timeUs);
		this.#kept.noteChange(i, timeUs);
	}

	/** Contexts that the sender of a fragment may hold. */
	private quota(fragment: ArrivedFragment, memory: ReassemblyMemory): number {
		const i = this.#kept.find(fragment.source, fragment.timeUs);
		if (i < 0 || this.standings.at(i).state !== State.normal) return 1;
		const score = this.standings.at(i).score / ONE;
		return Math.max(1, Math.floor(this.#options.quotaContexts * score * (1 - this.pressure(memory))));
	}

	private pressure({ bytesInUse, budgetBytes }: ReassemblyMemory): number {
		return budgetBytes === 0 ? 1 : Math.min(1, bytesInUse / budgetBytes);
	}

	private heldByNewcomers(memory: ReassemblyMemory, timeUs: number): number {
		let held = 0;
		for (const { source } of memory.contexts) {
			const i = this.standings.find(source, timeUs);
			if (i < 0 || this.standings.at(i).isNewcomer) held++;
		}
		return held;
	}
}

/**
 * What the refusal of a fragment tells of the address that it bears; undefined for what tells nothing. `counts`: whether
 * the content of the fragment is its sender's.
 */
function evidenceOf(reason: FragmentDrop, counts: boolean): EvidenceKind | undefined {
	switch (reason) {
		case "fragment-mismatch":
			return "mismatch";
		case "fragment-replayed":
			return "replayed";
		case "fragment-size":
		case "fragment-beyond-size":
		case "fragment-misaligned":
			return counts ? "malformed" : undefined;
		default:
			return undefined;
	}
}
