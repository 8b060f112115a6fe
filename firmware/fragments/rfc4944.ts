import type { ReassemblyContext } from "./context.js";
import type {
	ArrivedFragment,
	FragmentDrop,
	OpeningRelation,
	PolicyFactory,
	PolicyOptions,
	ReassemblyMemory,
	ReassemblyPolicy,
} from "./policy.js";
import { StandardRules } from "./standard-rules.js";

/** RFC 4944, 5.3: the time-out must be at most 60 s. */
export const RFC4944_TIMEOUT_US = 60_000_000;

/** Schema of the options of {@link Rfc4944}, with a time-out of `timeoutS` seconds unless configured otherwise. */
export function rfc4944Options(timeoutS: number) {
	return {
		timeoutS: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: RFC4944_TIMEOUT_US / 1e6,
			default: timeoutS,
			description: "Seconds from the first fragment to arrive until the context is given up",
		},
		contextBytes: {
			type: "integer",
			minimum: 128,
			maximum: 2047,
			default: 1280,
			description: "Octets of each context, and the largest packet that is accepted",
		},
	} as const satisfies PolicyFactory["options"];
}

/**
 * RFC 4944, section 5.3, as written: the rules of {@link StandardRules}, equal contexts of one MTU each, and no
 * eviction. `schema`: what {@link rfc4944Options} gave, for the defaults.
 */
export class Rfc4944 extends StandardRules implements ReassemblyPolicy {
	readonly name: string;
	readonly #timeoutUs: number;
	readonly #contextBytes: number;

	constructor(name: string, options: PolicyOptions, schema: ReturnType<typeof rfc4944Options>) {
		super();
		this.name = name;
		this.#timeoutUs = Math.round(Number(options["timeoutS"] ?? schema.timeoutS.default) * 1e6);
		this.#contextBytes = Number(options["contextBytes"] ?? schema.contextBytes.default);
	}

	override admit(
		fragment: ArrivedFragment,
		memory: ReassemblyMemory,
		relation: OpeningRelation,
	): FragmentDrop | undefined {
		const isTooLong = fragment.size > this.#contextBytes;
		return super.admit(fragment, memory, relation) ?? (isTooLong ? "fragment-size" : undefined);
	}

	charge(): number {
		return this.#contextBytes;
	}

	evict(_fragment: ArrivedFragment, _memory: ReassemblyMemory): ReassemblyContext | undefined {
		return undefined;
	}

	deadlineUs(context: ReassemblyContext): number {
		return context.openedUs + this.#timeoutUs;
	}
}

/** A policy with the options of {@link Rfc4944}, its time-out `timeoutS` unless configured otherwise. */
export function rfc4944Factory(
	name: string,
	timeoutS: number,
	policy: new (...args: ConstructorParameters<typeof Rfc4944>) => ReassemblyPolicy = Rfc4944,
): PolicyFactory {
	const options = rfc4944Options(timeoutS);
	return { name, options, create: (chosen) => new policy(name, chosen, options) };
}

/** The standard's own policy, and the default of a scenario. */
export const rfc4944: PolicyFactory = rfc4944Factory("rfc4944", RFC4944_TIMEOUT_US / 1e6);
