import { ATTACK_KEYS } from "../attacks/common-options.js";
import type { ExtensionFactory, ExtensionPoint } from "./extensions.js";
import { SCENARIO_SCHEMA } from "./schema.js";

/** A JSON Schema as plain data. */
export type Schema = Readonly<Record<string, unknown>>;

/** The keys that a section has before the options of its model come in. */
const BASE: Readonly<Record<ExtensionPoint["exportName"], Readonly<Record<string, Schema>>>> = {
	topology: SCENARIO_SCHEMA.properties.topology.properties,
	propagation: SCENARIO_SCHEMA.properties.channel.properties.propagation.properties,
	policy: SCENARIO_SCHEMA.properties.reassembly.properties,
	election: SCENARIO_SCHEMA.properties.election.properties,
	traffic: SCENARIO_SCHEMA.properties.traffic.items.properties,
	// The common keys stand here and not in the scenario's schema: each kind may give them defaults of its own.
	attack: { ...SCENARIO_SCHEMA.properties.attacks.items.properties, ...ATTACK_KEYS },
};

/** The keys of a section that names a model, before the model's options. */
export function sectionKeys(point: ExtensionPoint): Readonly<Record<string, Schema>> {
	return BASE[point.exportName];
}

/** Schema of a section that names the given model: its own keys and the model's options, and nothing else. */
export function sectionSchema(point: ExtensionPoint, factory: ExtensionFactory): Schema {
	return {
		type: "object",
		additionalProperties: false,
		required: [point.key],
		properties: { ...BASE[point.exportName], ...factory.options },
	};
}
