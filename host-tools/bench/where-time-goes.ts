import { n } from "../report/numbers.js";
import { type BenchOutput, Steps } from "./output.js";
import { measureApart } from "./own-process.js";
import type { ProfileSample } from "./profiled-run.js";
import type { Section } from "./section.js";
import { PARTS, type Part } from "./time-split.js";
import { figure } from "./wanted.js";

const CASES = [
	{ nodes: 1000, durationS: 120, quickS: 15 },
	{ nodes: 100_000, durationS: 20, quickS: 7 },
];
const MOST_FUNCTIONS = 25;

/** The split of a run's time by the part of the code that it goes to. */
export const whereTimeGoes: Section = {
	name: "time",
	about: "where the time of a run goes, by part, under the profiler",
	run: async ({ isQuick, showsFunctions }, output) => {
		const steps = new Steps("time", CASES.length);
		const samples: ProfileSample[] = [];
		for (const { nodes, durationS, quickS } of CASES) {
			const job = { kind: "profile", nodes, durationS: isQuick ? quickS : durationS } as const;
			const sample = await steps.step(`${n(nodes)} nodes`, () => measureApart(job));
			const { parts, frames, wallS, functions } = sample;
			output.json("time", { nodes, simulatedS: job.durationS, frames, wallS, us: parts, functions });
			samples.push(sample);
		}
		printParts(samples, output);
		if (!showsFunctions) return;
		for (const [i, { nodes }] of CASES.entries()) printFunctions(nodes, samples[i]!, output);
	},
};

function totalUs({ parts }: ProfileSample): number {
	return Object.values(parts).reduce((sum, us) => sum + us, 0);
}

function printParts(samples: readonly ProfileSample[], output: BenchOutput): void {
	const row = (part: Part) => ({
		labels: [part],
		cells: samples.flatMap((sample) => [
			figure((100 * sample.parts[part]) / totalUs(sample), 1),
			figure(sample.parts[part] / sample.frames, 2),
		]),
	});
	const whole = {
		labels: ["all"],
		cells: samples.flatMap((sample) => [figure(100, 1), figure(totalUs(sample) / sample.frames, 2)]),
	};
	output.table("Where time goes, workload A, measured under the profiler", {
		labelHeads: ["self time"],
		heads: CASES.flatMap(({ nodes }) => [`${n(nodes)} nodes, %`, "µs a frame"]),
		rows: [...PARTS.map(row), whole],
	});
	output.text(
		"  host: host-tools and packages. compiler: while the run waited for it. engine: built-ins of the language.",
		"  Start-up is left out; the profiler itself slows a run down, functions that are called often most of all.",
	);
}

function printFunctions(nodes: number, sample: ProfileSample, output: BenchOutput): void {
	const whole = totalUs(sample);
	const rows = sample.functions.slice(0, MOST_FUNCTIONS).map(({ name, us }) => ({
		labels: [name],
		cells: [figure((100 * us) / whole, 1)],
	}));
	output.table(`The functions that took the most, ${n(nodes)} nodes`, {
		labelHeads: ["self time"],
		heads: ["%"],
		rows,
	});
}
