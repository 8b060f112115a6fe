import process from "node:process";
import { helpOf, parseArguments } from "../arguments.js";
import type { Command } from "../command.js";
import { UserError } from "../errors.js";

/** Runs a command that is a program of its own, and sets the exit code. */
export async function runProgram(command: Command): Promise<void> {
	try {
		const args = parseArguments(command, process.argv.slice(2));
		if (args === undefined) process.stdout.write(helpOf(command));
		else process.exitCode = await command.run(args);
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		process.stderr.write(`${command.name}: ${error.message}\n`);
		process.exitCode = error.exitCode;
	}
}
