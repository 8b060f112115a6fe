import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInteger } from "./arguments.js";
import { Calibration } from "./bench/calibration.js";
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
	/** Simulated seconds of both, unless asked for otherwise. */
	readonly spanS: number;
	/** Simulated seconds that take us some ten of wall time: over `spanS`, we would mostly compile. */
	readonly longS: number;
	/** How many times the throughput of ns-3 is wanted of the long run. */
	readonly leastRatio: number;
}

const COMPARISONS: readonly Comparison[] = [
	{ nodes: 1000, rounds: 3, spanS: 60, longS: 3600, leastRatio: 80 },
	{ nodes: 3800, rounds: 1, spanS: 30, longS: 900, leastRatio: 250 },
];
/** Both begin to send then; a datagram of each node takes 10 s more. */
const SENDING_FROM_S = 5;
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
	const comparisons = COMPARISONS.map((comparison) => {
		const spanS = readInteger(args, "span", comparison.spanS, LEAST_SPAN_S, MOST);
		return {
			...comparison,
			rounds: readInteger(args, "rounds", comparison.rounds, 1, MOST),
			spanS,
			longS: Math.max(spanS, comparison.longS),
		};
	});
	const output = new BenchOutput(args.flag("json"));
	const folder = mkdtempSync(join(tmpdir(), "lowguard-ns3-"));
	try {
		const steps = new Steps("ns3", 1 + comparisons.reduce((sum, { rounds }) => sum + 3 * rounds, 0));
		const program = await steps.step("build", () => buildNs3(folder));
		const machine = thisMachine();
		output.json("machine", machine);
		output.text(machineText(machine));
		const calibration = new Calibration(output);
		for (const comparison of comparisons) await compare(comparison, program, steps, output);
		calibration.end();
	} finally {
		rmSync(folder, { recursive: true });
	}
	return 0;
}

/** The samples of one of the runs that are compared, by round. */
interface Compared {
	readonly name: string;
	readonly simulatedS: number;
	readonly samples: Sample[];
}

async function compare(
	comparison: Comparison,
	program: string,
	steps: Steps,
	output: BenchOutput,
): Promise<void> {
	const { nodes, rounds, spanS, longS, leastRatio } = comparison;
	const ns3: Compared = { name: "ns-3", simulatedS: spanS, samples: [] };
	const same: Compared = { name: "Lowguard", simulatedS: spanS, samples: [] };
	const long: Compared = { name: "Lowguard", simulatedS: longS, samples: [] };
	const job = { kind: "packets", nodes, warmUpS: 0, set: [], keeping: "nothing" } as const;
	for (let round = 0; round < rounds; round++) {
		ns3.samples.push(await steps.step(`ns-3, ${n(nodes)} nodes`, () => runNs3(program, nodes, spanS)));
		for (const { name, simulatedS, samples } of [same, long]) {
			samples.push(
				await steps.step(`${name}, ${n(nodes)} nodes`, () => measureApart({ ...job, durationS: simulatedS })),
			);
		}
	}
	printTable(comparison, [ns3, same, long], output);
	const ratio = (ours: Compared): number => medianRatio(ours.samples, ns3.samples, framesPerS);
	const claims: Claim[] = [
		{
			what: `throughput by that of ns-3, ${n(nodes)} nodes: ${n(longS)} s by ${n(spanS)} s`,
			value: ratio(long),
			wanted: { least: leastRatio },
			digits: 1,
		},
		{ what: `  the same over the same ${n(spanS)} s, from a cold start`, value: ratio(same), digits: 1 },
	];
	output.claims("ns3", claims);
}

function printTable({ nodes, rounds }: Comparison, compared: readonly Compared[], output: BenchOutput): void {
	const rows = compared.map(({ name, simulatedS, samples }) => {
		const of = (pick: (sample: Sample) => number): number => medianOf(samples, pick);
		const figures = {
			name,
			nodes,
			simulatedS,
			frames: of((s) => s.frames),
			framesPerSimulatedS: Math.round(of((s) => s.frames / (simulatedS - SENDING_FROM_S))),
			startS: Number(of((s) => s.startS).toFixed(3)),
			wallS: Number(of((s) => s.wallS).toFixed(3)),
			framesPerS: Math.round(of(framesPerS)),
			peakRssMb: Math.round(of((s) => s.peakRssMb)),
		};
		output.json("ns3", figures);
		return {
			labels: [name, `${n(simulatedS)} s`],
			cells: [
				figure(figures.frames),
				figure(figures.framesPerSimulatedS),
				figure(figures.startS, 2),
				figure(figures.wallS, 2),
				figure(figures.framesPerS),
				figure(figures.peakRssMb),
			],
		};
	});
	output.table(`Workload A, ${n(nodes)} nodes, medians of ${rounds} in turn`, {
		labelHeads: ["", "simulated"],
		heads: ["frames", "by simulated s", "start s", "run s", "frames/s", "peak MB"],
		rows,
	});
	output.text(
		"  frames: all that were sent, acknowledgements included. By simulated s: by those from the first datagrams on,",
		`  ${SENDING_FROM_S} s after the start; short runs show more, since nodes first ask for addresses, and ns-3 announces its own.`,
		"  frames/s: by the run's wall time, set-up left out.",
		"  Wanted is a multiple of ns-3's throughput. It is held against ours over a run of some ten seconds of wall",
		"  time: over ns-3's simulated time ours lasts a second or so, much of which goes to compilation.",
	);
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
		span: {
			type: "string",
			value: "S",
			help: `simulated seconds of ns-3, and of one of our runs; ${COMPARISONS.map(({ spanS, nodes }) => `${spanS} at ${n(nodes)} nodes`).join(", ")} unless given`,
		},
		json: { type: "boolean", help: "one JSON object a line" },
	},
	notes: `
What is wanted is a multiple of ns-3's throughput, held against ours in a run of some ten seconds of wall time (${COMPARISONS.map(({ longS, nodes }) => `${n(longS)} simulated seconds at ${n(nodes)} nodes`).join(", ")});
the ratio over the same simulated time stands beside it.
Takes ns-3 as it is installed, and builds host-tools/peers/ns3-6lowpan.cc with it in a folder that is removed at the end.
Without ns-3: exit code 3.`,
	run,
});
