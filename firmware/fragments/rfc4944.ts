import type { ReassemblyContext } from "./context.js";
import type {
	ArrivedFragment,
	FragmentDrop,
	OpeningRelation,
	PolicyFactory,
	PolicyOptions,
	ReassemblyMemory,
	ReassemblyPolicy,
	Relation,
	Verdict,
} from "./policy.js";

/** RFC 4944, 5.3: the time-out must be at most 60 s. */
export const RFC4944_TIMEOUT_US = 60_000_000;
/** A retransmission after a lost acknowledgement comes within 4 tries of some 30 ms; doubled for queues. */
const COMPLETED_MEMORY_US = 4_000_000;

/**
 * RFC 4944, section 5.3, as written: key of source, destination, size and tag; equal contexts of one
 * MTU each; no eviction; an overlap that differs discards what was stored and starts anew.
 */
class Rfc4944 implements ReassemblyPolicy {
	readonly name = "rfc4944";
	readonly completedMemoryUs = COMPLETED_MEMORY_US;
	readonly #timeoutUs: number;
	readonly #contextBytes: number;

	constructor(timeoutUs: number, contextBytes: number) {
		this.#timeoutUs = timeoutUs;
		this.#contextBytes = contextBytes;
	}

	matches(context: ReassemblyContext, fragment: ArrivedFragment): boolean {
		return (
			context.tag === fragment.tag &&
			context.size === fragment.size &&
			context.source.equals(fragment.source) &&
			context.destination.equals(fragment.destination)
		);
	}

	admit(
		fragment: ArrivedFragment,
		_memory: ReassemblyMemory,
		relation: OpeningRelation,
	): FragmentDrop | undefined {
		if (relation !== "new") return `fragment-${relation}`;
		return fragment.size > this.#contextBytes ? "fragment-size" : undefined;
	}

	charge(): number {
		return this.#contextBytes;
	}

	evict(_fragment: ArrivedFragment, _memory: ReassemblyMemory): undefined {
		return undefined;
	}

	judge(_context: ReassemblyContext, _fragment: ArrivedFragment, relation: Relation): Verdict {
		if (relation === "new") return "store";
		return relation === "overlap" ? "restart" : "ignore";
	}

	isComplete(context: ReassemblyContext): boolean {
		return context.storedBytes === context.size;
	}

	deadlineUs(context: ReassemblyContext): number {
		return context.openedUs + this.#timeoutUs;
	}
}

/** The standard's own policy, and the node's default. */
export const rfc4944: PolicyFactory = {
	name: "rfc4944",
	options: {
		timeoutS: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: RFC4944_TIMEOUT_US / 1e6,
			default: RFC4944_TIMEOUT_US / 1e6,
			description: "Seconds from the first fragment to arrive until the context is given up",
		},
		contextBytes: {
			type: "integer",
			minimum: 128,
			maximum: 2047,
			default: 1280,
			description: "Octets of each context, and the largest packet that is accepted",
		},
	},
	create(options: PolicyOptions): ReassemblyPolicy {
		return new Rfc4944(
			Math.round(Number(options["timeoutS"] ?? 60) * 1e6),
			Number(options["contextBytes"] ?? 1280),
		);
	},
};
