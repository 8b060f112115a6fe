import { predictiveFactory } from "../../firmware/fragments/predictive-variants.js";

/*
 * Ablation: Predictive-CSM without its scores. Chained fragments without keys, memory in slots, deadlines by the link's
 * timing, and evictions by proof and age alone: first the oldest context of which no next fragment was verified, then
 * the one that is silent longest, then, among those that are being sent, the one heard longest ago. Nothing is recorded
 * for or against anybody. What `predictive-csm-open` does better is what its scores are worth.
 */

/** Predictive-CSM's chain without its scores. */
export const chainOnly = predictiveFactory(
	{ name: "chain-only", scored: "none", trustsAddresses: false, keyed: false },
	"chained",
);
