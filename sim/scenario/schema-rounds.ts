const ENERGY = { type: "number", minimum: 0, maximum: 1e6 } as const;

/** Section `rounds`: the first-order radio model of the clustering literature, for `fidelity: rounds`. */
export const ROUNDS_SCHEMA = {
	type: "object",
	additionalProperties: false,
	properties: {
		most: {
			type: "integer",
			minimum: 1,
			maximum: 1e6,
			default: 20_000,
			description: "Rounds after which a run ends though nodes are alive",
		},
		base: {
			anyOf: [{ enum: ["centre"] }, { type: "array", items: { type: "number" }, minItems: 2, maxItems: 2 }],
			default: "centre",
			description:
				"Place of the base station, which is none of the nodes: [x, y] in metres, or the middle of the nodes' bounding box",
		},
		chargeJ: {
			type: "number",
			minimum: 0,
			maximum: 1e6,
			default: 0.5,
			description: "What a normal node begins with, in joules",
		},
		levels: {
			type: "array",
			items: {
				type: "object",
				additionalProperties: false,
				required: ["share", "factor"],
				properties: {
					share: { type: "number", minimum: 0, maximum: 1, description: "Share of the nodes" },
					factor: {
						type: "number",
						minimum: 0,
						maximum: 1000,
						description: "Multiple of chargeJ they begin with",
					},
				},
			},
			default: [],
			description: "Nodes that begin with more or less than the others, drawn at random",
		},
		packetBits: {
			type: "integer",
			minimum: 1,
			maximum: 1e6,
			default: 4000,
			description: "Length of a node's packet in a round, and of what a head makes of all that it collected",
		},
		radio: {
			type: "object",
			additionalProperties: false,
			properties: {
				electronicsNj: { ...ENERGY, default: 50, description: "To send or receive one bit, in nanojoules" },
				freeSpacePj: {
					...ENERGY,
					default: 10,
					description: "Amplifier for one bit and square metre, in picojoules",
				},
				multipathPj: {
					...ENERGY,
					default: 0.0013,
					description:
						"Amplifier for one bit and metre to the fourth power, from the distance on at which both are equal; 0 for never",
				},
				aggregationNj: {
					...ENERGY,
					default: 5,
					description: "To aggregate one bit of each signal, in nanojoules",
				},
			},
			default: {},
			description: "Energies of the first-order radio model (Heinzelman et al. 2002)",
		},
		control: {
			type: "object",
			additionalProperties: false,
			properties: {
				accounting: {
					enum: ["none", "bits", "frames"],
					default: "frames",
					description:
						"none: elections cost nothing, and nodes know their neighbours' charge, as the literature has it; bits: each " +
						"message has so many bits; frames: the length of the firmware's own frames on the air",
				},
				bits: {
					type: "integer",
					minimum: 1,
					maximum: 1e5,
					default: 200,
					description: "Length of each message under the accounting bits",
				},
				schedule: {
					enum: ["members", "range"],
					default: "members",
					description:
						"Who pays for hearing a head's SCHEDULE: its members, who wake for it, or all within reach",
				},
				helloUnits: {
					type: "integer",
					minimum: 1,
					maximum: 255,
					default: 8,
					description:
						"A node says HELLO before an election when its charge differs by so many units of 1/255 from what it last " +
						"told; only under elections that look at their neighbours' charge",
				},
			},
			default: {},
			description: "What elections cost",
		},
		omniscience: {
			type: "boolean",
			default: true,
			description:
				"Whether elections that ask for it are told what no node could know; false makes those fail",
		},
	},
	default: {},
	description: "The first-order radio model; with fidelity rounds only",
} as const;
