import process from "node:process";
import { scenarioJsonSchema } from "../../sim/scenario/json-schema.js";
import { onePositional } from "../arguments.js";
import type { Command, CommandArguments } from "../command.js";
import { type ExitCode, UserError } from "../errors.js";
import { nameList } from "../report/name-list.js";
import { execute } from "../run/execute.js";
import { runInLargerHeap } from "../run/heap.js";
import { expectAlone, RUN_OPTIONS, readSeed, scenarioWords } from "../run/options.js";
import { loadScenario, shippedScenarios } from "../scenario/load.js";
import { startXs } from "../xs/xs-run.js";

export const command: Command = {
	name: "sim",
	summary: "run a scenario: firmware and frames, the rounds of the literature, or a worm on a graph",
	usage: "SCENARIO [options]",
	options: {
		...RUN_OPTIONS,
		"per-round": {
			type: "boolean",
			help: "columns of each round in the summary (perRound), with fidelity rounds",
		},
		xs: {
			type: "string",
			value: "NODES",
			help: "run these nodes on XS with a chip's memory: numbers with commas between, or all",
		},
		list: { type: "boolean", help: "names of the scenarios that ship" },
		schema: { type: "boolean", help: "print the JSON Schema of scenarios, for editors" },
	},
	notes: `
SCENARIO is a YAML file, or the name of one that ships (--list).
The same scenario and seed give the same event log, octet for octet, on any machine, and with --xs too.
--xs builds XS on first use, which takes a C compiler.`,
	run,
};

async function run(args: CommandArguments): Promise<ExitCode> {
	for (const name of ["schema", "list"]) if (args.flag(name)) expectAlone(command, args, name);
	if (args.flag("schema")) {
		process.stdout.write(`${JSON.stringify(scenarioJsonSchema(), undefined, "\t")}\n`);
		return 0;
	}
	if (args.flag("list")) {
		const loaded = await Promise.all((await shippedScenarios()).map((name) => loadScenario(name)));
		process.stdout.write(nameList(loaded.map(({ scenario }) => scenario)));
		return 0;
	}
	const name = onePositional(args, "SCENARIO");
	const loaded = await loadScenario(name, { seed: readSeed(args), set: args.texts("set") });
	const perRound = args.flag("per-round");
	const { fidelity } = loaded.scenario;
	if (perRound && fidelity !== "rounds")
		throw new UserError(`--per-round: expected a scenario with fidelity rounds, found ${fidelity}`);
	if (fidelity === "packets") {
		const exitCode = await runInLargerHeap(loaded.nodes);
		if (exitCode !== undefined) return exitCode;
	}
	const nodes = args.text("xs");
	const words = [name, ...scenarioWords(args), ...(nodes === undefined ? [] : ["--xs", nodes])];
	const xs = nodes === undefined ? undefined : await startXs(loaded, nodes);
	try {
		const run = xs === undefined ? {} : { xs: xs.motes };
		await execute(loaded, args, { command: "sim", words, run, perRound });
	} finally {
		xs?.close();
	}
	return 0;
}
