import { fork } from "node:child_process";
import process from "node:process";
import { parseArgs } from "node:util";
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

function inOwnProcess(nodes: number, durationS: number): Promise<Sample> {
	return new Promise((resolve, reject) => {
		const child = fork(process.argv[1]!, ["--measure", `${nodes},${durationS}`], {
			execArgv: ["--expose-gc"],
		});
		child.once("message", (sample) => resolve(sample as Sample));
		child.once("error", reject);
		child.once("exit", (code) => {
			if (code !== 0) reject(new Error(`measuring ${nodes} nodes: expected exit code 0, got ${code}`));
		});
	});
}

function median(samples: readonly Sample[], pick: (sample: Sample) => number): number {
	const sorted = samples.map(pick).sort((a, b) => a - b);
	return sorted[sorted.length >> 1]!;
}

function cell(value: number, digits = 0): string {
	return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { json: { type: "boolean" }, rounds: { type: "string" }, measure: { type: "string" } },
	});
	if (values.measure !== undefined) {
		const [nodes, durationS] = values.measure.split(",").map(Number);
		const sample = await measure(nodes!, durationS!);
		process.send?.(sample, () => process.exit(0));
		return;
	}
	const rounds = Number(values.rounds ?? ROUNDS);
	if (!Number.isInteger(rounds) || rounds < 1) {
		process.stderr.write(`bench: --rounds: expected an integer of at least 1, found '${values.rounds}'\n`);
		process.exitCode = 2;
		return;
	}
	const header = ["nodes", "frames/s", "events/s", "events/frame", "simulated s/s", "bytes/node", "start ms"];
	const widths = header.map((name) => Math.max(name.length, 9));
	const print = (cells: readonly string[]) =>
		process.stdout.write(`${cells.map((text, i) => text.padStart(widths[i]!)).join("  ")}\n`);
	if (values.json !== true) {
		process.stdout.write(
			`workload A (grid-one-hop), one core, medians of ${rounds}, Node.js ${process.version}\n`,
		);
		print(header);
	}
	for (const [nodes, durationS] of SIZES) {
		const samples: Sample[] = [];
		for (let round = 0; round < rounds; round++) samples.push(await inOwnProcess(nodes, durationS));
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
		if (values.json === true) process.stdout.write(`${JSON.stringify(row)}\n`);
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

await main();
