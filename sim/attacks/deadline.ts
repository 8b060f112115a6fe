import type { Scenario } from "../scenario/scenario.js";

/** What an attacker reckons with where a defence does not say how long it waits: the least that any of ours does. */
const LEAST_US = 500_000;

/**
 * How long the victim waits for a fragment, in microseconds: its policy's `timeoutS`, else half a second.
 */
export function deadlineUs({ reassembly }: Scenario): number {
	const timeoutS = (reassembly as Readonly<Record<string, unknown>>)["timeoutS"];
	return typeof timeoutS === "number" ? Math.round(timeoutS * 1e6) : LEAST_US;
}
