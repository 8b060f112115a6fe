import { fork } from "node:child_process";
import process from "node:process";
import { parseArgs } from "node:util";
import { measureRounds, ROUNDS_CASES, type RoundsSample } from "./bench-rounds.js";
import { type RunOutcome, runScenario } from "./run/run.js";
import { loadScenario } from "./scenario/load.js";

/** Networks of workload A (`grid-one-hop`): nodes, and simulated seconds of one measurement. */
const SIZES: readonly (readonly [nodes: number, durationS: number])[] = [
	[25, 7200],
	[100, 1800],
	[1000, 180],
	[10_000, 30],
];
const ROUNDS = 5;

/** One measurement, made in a process of its own so that no other heats or fills its heap. */
interface Sample {
	framesPerS: number;
	eventsPerS: number;
	simulatedPerS: number;
	bytesPerNode: number;
	startS: number;
	eventsPerFrame: number;
}

async function measure(nodes: number, durationS: number): Promise<Sample> {
	const loaded = await loadScenario("grid-one-hop", {
		set: [`topology.nodes=${nodes}`, `durationS=${durationS}`],
	});
	collectGarbage();
	const before = memoryBytes();
	let peak = before;
	const outcome: RunOutcome = runScenario(loaded, {
		prepare: () => {
			collectGarbage();
			peak = memoryBytes();
		},
	});
	collectGarbage();
	peak = Math.max(peak, memoryBytes());
	const { summary, wallS, startS } = outcome;
	const frames = summary.frames.data + summary.frames.acks;
	return {
		framesPerS: frames / wallS,
		eventsPerS: summary.events / wallS,
		simulatedPerS: summary.simulatedS / wallS,
		bytesPerNode: (peak - before) / nodes,
		startS,
		eventsPerFrame: summary.events / frames,
	};
}

function collectGarbage(): void {
	(globalThis as { gc?: () => void }).gc?.();
}

/** Octets that live objects and their buffers take. */
function memoryBytes(): number {
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/** What this program says in a process of its own when it is called with these words. */
function inOwnProcess<T>(...words: string[]): Promise<T> {
	return new Promise((resolve, reject) => {
		const child = fork(process.argv[1]!, words, { execArgv: ["--expose-gc"] });
		child.once("message", (sample) => resolve(sample as T));
		child.once("error", reject);
		child.once("exit", (code) => {
			if (code !== 0) reject(new Error(`measuring ${words.join(" ")}: expected exit code 0, got ${code}`));
		});
	});
}

function median<T>(samples: readonly T[], pick: (sample: T) => number): number {
	const sorted = samples.map(pick).sort((a, b) => a - b);
	return sorted[sorted.length >> 1]!;
}

function cell(value: number, digits = 0): string {
	return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			json: { type: "boolean" },
			rounds: { type: "string" },
			measure: { type: "string" },
			"measure-rounds": { type: "string" },
		},
	});
	if (values.measure !== undefined) {
		const [nodes, durationS] = values.measure.split(",").map(Number);
		const sample = await measure(nodes!, durationS!);
		process.send?.(sample, () => process.exit(0));
		return;
	}
	if (values["measure-rounds"] !== undefined) {
		const sample = await measureRounds(Number(values["measure-rounds"]));
		process.send?.(sample, () => process.exit(0));
		return;
	}
	const rounds = Number(values.rounds ?? ROUNDS);
	if (!Number.isInteger(rounds) || rounds < 1) {
		process.stderr.write(`bench: --rounds: expected an integer of at least 1, found '${values.rounds}'\n`);
		process.exitCode = 2;
		return;
	}
	await benchPackets(rounds, values.json === true);
	await benchRounds(rounds, values.json === true);
}

/** A table with heads, each column as wide as its head or nine characters. */
function printer(header: readonly string[]): (cells: readonly string[]) => void {
	const widths = header.map((name) => Math.max(name.length, 9));
	return (cells) =>
		void process.stdout.write(`${cells.map((text, i) => text.padStart(widths[i]!)).join("  ")}\n`);
}

async function benchPackets(rounds: number, isJson: boolean): Promise<void> {
	const header = ["nodes", "frames/s", "events/s", "events/frame", "simulated s/s", "bytes/node", "start ms"];
	const print = printer(header);
	if (!isJson) {
		process.stdout.write(
			`workload A (grid-one-hop), one core, medians of ${rounds}, Node.js ${process.version}\n`,
		);
		print(header);
	}
	for (const [nodes, durationS] of SIZES) {
		const samples: Sample[] = [];
		for (let round = 0; round < rounds; round++)
			samples.push(await inOwnProcess<Sample>("--measure", `${nodes},${durationS}`));
		const of = (pick: (sample: Sample) => number) => median(samples, pick);
		const row = {
			nodes,
			framesPerS: Math.round(of((s) => s.framesPerS)),
			eventsPerS: Math.round(of((s) => s.eventsPerS)),
			eventsPerFrame: Number(of((s) => s.eventsPerFrame).toFixed(3)),
			simulatedPerS: Number(of((s) => s.simulatedPerS).toPrecision(4)),
			bytesPerNode: Math.round(of((s) => s.bytesPerNode)),
			startMs: Math.round(of((s) => s.startS) * 1000),
		};
		if (isJson) process.stdout.write(`${JSON.stringify(row)}\n`);
		else {
			print([
				cell(row.nodes),
				cell(row.framesPerS),
				cell(row.eventsPerS),
				cell(row.eventsPerFrame, 2),
				cell(row.simulatedPerS, row.simulatedPerS < 10 ? 2 : 0),
				cell(row.bytesPerNode),
				cell(row.startMs),
			]);
		}
	}
}

async function benchRounds(rounds: number, isJson: boolean): Promise<void> {
	const names = ROUNDS_CASES.map(({ name }) => name);
	const width = Math.max(...names.map((name) => name.length));
	const header = [
		"nodes, election, control".padEnd(width),
		"rounds",
		"first run ms",
		"warm ms",
		"node-rounds/s",
	];
	const print = printer(header);
	if (!isJson) {
		process.stdout.write("\nfirst-order model (cluster-rounds), to the last death\n");
		print(header);
	}
	for (const [index, name] of names.entries()) {
		const samples: RoundsSample[] = [];
		for (let round = 0; round < rounds; round++)
			samples.push(await inOwnProcess<RoundsSample>("--measure-rounds", String(index)));
		const row = {
			case: name,
			rounds: median(samples, (s) => s.rounds),
			coldMs: Number(median(samples, (s) => s.coldMs).toFixed(1)),
			warmMs: Number(median(samples, (s) => s.warmMs).toFixed(1)),
			nodeRoundsPerS: Math.round(median(samples, (s) => (1000 * s.nodeRounds) / s.warmMs)),
		};
		if (isJson) process.stdout.write(`${JSON.stringify(row)}\n`);
		else print([name, cell(row.rounds), cell(row.coldMs, 1), cell(row.warmMs, 1), cell(row.nodeRoundsPerS)]);
	}
}

await main();
