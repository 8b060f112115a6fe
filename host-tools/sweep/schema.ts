const MATCH = {
	type: "object",
	additionalProperties: true,
	minProperties: 1,
	description: "Axis names, each with one of its values or a list of them",
} as const;

const AXIS_NAMES = {
	anyOf: [
		{ type: "string", minLength: 1, title: "the name of an axis" },
		{ type: "array", items: { type: "string", minLength: 1 }, uniqueItems: true },
	],
} as const;

const METRIC = {
	type: "string",
	minLength: 1,
	title: "a number of the summary",
	examples: ["deliveryRatio"],
} as const;

const TABLE = {
	type: "object",
	additionalProperties: false,
	required: ["title", "rows", "metric"],
	properties: {
		title: { type: "string", minLength: 1, description: "What the table shows, with its unit" },
		rows: { ...AXIS_NAMES, description: "Axes down the side" },
		columns: { ...AXIS_NAMES, default: [], description: "Axes across; one table for each value of the rest" },
		where: { ...MATCH, minProperties: 0, default: {}, description: "Only the points that match" },
		metric: METRIC,
		scale: { type: "number", default: 1, description: "What the metric is multiplied with, such as 100" },
		digits: { type: "integer", minimum: 0, maximum: 9, default: 1, description: "Decimal places" },
		best: {
			enum: ["highest", "lowest"],
			description: "Which end is good; known for the usual metrics",
		},
		mark: {
			type: "object",
			additionalProperties: false,
			required: ["metric", "text", "meaning"],
			properties: {
				metric: METRIC,
				above: { type: "number", default: 0, description: "Mean above which a cell is marked" },
				text: { type: "string", minLength: 1, maxLength: 3, title: "a sign", examples: ["†"] },
				meaning: { type: "string", minLength: 1, description: "What the legend says" },
			},
		},
	},
} as const;

const ASSIGNMENTS = { type: "object", additionalProperties: true, default: {} } as const;

/** JSON Schema of a sweep, as plain data: the one place that says what may stand in one. */
export const SWEEP_SCHEMA = {
	type: "object",
	additionalProperties: false,
	required: ["name", "scenario", "axes"],
	properties: {
		name: { type: "string", minLength: 1, description: "Short name, printed with the results" },
		description: { type: "string", default: "", description: "What the sweep shows" },
		scenario: {
			type: "string",
			minLength: 1,
			title: "the name of a scenario that ships, or a path relative to this file",
			description: "Name of a scenario that ships, or a path relative to this file",
		},
		runs: { type: "integer", minimum: 1, maximum: 1e5, default: 30, description: "Runs a point" },
		seed: {
			type: "integer",
			minimum: 0,
			maximum: Number.MAX_SAFE_INTEGER - 1e5,
			default: 1,
			description: "Seed of the first run of every point; run i has this plus i",
		},
		set: { ...ASSIGNMENTS, description: "Scenario paths and values, for all points, before the axes" },
		override: { ...ASSIGNMENTS, description: "The same after the axes; --set adds to it" },
		axes: {
			type: "object",
			minProperties: 1,
			additionalProperties: {
				anyOf: [
					{ type: "array", minItems: 1 },
					{
						type: "object",
						minProperties: 1,
						additionalProperties: { type: "object", additionalProperties: true },
					},
				],
			},
			description:
				"What varies: lists of values, or labels with scenario paths and values; all combinations run",
		},
		except: { type: "array", items: MATCH, default: [], description: "Points left out" },
		baseline: { ...MATCH, description: "What each point is compared with: itself but for these values" },
		compare: {
			type: "array",
			items: METRIC,
			default: [],
			description: "Metrics compared with the baseline, beside the main ones and those of tables",
		},
		tables: { type: "array", items: TABLE, default: [], description: "What the terminal shows" },
	},
} as const;

/** Axis values that a point must have, one or several of each. */
export type Match = Readonly<Record<string, unknown>>;

/** Values by scenario path. */
export type Assignments = Readonly<Record<string, unknown>>;

/** What the terminal shows of one metric. */
export interface TableSpec {
	readonly title: string;
	readonly rows: string | readonly string[];
	readonly columns: string | readonly string[];
	readonly where: Match;
	readonly metric: string;
	readonly scale: number;
	readonly digits: number;
	readonly best?: "highest" | "lowest";
	readonly mark?: {
		readonly metric: string;
		readonly above: number;
		readonly text: string;
		readonly meaning: string;
	};
}

/** A sweep with every default filled in. */
export interface Sweep {
	readonly name: string;
	readonly description: string;
	readonly scenario: string;
	readonly runs: number;
	readonly seed: number;
	readonly set: Assignments;
	readonly override: Assignments;
	readonly axes: Readonly<Record<string, readonly unknown[] | Readonly<Record<string, Assignments>>>>;
	readonly except: readonly Match[];
	readonly baseline?: Match;
	readonly compare: readonly string[];
	readonly tables: readonly TableSpec[];
}
