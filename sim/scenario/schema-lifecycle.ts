const FROM_S = {
	type: "number",
	minimum: 0,
	maximum: 1e8,
	default: 0,
	description: "Not before this, in seconds",
} as const;

const TO_S = {
	type: ["number", "null"],
	minimum: 0,
	maximum: 1e8,
	default: null,
	description: "Before this, in seconds; null for the end of the run",
} as const;

const AMONG = {
	anyOf: [
		{ enum: ["all", "leaves"] },
		{ type: "array", items: { type: "integer", minimum: 0 }, minItems: 1, uniqueItems: true },
	],
	default: "all",
	description:
		"Whom it may befall, sinks excepted: all, those on nobody's shortest path to a sink, or a list of nodes",
} as const;

/** Section `lifecycle`: nodes that come late, that lose their power for a while, and that die of other things than age. */
export const LIFECYCLE_SCHEMA = {
	type: "object",
	additionalProperties: false,
	properties: {
		lateJoiners: {
			type: "object",
			additionalProperties: false,
			properties: {
				count: {
					type: "integer",
					minimum: 0,
					maximum: 1e6,
					default: 0,
					description: "How many different nodes switch on late",
				},
				fromS: FROM_S,
				toS: TO_S,
				among: AMONG,
			},
			default: {},
			description: "Nodes that switch on at random times of this span",
		},
		reboots: {
			type: "object",
			additionalProperties: false,
			properties: {
				count: {
					type: "integer",
					minimum: 0,
					maximum: 1e6,
					default: 0,
					description: "Reboots in all, of nodes drawn at random",
				},
				ratePerHour: {
					type: "number",
					minimum: 0,
					maximum: 3600,
					default: 0,
					description: "Mean reboots of each node in an hour, beside those that are counted",
				},
				fromS: FROM_S,
				toS: TO_S,
				among: AMONG,
				downS: {
					type: "number",
					minimum: 0.01,
					maximum: 1e8,
					default: 2,
					description: "How long a node is without power, in seconds",
				},
			},
			default: {},
			description:
				"Losses of power: a node forgets all but what it has stored, and starts anew; one that is off already stays so",
		},
		deaths: {
			type: "object",
			additionalProperties: false,
			properties: {
				count: {
					type: "integer",
					minimum: 0,
					maximum: 1e6,
					default: 0,
					description: "Deaths in all, of nodes drawn at random among those that live",
				},
				ratePerHour: {
					type: "number",
					minimum: 0,
					maximum: 3600,
					default: 0,
					description: "Mean deaths in an hour of each node that it may befall",
				},
				ratePerRound: {
					type: "number",
					minimum: 0,
					maximum: 1,
					default: 0,
					description: "The same in a round of cluster.roundS, beside those in an hour",
				},
				fromS: FROM_S,
				toS: TO_S,
				among: {
					anyOf: [
						{ enum: ["all", "leaves", "heads"] },
						{ type: "array", items: { type: "integer", minimum: 0 }, minItems: 1, uniqueItems: true },
					],
					default: "all",
					description:
						"Whom it may befall, sinks excepted: all, those on nobody's shortest path to a sink, those that lead a " +
						"cluster at that time, or a list of nodes",
				},
			},
			default: {},
			description: "Nodes that break down for good at random times, whatever their batteries hold",
		},
	},
	default: {},
	description: "When nodes have no power; applications of a node that is off send nothing",
} as const;
