import type { PolicyFactory, PolicyOptions } from "../../firmware/fragments/policy.js";

type Schema = PolicyFactory["options"];

/** The number that a scenario gives for `name`, else the default of its schema. */
export function numberOption(options: PolicyOptions, schema: Schema, name: string): number {
	return Number(options[name] ?? schema[name]?.["default"]);
}

/** The switch that a scenario gives for `name`, else the default of its schema. */
export function booleanOption(options: PolicyOptions, schema: Schema, name: string): boolean {
	return Boolean(options[name] ?? schema[name]?.["default"]);
}
