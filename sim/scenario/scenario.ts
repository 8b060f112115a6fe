import type { ElectionFactory } from "../../firmware/cluster/election.js";
import type { PolicyFactory } from "../../firmware/fragments/policy.js";
import type { AttackFactory } from "../attacks/attack.js";
import type { PropagationFactory } from "../channel/propagation.js";
import type { Options, TopologyFactory } from "../topology/topology.js";
import type { TrafficFactory } from "../traffic/traffic.js";
import type { FromSchema } from "./from-schema.js";
import type { SCENARIO_SCHEMA } from "./schema.js";

/** A scenario with every default filled in. */
export type Scenario = FromSchema<typeof SCENARIO_SCHEMA>;

/** The models that a scenario names: shipped ones, or the user's own modules. */
export interface ScenarioModules {
	readonly topology: TopologyFactory;
	readonly propagation: PropagationFactory;
	readonly policy: PolicyFactory;
	/** Undefined for nodes without clusters. */
	readonly election: ElectionFactory | undefined;
	/** In the order of `scenario.traffic`; undefined for `readings`, which the firmware's application does. */
	readonly traffic: readonly (TrafficFactory | undefined)[];
	/** In the order of `scenario.attacks`. */
	readonly attacks: readonly AttackFactory[];
}

/** Keys of a section that belong to the scenario and not to the model that the section names. */
const RESERVED: ReadonlySet<string> = new Set(["kind", "policy", "budgetBytes"]);

/** Whether an extension may call an option so. */
export function isReservedOption(name: string): boolean {
	return RESERVED.has(name);
}

/**
 * The options of the model that a section names: all its keys but `kind`, `policy` and `budgetBytes`.
 *
 * The loader has checked them against the model's schemas, so the caller may give the type that the
 * model's `create` takes.
 */
export function optionsOf<T extends Options = Options>(section: Readonly<Record<string, unknown>>): T {
	const options: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(section)) if (!RESERVED.has(name)) options[name] = value;
	return options as T;
}
