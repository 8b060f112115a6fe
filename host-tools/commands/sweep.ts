import process from "node:process";
import { onePositional } from "../arguments.js";
import type { Command, CommandArguments } from "../command.js";
import { type ExitCode, UserError } from "../errors.js";
import { nameList } from "../report/name-list.js";
import { expectAlone, RUN_OPTIONS, readInteger, readSeed, scenarioWords } from "../run/options.js";
import { executeSweep } from "../sweep/execute.js";
import { loadSweep, readSweep, shippedSweeps } from "../sweep/load.js";
import { WELL_KNOWN_AXES } from "../sweep/well-known-axes.js";

const MOST_WORKERS = 256;

export const command: Command = {
	name: "sweep",
	summary: "run a scenario many times with other values and seeds, and compare",
	usage: "FILE [options]",
	options: {
		runs: { type: "string", value: "N", help: "runs a point, in place of the sweep's" },
		workers: {
			type: "string",
			value: "N",
			help: "threads; as many as the machine runs at once by default. No result depends on it",
		},
		json: { type: "boolean", help: "one JSON object a point on stdout" },
		seed: { type: "string", value: "N", help: "seed of the first run of each point; run i has N + i" },
		set: RUN_OPTIONS["set"]!,
		out: {
			type: "string",
			value: "DIR",
			help: "keep each run as it ends (runs.jsonl), and sweep.yaml, points.jsonl and table.txt",
		},
		resume: { type: "boolean", help: "go on with the sweep in the folder of --out" },
		hash: { type: "boolean", help: "keep the SHA-256 of each run's event log in runs.jsonl" },
		list: { type: "boolean", help: "names of the sweeps that ship" },
	},
	notes: `
FILE is a YAML file, or the name of one that ships (--list). All combinations of its axes run.
An axis is a scenario path, or one of: ${[...WELL_KNOWN_AXES].map(([name, { path }]) => `${name} (${path})`).join(", ")}.
Every point meets the same seeds: differences between points are paired by seed.`,
	run,
};

async function run(args: CommandArguments): Promise<ExitCode> {
	if (args.flag("list")) {
		expectAlone(command, args, "list");
		const read = await Promise.all((await shippedSweeps()).map((name) => readSweep(name)));
		process.stdout.write(nameList(read.map(({ sweep }) => sweep)));
		return 0;
	}
	const name = onePositional(args, "FILE");
	const directory = args.text("out");
	const isResumed = args.flag("resume");
	if (isResumed && directory === undefined)
		throw new UserError("--resume: expected --out with it, found none");
	const runs = readInteger(args, "runs", 1, 100_000);
	const workers = readInteger(args, "workers", 1, MOST_WORKERS);
	const seed = readSeed(args);
	const loaded = await loadSweep(name, { runs, seed, set: args.texts("set") });
	const { sweep } = loaded;
	const numbers = ["--runs", String(sweep.runs), "--seed", String(sweep.seed)];
	await executeSweep(loaded, {
		words: [name, ...scenarioWords(args), ...numbers],
		workers,
		json: args.flag("json"),
		hash: args.flag("hash"),
		directory,
		isResumed,
	});
	return 0;
}
