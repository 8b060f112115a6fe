import { ATTACKS } from "../attacks/index.js";
import type { PropagationFactory } from "../channel/propagation.js";
import { logDistance } from "../channel/propagation.js";
import { ELECTIONS, NONE } from "../opponents/elections/index.js";
import { REASSEMBLY_POLICIES } from "../opponents/index.js";
import { TOPOLOGIES } from "../topology/index.js";
import type { OptionSchemas } from "../topology/topology.js";
import { READINGS, READINGS_OPTIONS, TRAFFIC_MODELS } from "../traffic/index.js";

/** What all factories of extension points have in common. */
export interface ExtensionFactory {
	readonly name: string;
	readonly options: OptionSchemas;
}

/** One place of a scenario that names a model. */
export interface ExtensionPoint {
	/** Name under which a user's own module exports its factory. */
	readonly exportName: "topology" | "propagation" | "policy" | "election" | "traffic" | "attack";
	/** Method that its factory must have. */
	readonly method: "create" | "start";
	/** Key of the section that names the model. */
	readonly key: "kind" | "policy";
	/** What a person calls it. */
	readonly noun: string;
	/** Shipped models by name. */
	readonly shipped: ReadonlyMap<string, ExtensionFactory>;
}

/** The propagation models that ship, by the name that a scenario gives them. */
export const PROPAGATION_MODELS: ReadonlyMap<string, PropagationFactory> = new Map([
	[logDistance.name, logDistance],
]);

/** `readings` is no model of its own: the firmware's application makes the traffic. */
const READINGS_ENTRY: ExtensionFactory = { name: READINGS, options: READINGS_OPTIONS };

/** Without clusters there is nobody to elect. */
const NONE_ENTRY: ExtensionFactory = { name: NONE, options: {} };

/** The extension points of a scenario. */
export const EXTENSION_POINTS = {
	topology: {
		exportName: "topology",
		method: "create",
		key: "kind",
		noun: "topology",
		shipped: TOPOLOGIES,
	},
	propagation: {
		exportName: "propagation",
		method: "create",
		key: "kind",
		noun: "propagation model",
		shipped: PROPAGATION_MODELS,
	},
	policy: {
		exportName: "policy",
		method: "create",
		key: "policy",
		noun: "reassembly policy",
		shipped: REASSEMBLY_POLICIES,
	},
	election: {
		exportName: "election",
		method: "create",
		key: "kind",
		noun: "election",
		shipped: new Map<string, ExtensionFactory>([[NONE, NONE_ENTRY], ...ELECTIONS]),
	},
	traffic: {
		exportName: "traffic",
		method: "start",
		key: "kind",
		noun: "traffic model",
		shipped: new Map<string, ExtensionFactory>([...TRAFFIC_MODELS, [READINGS, READINGS_ENTRY]]),
	},
	attack: {
		exportName: "attack",
		method: "create",
		key: "kind",
		noun: "attack",
		shipped: ATTACKS,
	},
} as const satisfies Readonly<Record<string, ExtensionPoint>>;

/** Whether a name is that of a module file rather than of a shipped model. */
export function isModulePath(name: string): boolean {
	return /\.m?js$/.test(name);
}
