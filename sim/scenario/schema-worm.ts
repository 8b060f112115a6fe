const SHARE = { type: "number", minimum: 0, maximum: 1 } as const;

/** Section `worm`: how code that nobody asked for spreads, where the fidelity is `graph`. */
export const WORM_SCHEMA = {
	type: "object",
	additionalProperties: false,
	properties: {
		initial: {
			type: "integer",
			minimum: 1,
			maximum: 1_000_000,
			default: 1,
			description: "Nodes that have the worm from the beginning",
		},
		place: {
			enum: ["random", "left", "centre"],
			default: "random",
			description: "Which: random ones, or those nearest to the left side or to the centre of the field",
		},
		contactsPerS: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: 1e6,
			default: 0.1,
			description:
				"How often an infected node sends its code to each neighbour, a second (a Poisson process)",
		},
		fragments: {
			type: "integer",
			minimum: 1,
			maximum: 100,
			default: 4,
			description: "Fragments of the code; it takes all of one sender's to infect",
		},
		keepsFragments: {
			type: "boolean",
			default: false,
			description: "Whether what one contact leaves incomplete waits for the next with the same sender",
		},
		patchPerS: {
			type: "number",
			minimum: 0,
			maximum: 1e6,
			default: 0.05,
			description: "Rate at which an infected node is patched, a second; it is immune from then on",
		},
		verifyingShare: {
			...SHARE,
			default: 0,
			description:
				"Share of nodes that take code only in fragments which a hash chain ties to a signed anchor: they refuse the worm's",
		},
		theta: {
			...SHARE,
			default: 0,
			description: "Nodes drop code fragments of neighbours whose score is below this; 0 for no trust",
		},
		scores: {
			enum: ["equal", "uniform"],
			default: "equal",
			description:
				"A node's score of each neighbour at first: `score` for all, or each drawn uniformly from 0 to 1",
		},
		score: { ...SHARE, default: 0.5, description: "Score of every neighbour at first, where they are equal" },
		detectionShare: {
			...SHARE,
			default: 0,
			description:
				"Chance that a receiver sees what is wrong with a fragment: it discards the copy and halves its sender's score",
		},
	},
	default: {},
	description:
		"How a worm spreads along the topology's links, where the fidelity is graph: susceptible nodes, infected ones, patched ones",
} as const;
