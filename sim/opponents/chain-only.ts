import { predictiveFactory } from "../../firmware/fragments/predictive-variants.js";

/*
 * Ablation: Predictive-CSM without its scores. Chained fragments without keys, memory in slots, deadlines by the link's
 * timing, and evictions by proof and age alone: first the oldest context of which no next fragment was verified, then
 * the one that has been silent longest, if it has stalled. Newcomers displace nothing that is being sent, and of such
 * contexts the one that asks for memory goes itself. Nothing is recorded for or against anybody. What
 * `predictive-csm-open` does better is what its scores are worth.
 */

/** Predictive-CSM's chain without its scores. */
export const chainOnly = predictiveFactory(
	{ name: "chain-only", scored: "none", trustsAddresses: false, keyed: false },
	"chained",
);
