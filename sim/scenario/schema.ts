import { MOTE_DEFAULTS } from "../../firmware/mote/defaults.js";
import { CHANNEL_SCHEMA, RADIO_SCHEMA } from "./schema-channel.js";
import { CLUSTER_SCHEMA, ELECTION_SCHEMA } from "./schema-cluster.js";
import { LIFECYCLE_SCHEMA } from "./schema-lifecycle.js";
import { NODE_SCHEMA } from "./schema-node.js";
import { ROUNDS_SCHEMA } from "./schema-rounds.js";
import { WORM_SCHEMA } from "./schema-worm.js";

/**
 * JSON Schema of a scenario, as plain data: the one place that says what may stand in one.
 *
 * Sections that name an extension point (`topology`, `channel.propagation`, `reassembly`, `election`, `traffic`, `attacks`)
 * stay open here: their other keys are the options of whatever model they name, checked against its own schemas.
 */
export const SCENARIO_SCHEMA = {
	type: "object",
	additionalProperties: false,
	required: ["name", "topology"],
	properties: {
		name: { type: "string", minLength: 1, description: "Short name, printed with every result" },
		description: { type: "string", default: "", description: "What the scenario shows" },
		seed: {
			type: "integer",
			minimum: 0,
			maximum: Number.MAX_SAFE_INTEGER,
			default: 1,
			description: "Every random draw follows from it: the same seed, the same run",
		},
		fidelity: {
			enum: ["packets", "rounds", "graph"],
			default: "packets",
			description:
				"packets: the firmware on every node, every frame on a shared channel; rounds: elections on the first-order radio " +
				"model of the clustering literature, without frames or a channel; graph: a worm along the topology's links, without radios",
		},
		durationS: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: 1e8,
			default: 60,
			description: "Simulated time, in seconds",
		},
		stopAt: {
			enum: ["end", "fnd", "hnd", "lnd"],
			default: "end",
			description:
				"Ends the run early, when the first node (fnd), half of them (hnd) or the last one (lnd) is dead, sinks not " +
				"counted; end: not before durationS",
		},
		topology: {
			type: "object",
			additionalProperties: true,
			required: ["kind"],
			properties: {
				kind: {
					type: "string",
					title: "the name of a topology",
					minLength: 1,
					description: "Name of a topology, or path of your own module",
				},
			},
			description: "Where nodes stand; the other keys are options of the kind",
		},
		channel: CHANNEL_SCHEMA,
		radio: RADIO_SCHEMA,
		node: NODE_SCHEMA,
		reassembly: {
			type: "object",
			additionalProperties: true,
			properties: {
				policy: {
					type: "string",
					title: "the name of a reassembly policy",
					minLength: 1,
					default: "rfc4944",
					description: "Name of a reassembly policy, or path of your own module",
				},
				budgetBytes: {
					type: "integer",
					minimum: 0,
					maximum: 1e9,
					default: MOTE_DEFAULTS.budgetBytes,
					description: "Memory for reassembly on each node, in octets: 4 contexts of one IPv6 MTU",
				},
			},
			default: {},
			description: "Who gets the memory for reassembly; the other keys are options of the policy",
		},
		election: ELECTION_SCHEMA,
		cluster: CLUSTER_SCHEMA,
		rounds: ROUNDS_SCHEMA,
		worm: WORM_SCHEMA,
		sinks: {
			anyOf: [
				{ enum: ["corner", "centre", "none"] },
				{ type: "array", items: { type: "integer", minimum: 0 }, uniqueItems: true },
			],
			default: "corner",
			description:
				"Nodes that collect what others send: their numbers, or the node nearest to a corner or to the centre",
		},
		traffic: {
			type: "array",
			items: {
				type: "object",
				additionalProperties: true,
				required: ["kind"],
				properties: {
					kind: {
						type: "string",
						title: "the name of a traffic model",
						minLength: 1,
						description: "Name of a traffic model, `readings`, or path of your own module",
					},
				},
			},
			default: [],
			description: "Who sends what when; the other keys are options of the kind",
		},
		attacks: {
			type: "array",
			items: {
				type: "object",
				additionalProperties: true,
				required: ["kind"],
				properties: {
					kind: {
						type: "string",
						title: "the name of an attack",
						minLength: 1,
						description: "Name of an attack, or path of your own module",
					},
				},
			},
			default: [],
			description:
				"Who attacks, from where and how; the other keys are those of all attacks and options of the kind",
		},
		battery: {
			type: "object",
			additionalProperties: false,
			properties: {
				capacityJ: {
					type: ["number", "null"],
					exclusiveMinimum: 0,
					default: null,
					description: "Energy that each node starts with, in joules; null for no limit",
				},
				voltageV: {
					type: "number",
					minimum: 0.5,
					maximum: 12,
					default: 3,
					description: "Supply voltage, in volts; 3 V is what the data sheets measure at",
				},
				sinks: {
					enum: ["auto", "battery", "mains"],
					default: "auto",
					description:
						"What feeds sinks; auto: the mains where nodes form clusters, else a battery as all others",
				},
			},
			default: {},
			description: "A node whose battery is empty stops for good",
		},
		start: {
			type: "object",
			additionalProperties: false,
			properties: {
				spreadS: {
					type: "number",
					minimum: 0,
					maximum: 1e8,
					default: 0,
					description: "Nodes switch on at random times from 0 to this, in seconds",
				},
			},
			default: {},
			description: "When nodes switch on",
		},
		lifecycle: LIFECYCLE_SCHEMA,
	},
} as const;
