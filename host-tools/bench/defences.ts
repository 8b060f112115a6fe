import type { Section } from "./section.js";
import { compareThroughput, type Variant } from "./throughput.js";

const MOST_COST = 35;
const POLICIES = ["rfc4944", "predictive-csm", "predictive-csm-open", "predictive-csm-keyed"];
const VARIANTS: readonly Variant[] = POLICIES.map((policy, i) => ({
	name: policy,
	set: [`reassembly.policy=${policy}`],
	keeping: "nothing",
	...(i === 0 ? {} : { mostCost: MOST_COST }),
}));

/** What defences on every node cost in throughput. */
export const defences: Section = {
	name: "defences",
	about: "what defences on every node cost in throughput",
	run: (settings, output) =>
		compareThroughput("defences", "Defences on every node, workload A", VARIANTS, settings, output),
};
