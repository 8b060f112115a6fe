import process from "node:process";
import type { LoadedScenario } from "../scenario/load.js";
import { rate, round, rounded } from "./summary.js";
import type { WormOutcome } from "./worm-run.js";

/** The summary of a worm's run as `--json` prints it; `eventLogSha256` is null when the log was not hashed. */
export function wormSummaryOf(loaded: LoadedScenario, outcome: WormOutcome, eventLogSha256: string | null) {
	const { summary, wallS, startS } = outcome;
	const { nodes, simulatedS, events, ...results } = summary;
	const { scenario } = loaded;
	return {
		scenario: scenario.name,
		seed: scenario.seed,
		fidelity: scenario.fidelity,
		nodes,
		simulatedS,
		wallS: round(wallS + startS, 3),
		...rounded(results),
		eventsPerS: rate(events, wallS),
		peakRssMb: round(process.resourceUsage().maxRSS / 1024, 1),
		eventLogSha256,
	};
}

export type WormRunSummary = ReturnType<typeof wormSummaryOf>;
