import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Command, CommandArguments } from "./command.js";
import { systemErrorCode, UserError } from "./errors.js";

const HELP_COLUMNS = 100;

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

class Arguments implements CommandArguments {
	readonly positionals: readonly string[];
	readonly #values: Values;

	constructor(values: Values, positionals: readonly string[]) {
		this.#values = values;
		this.positionals = positionals;
	}

	text(name: string): string | undefined {
		const value = this.#values[name];
		return typeof value === "string" ? value : undefined;
	}

	texts(name: string): readonly string[] {
		const value = this.#values[name];
		return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
	}

	flag(name: string): boolean {
		return this.#values[name] === true;
	}
}

/** Reads the arguments of a command; undefined when they ask for its help. Throws a UserError. */
export function parseArguments(command: Command, argv: readonly string[]): CommandArguments | undefined {
	const options: NonNullable<ParseArgsConfig["options"]> = {
		help: { type: "boolean", short: "h" },
	};
	for (const [name, { type, multiple = false, short }] of Object.entries(command.options)) {
		options[name] = short === undefined ? { type, multiple } : { type, multiple, short };
	}
	try {
		const { values, positionals } = parseArgs({
			args: joinNegatives(command, argv),
			options,
			allowPositionals: true,
			strict: true,
		});
		return values["help"] === true ? undefined : new Arguments(values, positionals);
	} catch (error) {
		if (!systemErrorCode(error)?.startsWith("ERR_PARSE_ARGS_")) throw error;
		// Node's message goes on with a hint that takes more lines than the fault.
		const [fault = ""] = (error as Error).message.split(/\. |\n/);
		const hint = `${calledAs(command)} --help lists the options`;
		throw new UserError(`${fault.charAt(0).toLowerCase()}${fault.slice(1).replace(/\.$/, "")}; ${hint}`);
	}
}

function calledAs({ name, calledAs }: Command): string {
	return calledAs ?? `lowguard ${name}`;
}

/** Joins an option to a value such as `-5` or `-1,-1`, which `parseArgs` would take for options. */
function joinNegatives(command: Command, argv: readonly string[]): string[] {
	const joined: string[] = [];
	for (let i = 0; i < argv.length; i++) {
		const word = argv[i]!;
		if (word === "--") return [...joined, ...argv.slice(i)];
		const next = argv[i + 1];
		const takesValue = word.startsWith("--") && command.options[word.slice(2)]?.type === "string";
		if (!takesValue || next === undefined) joined.push(word);
		else {
			i++;
			if (/^-[\d.]/.test(next)) joined.push(`${word}=${next}`);
			else joined.push(word, next);
		}
	}
	return joined;
}

/** The only positional argument of a command, named as in its usage. Throws a UserError. */
export function onePositional(args: CommandArguments, name: string): string {
	const [first, ...others] = args.positionals;
	if (first === "") throw new UserError(`expected ${name}, found an empty text`);
	if (first === undefined) throw new UserError(`expected ${name}, found no argument`);
	if (others.length > 0) throw new UserError(`expected one ${name}, found also '${others.join("', '")}'`);
	return first;
}

/** The value of an option that must be there; `what` says of what kind it is. Throws a UserError. */
export function required(args: CommandArguments, name: string, what: string): string {
	const value = args.text(name);
	if (value === undefined) throw new UserError(`--${name}: expected ${what}, found nothing`);
	return value;
}

/** A number of a range that an option gives. Throws a UserError. */
export function readNumber(
	args: CommandArguments,
	name: string,
	otherwise: number,
	least: number,
	most: number,
): number {
	const text = args.text(name);
	if (text === undefined) return otherwise;
	const value = Number(text);
	if (text.trim() === "" || !(value >= least && value <= most)) {
		throw new UserError(`--${name}: expected a number from ${least} to ${most}, found '${text}'`);
	}
	return value;
}

/** An integer of a range that an option gives, in decimal digits. Throws a UserError. */
export function readInteger(
	args: CommandArguments,
	name: string,
	otherwise: number,
	least: number,
	most: number,
): number {
	const text = args.text(name);
	if (text === undefined) return otherwise;
	const value = Number(text);
	if (!/^-?\d+$/.test(text) || value < least || value > most) {
		throw new UserError(`--${name}: expected an integer from ${least} to ${most}, found '${text}'`);
	}
	return value;
}

/** Breaks a text into lines at its spaces. */
function wrap(text: string, columns: number): string[] {
	const lines: string[] = [];
	for (const word of text.split(" ")) {
		const last = lines.at(-1);
		if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
		else lines[lines.length - 1] = `${last} ${word}`;
	}
	return lines;
}

/** What `lowguard COMMAND --help` prints, in lines of at most 100 columns. */
export function helpOf(command: Command): string {
	const rows = Object.entries(command.options).map(([name, option]) => {
		const short = option.short === undefined ? "" : `-${option.short}, `;
		const value = option.type === "string" ? ` ${option.value ?? "VALUE"}` : "";
		return [`${short}--${name}${value}`, option.help] as const;
	});
	rows.push(["-h, --help", "print this"]);
	const width = Math.max(...rows.map(([left]) => left.length));
	const lines = rows.flatMap(([left, right]) =>
		wrap(right, HELP_COLUMNS - width - 4).map(
			(part, i) => `  ${(i === 0 ? left : "").padEnd(width)}  ${part}`,
		),
	);
	const paragraphs = command.notes?.trim().split("\n") ?? [];
	const notes = paragraphs.map((paragraph) => `\n${wrap(paragraph, HELP_COLUMNS).join("\n")}`).join("");
	return `Usage: ${calledAs(command)} ${command.usage}\n\n${command.summary}\n\n${lines.join("\n")}\n${notes === "" ? "" : `${notes}\n`}`;
}
