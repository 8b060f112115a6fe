import { SLOT_BYTES } from "../../firmware/buffer-pool.js";
import { SLOT_LINK_BYTES } from "../../firmware/fragments/context.js";
import { CHAIN_BYTES, CONTEXT_BYTES, STANDINGS } from "../../firmware/trust/parameters.js";
import { STANDING_BYTES } from "../../firmware/trust/standing.js";

/** Octets of one field as a device keeps it: times in 32 bits, addresses as mode and EUI-64, flags as bits. */
export type Field = readonly [name: string, bytes: number];

/** What a context keeps besides its slots. */
export const CONTEXT_FIELDS: readonly Field[] = [
	["source and destination", 18],
	["size, tag", 4],
	["octets stored, octets charged", 4],
	["opened, last heard, deadline", 12],
	["offsets of an elided checksum", 4],
	["secured, has first, has gap", 1],
	["first slot, number of slots", 2],
];

/** What a context keeps of the chain of its fragments, where they are chained. */
export const CHAIN_FIELDS: readonly Field[] = [
	["flags, nonce, key", 6],
	["fragments verified", 1],
	["expected token, anchor, H(3 ‖ P₁)", 48],
];

/** What the score keeps of a neighbour. */
export const NEIGHBOUR_FIELDS: readonly Field[] = [
	["address", 8],
	["score, evidence for and against, surprise", 8],
	["mode of the address, state, strikes, proofs, flags", 4],
	["end of block, last fault, last change", 12],
];

/** One line of the table. */
export interface MemoryCost {
	readonly what: string;
	readonly bytes: number;
}

const ANCHOR_BYTES = 8;
const REMEMBERED_ANCHORS = 128;

export function memoryCosts(): MemoryCost[] {
	const slot = SLOT_BYTES + SLOT_LINK_BYTES;
	return [
		{ what: "score of a neighbour, address included", bytes: STANDING_BYTES },
		{ what: `scores of ${STANDINGS} neighbours`, bytes: STANDINGS * STANDING_BYTES },
		{ what: "context, without chain and slots", bytes: CONTEXT_BYTES },
		{ what: "chain of a context", bytes: CHAIN_BYTES },
		{ what: "slot", bytes: slot },
		{ what: "an empty promise: context with one slot", bytes: CONTEXT_BYTES + slot },
		{ what: "an empty promise that is chained", bytes: CONTEXT_BYTES + CHAIN_BYTES + slot },
		{ what: "a context of RFC 4944, whatever it holds", bytes: 1280 },
		{
			what: `anchors of the last ${REMEMBERED_ANCHORS} unkeyed chains`,
			bytes: ANCHOR_BYTES * REMEMBERED_ANCHORS,
		},
		// Round keys (176), two subkeys and a code (48), nonce and its reserve (8), address (9).
		{ what: "link key of a neighbour, expanded", bytes: 176 + 48 + 8 + 9 },
	];
}
