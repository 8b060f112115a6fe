import type { PolicyFactory, PolicyOptions } from "../../firmware/fragments/policy.js";
import { rfc4944Options } from "../../firmware/fragments/rfc4944.js";

type Schema = PolicyFactory["options"];

/** The number that a scenario gives for `name`, else the default of its schema. */
export function numberOption(options: PolicyOptions, schema: Schema, name: string): number {
	return Number(options[name] ?? schema[name]?.["default"]);
}

/** The switch that a scenario gives for `name`, else the default of its schema. */
export function booleanOption(options: PolicyOptions, schema: Schema, name: string): boolean {
	return Boolean(options[name] ?? schema[name]?.["default"]);
}

/** Schema of a time-out in seconds from the first fragment, within what RFC 4944 allows. */
export function timeoutOption(timeoutS: number): Schema[string] {
	return rfc4944Options(timeoutS).timeoutS;
}
