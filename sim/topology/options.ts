/** Options that several topologies share. */

export const NODES = {
	type: "integer",
	minimum: 1,
	maximum: 1_000_000,
	default: 25,
	description: "Number of nodes",
} as const;

export const WIDTH_M = {
	type: "number",
	exclusiveMinimum: 0,
	maximum: 1e6,
	default: 200,
	description: "Width of the field, in metres",
} as const;

export const HEIGHT_M = { ...WIDTH_M, description: "Height of the field, in metres" } as const;

export const SPACING_M = {
	type: "number",
	exclusiveMinimum: 0,
	maximum: 1e5,
	default: 30,
	description: "Distance between adjacent nodes, in metres",
} as const;
