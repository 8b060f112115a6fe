import type { CommandArguments, CommandOption } from "../command.js";
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
		help: "write events.cbor, frames.pcap, scenario.yaml and summary.json",
	},
	tap: { type: "boolean", help: "frames.pcap with RSSI and channel (link type 283)" },
	hash: { type: "boolean", help: "print the SHA-256 of the event log" },
};

/** The seed that was given, undefined for the scenario's own. */
export function readSeed(args: CommandArguments): number | undefined {
	const text = args.text("seed");
	if (text === undefined) return undefined;
	const seed = Number(text);
	if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(seed)) {
		throw new UserError(`--seed: expected an integer from 0 to 2^53 - 1, found '${text}'`);
	}
	return seed;
}

/** A word as a shell takes it back. */
function quoted(word: string): string {
	return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command that repeats a run: same words, and the seed spelt out. */
export function repeatCommand(command: string, words: readonly string[], seed: number): string {
	return ["lowguard", command, ...words, "--seed", String(seed)].map(quoted).join(" ");
}

/** The words of the command line that change what a run does. */
export function scenarioWords(args: CommandArguments): string[] {
	return args.texts("set").flatMap((set) => ["--set", set]);
}
