import { readFileSync } from "node:fs";
import process from "node:process";
import { helpOf, parseArguments } from "./arguments.js";
import type { Command, CommandGroup } from "./command.js";
import { type ExitCode, fileError, systemErrorCode, UserError } from "./errors.js";

/** The commands in the order of their use; each is loaded only when asked for. */
const COMMANDS: readonly string[] = ["sim", "sweep", "replay", "decode", "trace", "firmware"];

async function load(path: string): Promise<Command | CommandGroup> {
	const module = (await import(`./commands/${path}.js`)) as { readonly command: Command | CommandGroup };
	return module.command;
}

async function listRows(paths: readonly string[]): Promise<string> {
	const commands = await Promise.all(paths.map(load));
	const words = commands.map(({ name }) => name.slice(name.lastIndexOf(" ") + 1));
	const width = Math.max(...words.map((word) => word.length));
	return commands.map(({ summary }, i) => `  ${words[i]!.padEnd(width)}  ${summary}\n`).join("");
}

async function listCommands(): Promise<string> {
	return `Usage: lowguard COMMAND [options]\n\n${await listRows(COMMANDS)}
  --version    print the version
  --help       print this; lowguard COMMAND --help for one command
`;
}

async function listGroup({ name, commands }: CommandGroup): Promise<string> {
	const rows = await listRows(commands.map((word) => `${name}/${word}`));
	return `Usage: lowguard ${name} COMMAND [options]\n\n${rows}
  --help       print this; lowguard ${name} COMMAND --help for one command
`;
}

function version(): string {
	const manifest = new URL("../../package.json", import.meta.url);
	return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

async function run(argv: readonly string[]): Promise<ExitCode> {
	const [name, ...rest] = argv;
	if (name === undefined) {
		process.stderr.write(await listCommands());
		return 2;
	}
	if (name === "--version") process.stdout.write(`lowguard ${version()}\n`);
	else if (name === "--help" || name === "-h" || name === "help") process.stdout.write(await listCommands());
	else {
		if (!COMMANDS.includes(name)) {
			throw new UserError(`expected a command (${COMMANDS.join(", ")}), found '${name}'`);
		}
		const command = await load(name);
		return "commands" in command ? runOfGroup(command, rest) : runCommand(command, rest);
	}
	return 0;
}

async function runOfGroup(group: CommandGroup, argv: readonly string[]): Promise<ExitCode> {
	const [word, ...rest] = argv;
	if (word === undefined) {
		process.stderr.write(await listGroup(group));
		return 2;
	}
	if (word === "--help" || word === "-h" || word === "help") {
		process.stdout.write(await listGroup(group));
		return 0;
	}
	if (!group.commands.includes(word)) {
		throw new UserError(`expected a command (${group.commands.join(", ")}), found '${word}'`);
	}
	place = `lowguard ${group.name} ${word}`;
	return runCommand((await load(`${group.name}/${word}`)) as Command, rest);
}

async function runCommand(command: Command, argv: readonly string[]): Promise<ExitCode> {
	const args = parseArguments(command, argv);
	if (args !== undefined) return command.run(args);
	process.stdout.write(helpOf(command));
	return 0;
}

/** Prints why a command ended, and returns its exit code. */
function report(error: unknown): ExitCode {
	if (error instanceof UserError) {
		process.stderr.write(`${place}: ${error.message}\n`);
		return error.exitCode;
	}
	const trace = error instanceof Error ? error.stack : String(error);
	process.stderr.write(`lowguard: a fault of its own, please report it:\n${trace}\n`);
	return 1;
}

const argv = process.argv.slice(2);
/** What a message begins with: the command that it is about. */
let place = argv[0] !== undefined && COMMANDS.includes(argv[0]) ? `lowguard ${argv[0]}` : "lowguard";
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on("error", (error) => {
	if (systemErrorCode(error) === "EPIPE") process.exit(0);
	const reason = fileError("stdout", error);
	process.exit(report(reason instanceof UserError ? reason : new UserError(`stdout: ${error.message}`, 3)));
});
// Nobody is left to tell.
process.stderr.on("error", () => {});

try {
	process.exitCode = await run(argv);
} catch (error) {
	process.exitCode = report(error);
}
