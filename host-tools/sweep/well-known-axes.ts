/** An axis with a short name for what people vary most. */
export interface WellKnownAxis {
	/** Path of the scenario that its values go to. */
	readonly path: string;
	/**
	 * A value that empties a list in place of setting the path. Nothing else that the sweep says about that
	 * list then applies to the point.
	 */
	readonly none?: { readonly value: string; readonly list: string };
}

/** The short names, in the order in which messages list them. */
export const WELL_KNOWN_AXES: ReadonlyMap<string, WellKnownAxis> = new Map<string, WellKnownAxis>([
	["defence", { path: "reassembly.policy" }],
	["election", { path: "election.kind" }],
	["attack", { path: "attacks[0].kind", none: { value: "none", list: "attacks" } }],
	["rate", { path: "attacks[0].ratePerS" }],
	["attackers", { path: "attacks[0].attackers" }],
	["control", { path: "attacks[0].control" }],
	["memory", { path: "reassembly.budgetBytes" }],
	["timeout", { path: "reassembly.timeoutS" }],
	["size", { path: "traffic[0].payloadBytes" }],
	["prr", { path: "channel.prr" }],
	["token", { path: "node.chain.tokenBytes" }],
]);
