import { DEADLINE_MOST_US, NEWCOMER_CONTEXTS, QUOTA_CONTEXTS } from "../trust/parameters.js";
import type { PolicyFactory, PolicyOptions, WireFormat } from "./policy.js";
import { PredictiveCsm, type Variant } from "./predictive-csm.js";

const OPTIONS: PolicyFactory["options"] = {
	timeoutS: {
		type: "number",
		minimum: 0.5,
		maximum: 60,
		default: DEADLINE_MOST_US / 1e6,
		description: "The longest that a context waits for its next fragment, in seconds",
	},
	newcomerContexts: {
		type: "integer",
		minimum: 1,
		default: NEWCOMER_CONTEXTS,
		description: "Contexts that all unknown identities, or all senders of plain fragments, hold together",
	},
	quotaContexts: {
		type: "integer",
		minimum: 1,
		default: QUOTA_CONTEXTS,
		description: "Contexts that a fully trusted neighbour may hold while memory is empty",
	},
};

/** A policy with the rules of Predictive-CSM, as far as its variant takes them. */
export function predictiveFactory(variant: Variant, wire: WireFormat): PolicyFactory {
	return {
		name: variant.name,
		options: OPTIONS,
		wire,
		create: (options: PolicyOptions) =>
			new PredictiveCsm(variant, {
				timeoutUs: Math.round(Number(options["timeoutS"] ?? DEADLINE_MOST_US / 1e6) * 1e6),
				newcomerContexts: Number(options["newcomerContexts"] ?? NEWCOMER_CONTEXTS),
				quotaContexts: Number(options["quotaContexts"] ?? QUOTA_CONTEXTS),
			}),
	};
}

/** After the abstract: no keys, and evidence counts against the address on the frame. Framing is its known limit. */
export const predictiveCsm = predictiveFactory(
	{ name: "predictive-csm", trustsAddresses: true, keyed: false },
	"chained",
);

/** No keys, and no trust in addresses: contexts earn memory by verified octets, scores only order the evictions. */
export const predictiveCsmOpen = predictiveFactory(
	{ name: "predictive-csm-open", trustsAddresses: false, keyed: false },
	"chained",
);

/** Link keys: only authenticated anchors open a context, and what only its owner can have done counts in full. */
export const predictiveCsmKeyed = predictiveFactory(
	{ name: "predictive-csm-keyed", trustsAddresses: false, keyed: true },
	"keyed",
);

/** The policy of a node that is told of none: keyed where keys are provisioned, else open. */
export function defaultPolicy(hasKeys: boolean): PolicyFactory {
	return hasKeys ? predictiveCsmKeyed : predictiveCsmOpen;
}
