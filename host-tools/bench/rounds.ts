import { availableParallelism } from "node:os";
import { ROUNDS_CASES, type RoundsSample } from "../bench-rounds.js";
import { type BenchOutput, Steps } from "./output.js";
import { inTurn, measureApart } from "./own-process.js";
import type { BenchSettings, Section } from "./section.js";
import { median, medianOf } from "./statistics.js";
import { timeSweep } from "./timed-sweep.js";
import { figure } from "./wanted.js";

const LIVES = 1000;
const QUICK_LIVES = 20;
const MOST_BATCH_S = 20;
const BATCH_WORKERS = 2;
/** What the lives of a batch are, as the axes of a sweep: the networks of 100 nodes among the cases. */
const BATCHES = [
	{ name: "leach", axes: { "election.kind": ["leach"], "rounds.control.accounting": ["none"] } },
	{ name: "game", axes: { "topology.nodes": [100] } },
];

/** The first-order model: single lives, and many of them. */
export const rounds: Section = {
	name: "rounds",
	about: "the first-order model: lives of networks, single and by the thousand",
	run: async (settings, output) => {
		await singleLives(settings, output);
		await batches(settings, output);
	},
};

async function singleLives({ rounds, isQuick }: BenchSettings, output: BenchOutput): Promise<void> {
	const cases = ROUNDS_CASES.slice(0, isQuick ? 2 : undefined);
	const steps = new Steps("rounds", rounds * cases.length);
	const indices = cases.map((_, index) => index);
	const samples = await inTurn(rounds, indices, (index) =>
		steps.step(cases[index]!.name, () => measureApart({ kind: "rounds", index })),
	);
	const rows = cases.map(({ name }, i) => {
		const of = (pick: (sample: RoundsSample) => number): number => medianOf(samples[i]!, pick);
		const figures = {
			case: name,
			rounds: of((s) => s.rounds),
			coldMs: Number(of((s) => s.coldMs).toFixed(1)),
			warmMs: Number(of((s) => s.warmMs).toFixed(1)),
			nodeRoundsPerS: Math.round(of((s) => (1000 * s.nodeRounds) / s.warmMs)),
		};
		output.json("rounds", figures);
		return {
			labels: [name],
			cells: [
				figure(figures.rounds),
				figure(figures.coldMs, 1),
				figure(figures.warmMs, 1),
				figure(figures.nodeRoundsPerS),
			],
		};
	});
	output.table(`First-order model (cluster-rounds), to the last death, medians of ${rounds}`, {
		labelHeads: ["nodes, election, control"],
		heads: ["rounds", "first run ms", "warm ms", "node-rounds/s"],
		rows,
	});
}

async function batches({ rounds, isQuick }: BenchSettings, output: BenchOutput): Promise<void> {
	if (availableParallelism() < BATCH_WORKERS) {
		output.json("rounds", { skipped: "one core" });
		output.text("", "Lives by the thousand: skipped, since this process has one core only");
		return;
	}
	const runs = isQuick ? QUICK_LIVES : LIVES;
	const steps = new Steps("rounds", rounds * BATCHES.length);
	const samples = await inTurn(rounds, BATCHES, ({ name, axes }) =>
		steps.step(`${runs} lives, ${name}`, () =>
			timeSweep({ name: "bench", scenario: "cluster-rounds", runs, axes }, BATCH_WORKERS),
		),
	);
	const walls = samples.map((of) => median(of));
	const rows = BATCHES.map(({ name }, i) => {
		const figures = { case: name, lives: runs, workers: BATCH_WORKERS, wallS: Number(walls[i]!.toFixed(2)) };
		output.json("rounds", figures);
		return { labels: [name], cells: [figure(figures.wallS, 1), figure(runs / figures.wallS, 1)] };
	});
	output.table(
		`A sweep of ${runs} lives of 100 nodes on ${BATCH_WORKERS} workers, medians of ${rounds}, start-up included`,
		{ labelHeads: ["election"], heads: ["wall s", "lives/s"], rows },
	);
	if (isQuick) return;
	const claims = BATCHES.map(({ name }, i) => ({
		what: `${runs} lives, ${name}, on ${BATCH_WORKERS} workers: wall s`,
		value: walls[i]!,
		wanted: { most: MOST_BATCH_S },
		digits: 1,
	}));
	output.claims("rounds", claims);
}
