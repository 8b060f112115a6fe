import type { ExitCode } from "./errors.js";

/** One option of a command. */
export interface CommandOption {
	readonly type: "string" | "boolean";
	/** May be given more than once. */
	readonly multiple?: boolean;
	readonly short?: string;
	/** What stands for its value in the help, such as `FILE`. */
	readonly value?: string;
	/** One line for the help. */
	readonly help: string;
}

/** What a command was called with; each option's value as its type and `multiple` say. */
export interface CommandArguments {
	readonly positionals: readonly string[];
	/** The value of a string option that may be given once. */
	text(name: string): string | undefined;
	/** The values of a string option that may be repeated. */
	texts(name: string): readonly string[];
	/** Whether a boolean option was given. */
	flag(name: string): boolean;
}

/** One command of `lowguard`, in a file of its own under `commands/`, or under `commands/GROUP/`. */
export interface Command {
	/** As it is typed, with its group: `sim`, or `firmware flash`. */
	readonly name: string;
	/** What is typed to start it, where it is no command of `lowguard`, such as `npm run bench --`. */
	readonly calledAs?: string;
	/** One line for the list of commands. */
	readonly summary: string;
	/** What follows the name, such as `FILE [options]`. */
	readonly usage: string;
	/** Paragraphs behind the options in `--help`. */
	readonly notes?: string;
	readonly options: Readonly<Record<string, CommandOption>>;
	/** Runs it; throws a UserError for what the user can put right. */
	run(args: CommandArguments): Promise<ExitCode> | ExitCode;
}

/** Commands with a first word in common, such as `firmware flash`; each has a file of its own under `commands/NAME/`. */
export interface CommandGroup {
	readonly name: string;
	/** One line for the list of commands. */
	readonly summary: string;
	/** The second words, in the order of their use. */
	readonly commands: readonly string[];
}
