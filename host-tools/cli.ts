import { readFileSync } from "node:fs";
import process from "node:process";
import { helpOf, parseArguments } from "./arguments.js";
import type { Command } from "./command.js";
import { type ExitCode, fileError, systemErrorCode, UserError } from "./errors.js";

/** The commands in the order of their use; each is loaded only when asked for. */
const COMMANDS: readonly string[] = ["sim", "sweep", "replay", "decode", "trace"];

async function load(name: string): Promise<Command> {
	const module = (await import(`./commands/${name}.js`)) as { readonly command: Command };
	return module.command;
}

async function listCommands(): Promise<string> {
	const commands = await Promise.all(COMMANDS.map(load));
	const width = Math.max(...COMMANDS.map((name) => name.length));
	const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`);
	return `Usage: lowguard COMMAND [options]\n\n${rows.join("")}
  --version    print the version
  --help       print this; lowguard COMMAND --help for one command
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
		const args = parseArguments(command, rest);
		if (args !== undefined) return command.run(args);
		process.stdout.write(helpOf(command));
	}
	return 0;
}

/** Prints why a command ended, and returns its exit code. */
function report(error: unknown): ExitCode {
	if (error instanceof UserError) {
		const place = argv[0] !== undefined && COMMANDS.includes(argv[0]) ? `lowguard ${argv[0]}` : "lowguard";
		process.stderr.write(`${place}: ${error.message}\n`);
		return error.exitCode;
	}
	const trace = error instanceof Error ? error.stack : String(error);
	process.stderr.write(`lowguard: a fault of its own, please report it:\n${trace}\n`);
	return 1;
}

const argv = process.argv.slice(2);
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
