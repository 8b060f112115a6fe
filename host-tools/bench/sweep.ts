import { availableParallelism } from "node:os";
import { Steps } from "./output.js";
import { inTurn } from "./own-process.js";
import type { Section } from "./section.js";
import { median, medianRatio } from "./statistics.js";
import { oneCore, timeSweep } from "./timed-sweep.js";
import { figure } from "./wanted.js";

const RUNS = 24;
const QUICK_RUNS = 4;
const DURATION_S = 3600;
const QUICK_S = 30;
const LEAST_RATIO = 1.9;

/** What two cores gain for independent runs: a worker that has the machine to itself compiles and collects on the other core. */
export const sweep: Section = {
	name: "sweep",
	about: "independent runs on one core and on two",
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
		const within = oneCore();
		const cases = [
			{ workers: 1, cores: within === undefined ? availableParallelism() : 1, within },
			{ workers: 2, cores: availableParallelism(), within: undefined },
		];
		const steps = new Steps("sweep", rounds * cases.length);
		const [one, two] = (await inTurn(rounds, cases, (measured) =>
			steps.step(`${measured.workers} workers`, () => timeSweep(plan, measured.workers, measured.within)),
		)) as [number[], number[]];
		const rows = [one, two].map((wallS, i) => {
			const { workers, cores } = cases[i]!;
			const figures = { workers, cores, runs, wallS: Number(median(wallS).toFixed(2)) };
			output.json("sweep", figures);
			return {
				labels: [String(workers), String(cores)],
				cells: [figure(figures.wallS, 1), figure(runs / figures.wallS, 2)],
			};
		});
		output.table(
			`A sweep of ${runs} runs of workload A, 100 nodes, ${durationS} s, medians of ${rounds}, start-up included`,
			{ labelHeads: ["workers", "cores"], heads: ["wall s", "runs/s"], rows },
		);
		if (isQuick) return;
		const value = medianRatio(one, two, (wallS) => wallS);
		output.claims("sweep", [
			{
				what:
					within === undefined
						? "runs/s on two workers by those on one"
						: "runs/s on two cores by those on one",
				value,
				wanted: { least: LEAST_RATIO },
				digits: 2,
			},
		]);
	},
};
