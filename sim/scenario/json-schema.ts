import { EXTENSION_POINTS, type ExtensionFactory, type ExtensionPoint } from "./extensions.js";
import { SCENARIO_SCHEMA } from "./schema.js";
import { type Schema, sectionKeys, sectionSchema } from "./section-schema.js";

/**
 * The whole JSON Schema of a scenario file (draft 2020-12), for editors that check and complete YAML.
 *
 * Each section that names a model lists the shipped ones with their options, and the path of a module,
 * whose options only the module knows.
 */
export function scenarioJsonSchema(): Schema {
	const { properties } = SCENARIO_SCHEMA;
	return {
		$schema: "https://json-schema.org/draft/2020-12/schema",
		title: "Lowguard scenario",
		...SCENARIO_SCHEMA,
		properties: {
			...properties,
			topology: open(properties.topology, EXTENSION_POINTS.topology),
			channel: {
				...properties.channel,
				properties: {
					...properties.channel.properties,
					propagation: open(properties.channel.properties.propagation, EXTENSION_POINTS.propagation),
				},
			},
			reassembly: open(properties.reassembly, EXTENSION_POINTS.policy),
			election: open(properties.election, EXTENSION_POINTS.election),
			traffic: {
				...properties.traffic,
				items: open(properties.traffic.items, EXTENSION_POINTS.traffic),
			},
			attacks: {
				...properties.attacks,
				items: open(properties.attacks.items, EXTENSION_POINTS.attack),
			},
		},
	};
}

/** A section as a choice between the shipped models and a module. */
function open(section: Schema, point: ExtensionPoint): Schema {
	const { description, default: fallback } = section;
	return {
		...(description === undefined ? {} : { description }),
		...(fallback === undefined ? {} : { default: fallback }),
		type: "object",
		oneOf: [...[...point.shipped.values()].map((factory) => shipped(point, factory)), module(point)],
	};
}

function shipped(point: ExtensionPoint, factory: ExtensionFactory): Schema {
	const schema = sectionSchema(point, factory);
	const properties = schema["properties"] as Readonly<Record<string, Schema>>;
	const key = properties[point.key]!;
	return {
		...schema,
		title: factory.name,
		// Where the key may be left out, its default is the only model that is meant.
		required: key["default"] === factory.name ? [] : [point.key],
		properties: { ...properties, [point.key]: { ...key, const: factory.name } },
	};
}

function module(point: ExtensionPoint): Schema {
	const properties = sectionKeys(point);
	const { default: _, ...key } = properties[point.key]!;
	return {
		type: "object",
		title: "a module of your own",
		required: [point.key],
		properties: { ...properties, [point.key]: { ...key, pattern: "\\.m?js$" } },
	};
}
