import { availableParallelism } from "node:os";
import { Steps } from "./output.js";
import { inTurn } from "./own-process.js";
import type { Section } from "./section.js";
import { median, medianRatio } from "./statistics.js";
import { timeSweep } from "./timed-sweep.js";
import { figure } from "./wanted.js";

const RUNS = 24;
const QUICK_RUNS = 4;
const DURATION_S = 600;
const QUICK_S = 30;
const LEAST_RATIO = 1.9;
const WORKERS = [1, 2];

/** What two cores gain for independent runs. */
export const sweep: Section = {
	name: "sweep",
	about: "independent runs on one worker and on two",
	run: async ({ rounds, isQuick }, output) => {
		if (availableParallelism() < 2) {
			output.json("sweep", { skipped: "one core" });
			output.text("", "A sweep on two workers: skipped, since this process has one core only");
			return;
		}
		const runs = isQuick ? QUICK_RUNS : RUNS;
		const durationS = isQuick ? QUICK_S : DURATION_S;
		const plan = {
			name: "bench",
			scenario: "grid-one-hop",
			runs,
			set: { durationS },
			axes: { "topology.nodes": [100] },
		};
		const steps = new Steps("sweep", rounds * WORKERS.length);
		const [one, two] = (await inTurn(rounds, WORKERS, (workers) =>
			steps.step(`${workers} workers`, () => timeSweep(plan, workers)),
		)) as [number[], number[]];
		const rows = [one, two].map((wallS, i) => {
			const figures = { workers: WORKERS[i]!, runs, wallS: Number(median(wallS).toFixed(2)) };
			output.json("sweep", figures);
			return {
				labels: [String(figures.workers)],
				cells: [figure(figures.wallS, 1), figure(runs / figures.wallS, 2)],
			};
		});
		output.table(
			`A sweep of ${runs} runs of workload A, 100 nodes, ${durationS} s, medians of ${rounds}, start-up included`,
			{ labelHeads: ["workers"], heads: ["wall s", "runs/s"], rows },
		);
		if (isQuick) return;
		const value = medianRatio(one, two, (wallS) => wallS);
		output.claims("sweep", [
			{
				what: "runs/s on two workers by those on one",
				value,
				wanted: { least: LEAST_RATIO },
				digits: 2,
			},
		]);
	},
};
