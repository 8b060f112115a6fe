import { predictiveFactory } from "../../firmware/fragments/predictive-variants.js";

/*
 * Ablation: Predictive-CSM without its chain. Plain fragments, memory in the same slots, and the scores, quotas, states
 * and deadlines of `predictive-csm`, all evidence attributed to the address on the frame. Since nothing can be verified,
 * everything counts: a packet that is whole for its sender; an overlap, a misaligned fragment and one past the end
 * against him, as a hard fault; a packet that stays incomplete as the link lets one expect. No context is ever proved,
 * so that the lack of proof evicts none: what makes room is a context that has stalled, then the lowest score. Slots
 * rather than whole MTUs, for this is to show what the chain is worth, not what the slots are.
 */

/** Predictive-CSM's scores without its chain. */
export const scoreOnly = predictiveFactory(
	{ name: "score-only", scored: "all", trustsAddresses: true, keyed: false },
	"plain",
);
