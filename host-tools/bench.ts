import { readInteger } from "./arguments.js";
import { Calibration } from "./bench/calibration.js";
import { defences } from "./bench/defences.js";
import { log } from "./bench/log.js";
import { machineText, thisMachine } from "./bench/machine.js";
import { BenchOutput } from "./bench/output.js";
import { runProgram } from "./bench/program.js";
import { rounds } from "./bench/rounds.js";
import type { Section } from "./bench/section.js";
import { size } from "./bench/size.js";
import { sweep } from "./bench/sweep.js";
import { whereTimeGoes } from "./bench/where-time-goes.js";
import type { CommandArguments } from "./command.js";
import { type ExitCode, UserError } from "./errors.js";
import { oneOf, suggestion } from "./scenario/describe.js";

const SECTIONS: readonly Section[] = [size, whereTimeGoes, defences, log, sweep, rounds];
const ROUNDS = 5;
const MOST_ROUNDS = 1000;

async function run(args: CommandArguments): Promise<ExitCode> {
	if (args.positionals.length > 0) {
		throw new UserError(`expected options only, found '${args.positionals.join("', '")}'`);
	}
	const sections = sectionsOf(args.text("only"));
	const isQuick = args.flag("quick");
	const settings = {
		rounds: readInteger(args, "rounds", isQuick ? 1 : ROUNDS, 1, MOST_ROUNDS),
		isQuick,
		isLarge: args.flag("large"),
		showsFunctions: args.flag("profile"),
	};
	if (settings.isLarge && !sections.includes(size)) {
		throw new UserError(`--large: expected section ${size.name} among those of --only, found none`);
	}
	if (settings.showsFunctions && !sections.includes(whereTimeGoes)) {
		throw new UserError(
			`--profile: expected section ${whereTimeGoes.name} among those of --only, found none`,
		);
	}
	const output = new BenchOutput(args.flag("json"));
	const machine = thisMachine();
	output.json("machine", machine);
	output.text(machineText(machine));
	const calibration = new Calibration(output);
	if (isQuick) output.text("Quick: these figures only show that the bench works.");
	for (const section of sections) await section.run(settings, output);
	calibration.end();
	return 0;
}

/** The sections that were asked for, in the order of the bench. Throws a UserError. */
function sectionsOf(only: string | undefined): readonly Section[] {
	if (only === undefined) return SECTIONS;
	const names = SECTIONS.map(({ name }) => name);
	const wanted = only.split(",");
	for (const name of wanted) {
		if (names.includes(name)) continue;
		throw new UserError(`--only: expected ${oneOf(names)}, found '${name}'${suggestion(name, names)}`);
	}
	return SECTIONS.filter(({ name }) => wanted.includes(name));
}

await runProgram({
	name: "bench",
	calledAs: "npm run bench --",
	summary: "measure throughput and memory, each figure in processes of its own",
	usage: "[options]",
	options: {
		only: { type: "string", value: "A,B", help: "these sections; all unless given" },
		rounds: { type: "string", value: "N", help: `measurements of each figure; ${ROUNDS} unless given` },
		large: { type: "boolean", help: "1,000,000 nodes too, once" },
		profile: { type: "boolean", help: "the functions that take the most time too" },
		quick: { type: "boolean", help: "short runs, once: whether the bench works" },
		json: { type: "boolean", help: "one JSON object a line" },
	},
	notes: `
Sections: ${SECTIONS.map(({ name, about }) => `${name} (${about})`).join("; ")}.
Figures are medians; cases take turns, and beside each figure stands what is wanted of it. Let nothing else run meanwhile.`,
	run,
});
