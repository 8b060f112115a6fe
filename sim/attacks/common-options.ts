import type { FromSchema } from "../scenario/from-schema.js";

/** Keys that every entry of `attacks` has, before the options of its kind; a kind may give them other defaults. */
export const ATTACK_KEYS = {
	attackers: {
		type: "integer",
		minimum: 1,
		maximum: 1000,
		default: 1,
		description: "Radios that behave alike, each with random streams of its own",
	},
	place: {
		anyOf: [
			{ enum: ["next-to-sink", "busiest-route", "leaf"] },
			{
				type: "object",
				additionalProperties: false,
				required: ["node"],
				properties: { node: { type: "integer", minimum: 0 } },
			},
			{
				type: "object",
				additionalProperties: false,
				required: ["x", "y"],
				properties: { x: { type: "number" }, y: { type: "number" } },
			},
		],
		default: "next-to-sink",
		description:
			"Where they stand: a few metres beside the sink, beside the node that passes on for most others, beside one " +
			"far out that passes on for none, beside a node ({node: 5}), or at a place in metres ({x: 10, y: 20})",
	},
	victim: {
		anyOf: [{ enum: ["auto"] }, { type: "integer", minimum: 0 }],
		default: "auto",
		description: "Whom they attack: a node, or the nearest of those that reassemble what others send (auto)",
	},
	txPowerDbm: {
		anyOf: [{ enum: ["match"] }, { type: "number", minimum: -40, maximum: 30 }],
		default: "match",
		description:
			"Transmit power; match: the victim hears them as loud as the neighbour whose name they use, as far as the " +
			"profile's data sheet allows",
	},
	ratePerS: {
		type: "number",
		exclusiveMinimum: 0,
		maximum: 1e5,
		default: 1,
		description:
			"Mean strikes of each radio in a second; those that react to what they hear strike at most so often",
	},
	arrivals: {
		enum: ["poisson", "periodic"],
		default: "poisson",
		description: "How strikes are spread in time",
	},
	startS: {
		type: "number",
		minimum: 0,
		maximum: 1e8,
		default: 0,
		description: "When the attack begins, in seconds",
	},
	stopS: {
		type: ["number", "null"],
		minimum: 0,
		maximum: 1e8,
		default: null,
		description: "When it ends, in seconds; null for the end of the run",
	},
	keys: {
		enum: ["none", "insider"],
		default: "none",
		description: "insider: holds what a captured node holds; none: no key at all",
	},
	identity: {
		enum: ["own", "invented", "spoofed"],
		default: "spoofed",
		description:
			"The address on their frames: their own, a new one each time, or that of an honest neighbour of the victim",
	},
	control: {
		type: "boolean",
		default: false,
		description:
			"The airtime control: the same frames at the same times, addressed to a foreign PAN, so that what is left of " +
			"the damage is interference",
	},
} as const;

/** The common keys of one entry, defaults filled in. */
export type AttackKeys = FromSchema<{
	readonly type: "object";
	readonly additionalProperties: false;
	readonly properties: typeof ATTACK_KEYS;
}>;

/** One entry of a scenario's `attacks`. */
export type AttackEntry = AttackKeys & Readonly<Record<string, unknown>> & { readonly kind: string };
