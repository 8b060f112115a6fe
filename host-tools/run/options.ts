import type { Command, CommandArguments, CommandOption } from "../command.js";
import { UserError } from "../errors.js";

/** Options of every command that runs a scenario. */
export const RUN_OPTIONS: Readonly<Record<string, CommandOption>> = {
	json: { type: "boolean", help: "one JSON object on stdout" },
	seed: { type: "string", value: "N", help: "seed of all random draws, in place of the scenario's" },
	set: {
		type: "string",
		multiple: true,
		value: "PATH=VALUE",
		help: "change a value of the scenario, such as topology.nodes=400; may be repeated",
	},
	out: {
		type: "string",
		value: "DIR",
		help: "write events.cbor, frames.pcap (of packets), scenario.yaml and summary.json",
	},
	tap: { type: "boolean", help: "frames.pcap with RSSI and channel (link type 283)" },
	hash: { type: "boolean", help: "print the SHA-256 of the event log" },
};

/** The seed that was given, undefined for the scenario's own. */
export function readSeed(args: CommandArguments): number | undefined {
	return readInteger(args, "seed", 0, Number.MAX_SAFE_INTEGER, "an integer from 0 to 2^53 - 1");
}

/** The integer that an option gives, undefined without it. Throws a UserError that says what was expected. */
export function readInteger(
	args: CommandArguments,
	option: string,
	least: number,
	most: number,
	expected = `an integer from ${least} to ${most}`,
): number | undefined {
	const text = args.text(option);
	if (text === undefined) return undefined;
	const value = Number(text);
	if (/^[0-9]+$/.test(text) && value >= least && value <= most) return value;
	throw new UserError(`--${option}: expected ${expected}, found '${text}'`);
}

/** A word as a shell takes it back. */
function quoted(word: string): string {
	return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command that repeats a run: same words, and the seed spelt out. */
export function repeatCommand(command: string, words: readonly string[], seed: number): string {
	return commandLine([command, ...words, "--seed", String(seed)]);
}

/** A command of `lowguard` as a shell takes it. */
export function commandLine(words: readonly string[]): string {
	return ["lowguard", ...words].map(quoted).join(" ");
}

/** The words of the command line that change what a run does. */
export function scenarioWords(args: CommandArguments): string[] {
	return args.texts("set").flatMap((set) => ["--set", set]);
}

/** Throws a UserError when anything else was given with an option that runs nothing. */
export function expectAlone(command: Command, args: CommandArguments, option: string): void {
	const found = [...args.positionals.map((word) => `'${word}'`)];
	for (const name of Object.keys(command.options)) {
		const isGiven = args.flag(name) || args.text(name) !== undefined || args.texts(name).length > 0;
		if (isGiven && name !== option) found.push(`--${name}`);
	}
	if (found.length > 0) throw new UserError(`--${option}: expected nothing else, found ${found.join(", ")}`);
}
