import type { ExecutionContext } from "ava";
import { runWorm, type WormRunOptions } from "../../../host-tools/run/worm-run.js";
import type { WormSummary } from "../../../sim/measure/worm-metrics.js";
import { loadText } from "../support/run-text.js";

/** A scenario of fidelity graph: four thousand nodes for which distance does not matter. */
export const MIXED = `
name: mixed
fidelity: graph
durationS: 100000
topology: { kind: random-spatial, nodes: 4000, kernel: uniform, meanDegree: 6 }
worm: { initial: 20, contactsPerS: 1, fragments: 1, patchPerS: 1 }
`;

/** What a worm comes to under a scenario with these values set. */
export async function wormOf(
	t: ExecutionContext,
	yaml: string,
	set: readonly string[] = [],
	options: WormRunOptions = {},
): Promise<WormSummary> {
	return runWorm(await loadText(t, yaml, {}, set), options).summary;
}
