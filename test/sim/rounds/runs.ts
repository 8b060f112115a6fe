import { type RoundsOutcome, runRounds } from "../../../host-tools/run/run-rounds.js";
import { loadScenario } from "../../../host-tools/scenario/load.js";
import type { RoundsSummary } from "../../../sim/measure/rounds-metrics.js";

/** One run of a shipped scenario, with some values set as on the command line. */
export async function roundsRun(name: string, set: readonly string[], seed = 1): Promise<RoundsOutcome> {
	return runRounds(await loadScenario(name, { seed, set }));
}

/** Runs with the seeds from 1 on. */
export async function roundsRuns(
	name: string,
	set: readonly string[],
	runs: number,
): Promise<readonly RoundsSummary[]> {
	const summaries: RoundsSummary[] = [];
	for (let seed = 1; seed <= runs; seed++) summaries.push((await roundsRun(name, set, seed)).summary);
	return summaries;
}

/** Mean of a number over runs. */
export function meanOf(runs: readonly RoundsSummary[], pick: (run: RoundsSummary) => number | null): number {
	return runs.reduce((sum, run) => sum + pick(run)!, 0) / runs.length;
}
