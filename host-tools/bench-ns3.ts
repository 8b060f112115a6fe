import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInteger } from "./arguments.js";
import { machineText, thisMachine } from "./bench/machine.js";
import { buildNs3, runNs3 } from "./bench/ns3-program.js";
import { BenchOutput, Steps } from "./bench/output.js";
import { measureApart } from "./bench/own-process.js";
import { runProgram } from "./bench/program.js";
import { medianOf, medianRatio } from "./bench/statistics.js";
import { type Claim, figure } from "./bench/wanted.js";
import type { CommandArguments } from "./command.js";
import { type ExitCode, UserError } from "./errors.js";
import { n } from "./report/numbers.js";

interface Comparison {
	readonly nodes: number;
	/** Unless asked for otherwise; ns-3 takes minutes for the large one. */
	readonly rounds: number;
	/** How many times the throughput of ns-3 is wanted. */
	readonly leastRatio: number;
}

const COMPARISONS: readonly Comparison[] = [
	{ nodes: 1000, rounds: 3, leastRatio: 80 },
	{ nodes: 3800, rounds: 1, leastRatio: 250 },
];
const SPAN_S = 60;
/** Both begin to send after 5 s; a datagram of each node takes 10 s more. */
const LEAST_SPAN_S = 15;
const MOST = 1000;

/** What is measured of both. */
interface Sample {
	readonly frames: number;
	readonly startS: number;
	readonly wallS: number;
	readonly peakRssMb: number;
}

const framesPerS = ({ frames, wallS }: Sample): number => frames / wallS;

async function run(args: CommandArguments): Promise<ExitCode> {
	if (args.positionals.length > 0) {
		throw new UserError(`expected options only, found '${args.positionals.join("', '")}'`);
	}
	const durationS = readInteger(args, "span", SPAN_S, LEAST_SPAN_S, MOST);
	const comparisons = COMPARISONS.map((comparison) => ({
		...comparison,
		rounds: readInteger(args, "rounds", comparison.rounds, 1, MOST),
	}));
	const output = new BenchOutput(args.flag("json"));
	const folder = mkdtempSync(join(tmpdir(), "lowguard-ns3-"));
	try {
		const steps = new Steps("ns3", 1 + comparisons.reduce((sum, { rounds }) => sum + 2 * rounds, 0));
		const program = await steps.step("build", () => buildNs3(folder));
		const machine = thisMachine();
		output.json("machine", machine);
		output.text(machineText(machine));
		for (const comparison of comparisons) await compare(comparison, program, durationS, steps, output);
	} finally {
		rmSync(folder, { recursive: true });
	}
	return 0;
}

async function compare(
	{ nodes, rounds, leastRatio }: Comparison,
	program: string,
	durationS: number,
	steps: Steps,
	output: BenchOutput,
): Promise<void> {
	const ns3: Sample[] = [];
	const ours: Sample[] = [];
	const job = { kind: "packets", nodes, durationS, warmUpS: 0, set: [], keeping: "nothing" } as const;
	for (let round = 0; round < rounds; round++) {
		ns3.push(await steps.step(`ns-3, ${n(nodes)} nodes`, () => runNs3(program, nodes, durationS)));
		ours.push(await steps.step(`Lowguard, ${n(nodes)} nodes`, () => measureApart(job)));
	}
	const rows = [
		{ name: "ns-3", samples: ns3 },
		{ name: "Lowguard", samples: ours },
	].map(({ name, samples }) => {
		const of = (pick: (sample: Sample) => number): number => medianOf(samples, pick);
		const figures = {
			name,
			nodes,
			simulatedS: durationS,
			frames: of((s) => s.frames),
			startS: Number(of((s) => s.startS).toFixed(3)),
			wallS: Number(of((s) => s.wallS).toFixed(3)),
			framesPerS: Math.round(of(framesPerS)),
			peakRssMb: Math.round(of((s) => s.peakRssMb)),
		};
		output.json("ns3", figures);
		return {
			labels: [name],
			cells: [
				figure(figures.frames),
				figure(figures.startS, 2),
				figure(figures.wallS, 2),
				figure(figures.framesPerS),
				figure(figures.peakRssMb),
			],
		};
	});
	output.table(
		`Workload A, ${n(nodes)} nodes, ${durationS} simulated seconds, medians of ${rounds} in turn`,
		{
			labelHeads: [""],
			heads: ["frames", "start s", "run s", "frames/s", "peak MB"],
			rows,
		},
	);
	output.text(
		"  frames: all that were sent, acknowledgements included. frames/s: by the run's wall time, set-up left out;",
		"  both from a cold start, over the same simulated time.",
	);
	const claim: Claim = {
		what: `frames/s by those of ns-3, ${n(nodes)} nodes`,
		value: medianRatio(ours, ns3, framesPerS),
		wanted: { least: leastRatio },
		digits: 1,
	};
	output.claims("ns3", [claim]);
}

await runProgram({
	name: "bench:ns3",
	calledAs: "npm run bench:ns3 --",
	summary: "run ns-3 and Lowguard in turn on the same workload, and print by how much the throughput differs",
	usage: "[options]",
	options: {
		rounds: {
			type: "string",
			value: "N",
			help: `runs of each; ${COMPARISONS.map(({ rounds, nodes }) => `${rounds} at ${n(nodes)} nodes`).join(", ")} unless given`,
		},
		span: { type: "string", value: "S", help: `simulated seconds of both; ${SPAN_S} unless given` },
		json: { type: "boolean", help: "one JSON object a line" },
	},
	notes: `
Takes ns-3 as it is installed, and builds host-tools/peers/ns3-6lowpan.cc with it in a folder that is removed at the end.
Without ns-3: exit code 3.`,
	run,
});
