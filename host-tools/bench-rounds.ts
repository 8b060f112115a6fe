import { type RoundsOutcome, runRounds } from "./run/run-rounds.js";
import { loadScenario } from "./scenario/load.js";

/** What is measured of the first-order model: each network lives to its last death. */
export const ROUNDS_CASES: readonly { readonly name: string; readonly set: readonly string[] }[] = [
	{ name: "100, leach, free", set: ["election.kind=leach", "rounds.control.accounting=none"] },
	{ name: "100, game, frames", set: [] },
	{
		name: "10,000, leach, free",
		set: ["topology.nodes=10000", "election.kind=leach", "rounds.control.accounting=none"],
	},
	{ name: "10,000, game, frames", set: ["topology.nodes=10000", "cluster.radiusM=8.5"] },
];

/** Runs before the one that counts as warm; large networks warm up by themselves. */
const WARMING_RUNS = 10;
const LARGE_ROUNDS_NODES = 1e6;

/** Milliseconds of a life: in a fresh process, and once the engine has compiled what runs. */
export interface RoundsSample {
	readonly coldMs: number;
	readonly warmMs: number;
	readonly rounds: number;
	/** Nodes that were alive, summed over the rounds. */
	readonly nodeRounds: number;
}

/** Measures one case; to be called in a process of its own. */
export async function measureRounds(index: number): Promise<RoundsSample> {
	const { set } = ROUNDS_CASES[index]!;
	const loaded = await loadScenario("cluster-rounds", { set });
	const life = (): { ms: number; outcome: RoundsOutcome } => {
		const beganMs = performance.now();
		const outcome = runRounds(loaded);
		return { ms: performance.now() - beganMs, outcome };
	};
	const cold = life();
	let warmMs = cold.ms;
	const { rounds, nodeRounds } = cold.outcome.summary;
	if (nodeRounds < LARGE_ROUNDS_NODES) {
		for (let run = 0; run < WARMING_RUNS; run++) life();
		warmMs = life().ms;
	}
	return { coldMs: cold.ms, warmMs, rounds, nodeRounds };
}
