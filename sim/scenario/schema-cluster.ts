import { CLUSTER_DEFAULTS } from "../../firmware/mote/defaults.js";

const TIME_S = { type: "number", exclusiveMinimum: 0, maximum: 3600 } as const;

/** Section `election`: whether nodes form clusters, and how those elect their heads. */
export const ELECTION_SCHEMA = {
	type: "object",
	additionalProperties: true,
	properties: {
		kind: {
			type: "string",
			title: "the name of an election",
			minLength: 1,
			default: "none",
			description: "Name of an election, path of your own module, or none for nodes without clusters",
		},
	},
	default: {},
	description: "How clusters elect their heads; the other keys are options of the kind",
} as const;

/** Section `cluster`: how clustered nodes spend their time, where there is an election. */
export const CLUSTER_SCHEMA = {
	type: "object",
	additionalProperties: false,
	properties: {
		roundS: {
			...TIME_S,
			default: CLUSTER_DEFAULTS.roundUs / 1e6,
			description: "Time between two collections of readings, in seconds",
		},
		roundsPerElection: {
			type: ["integer", "null"],
			minimum: 1,
			maximum: 65535,
			default: null,
			description: "Rounds that a head leads for; null for what the election has for its own",
		},
		radiusM: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: 1e5,
			default: 30,
			description:
				"Within this a head covers others, under elections that know a radius, in metres; on the air, the " +
				"distance at which the mean signal is as strong as the weakest announcement that is heeded",
		},
		syncMs: {
			...TIME_S,
			maximum: 1e5,
			default: CLUSTER_DEFAULTS.syncUs / 1e3,
			description: "For the sink's SYNC and its echoes",
		},
		receiptMs: {
			...TIME_S,
			maximum: 1e5,
			default: CLUSTER_DEFAULTS.receiptUs / 1e3,
			description: "For the sink's RECEIPTs, which tell nodes what arrived, and their echoes",
		},
		electionMs: {
			type: "number",
			minimum: 10,
			maximum: 1e5,
			default: CLUSTER_DEFAULTS.electionUs / 1e3,
			description: "For announcements, and for as long again those of nodes that nobody covers",
		},
		joinMs: { ...TIME_S, maximum: 1e5, default: CLUSTER_DEFAULTS.joinUs / 1e3, description: "For JOINs" },
		slotMs: {
			...TIME_S,
			maximum: 1e4,
			default: CLUSTER_DEFAULTS.slotUs / 1e3,
			description: "Slot of one member",
		},
		slotsPerSection: {
			type: "integer",
			minimum: 3,
			maximum: 64,
			default: CLUSTER_DEFAULTS.slotsPerSection,
			description: "Slots of a cluster: one for SCHEDULE, one for newcomers, the others for members",
		},
		sections: {
			type: "integer",
			minimum: 1,
			maximum: 255,
			default: CLUSTER_DEFAULTS.sections,
			description:
				"Clusters that can have slots of their own, and a turn to forward: the more, the fewer share one unawares",
		},
		sinkSlots: {
			type: "integer",
			minimum: 3,
			maximum: 255,
			default: CLUSTER_DEFAULTS.sinkSlots,
			description: "Slots of a sink's own cluster, whose members send to it directly",
		},
		forwardMs: {
			...TIME_S,
			maximum: 1e5,
			default: CLUSTER_DEFAULTS.forwardUs / 1e3,
			description: "For what heads have collected, on its way to the sink",
		},
		bufferedReadings: {
			type: "integer",
			minimum: 1,
			maximum: 64,
			default: CLUSTER_DEFAULTS.bufferedReadings,
			description: "Readings that a node keeps until a receipt tells that they arrived",
		},
		trustGate: {
			type: "boolean",
			default: true,
			description:
				"Whether nodes heed nobody as a head whose fragments or whose service as a head were bad; false to see what " +
				"that is worth",
		},
		convergedS: {
			type: ["number", "null"],
			minimum: 0,
			maximum: 1e8,
			default: null,
			description:
				"From when on the figures of an attack are also given apart, in seconds: when judgements have settled; null " +
				"for the second half of the run",
		},
	},
	default: {},
	description: "How clustered nodes spend their time; milliseconds where the name ends in Ms",
} as const;
