import process from "node:process";
import { parseSetting } from "../../../firmware/device/settings/parse.js";
import { SETTING_KEYS, SETTINGS, settingKind } from "../../../firmware/device/settings/table.js";
import { readInteger } from "../../arguments.js";
import type { Command, CommandArguments } from "../../command.js";
import { BoardLink } from "../../device/board-link.js";
import { type KeyFile, readKeys } from "../../device/key-file.js";
import { safeText } from "../../device/plain-text.js";
import { choosePort } from "../../device/port-list.js";
import {
	applyChanges,
	type Changes,
	derivePairKeys,
	findDifferences,
	readSettings,
	type ToldSetting,
} from "../../device/provisioning.js";
import { restartBoard } from "../../device/restart-board.js";
import { CONSOLE_BAUD } from "../../device/serial-line.js";
import { type ExitCode, UserError } from "../../errors.js";
import { infoText } from "../../report/board-text.js";
import { GREETING_LIMIT_MS, silentLink } from "./options.js";

/** Options that stand for settings that nearly every board is given. */
const SHORTHANDS = { id: "nodeId", role: "role", pan: "panId", channel: "channel" } as const;
const MOST_NODES = 0xfffc;

export const command: Command = {
	name: "firmware provision",
	summary: "give a board its number, role, network and keys",
	usage: "--port PORT [options]",
	options: {
		port: {
			type: "string",
			value: "PORT",
			help: "serial port of the board; without it, the ports are listed",
		},
		baud: {
			type: "string",
			value: "N",
			help: `speed of the console (${CONSOLE_BAUD}); boards on USB heed none`,
		},
		id: { type: "string", value: "N", help: "number of the node" },
		role: { type: "string", value: "ROLE", help: "sensor, or sink" },
		pan: { type: "string", value: "ID", help: "PAN identifier, such as 0xabcd" },
		channel: { type: "string", value: "N", help: "IEEE 802.15.4 channel, 11 to 26" },
		set: {
			type: "string",
			multiple: true,
			value: "KEY=VALUE",
			help: "any other setting but secrets; may be repeated",
		},
		unset: {
			type: "string",
			multiple: true,
			value: "KEY",
			help: "back to what the build says; may be repeated",
		},
		keys: { type: "string", value: "FILE", help: "secrets: a file, - for stdin, or env:NAME for a variable" },
		neighbours: {
			type: "string",
			value: "LIST",
			help: "nodes such as 0-4,7 to share keys with, derived from the masterKey of --keys",
		},
		"no-restart": {
			type: "boolean",
			help: "settings count from the next start on; do not start the board anew",
		},
		json: { type: "boolean", help: "the settings as JSON on stdout" },
	},
	notes: `
Without anything to change, the settings of the board are listed. Secrets are never listed, and
never stand on the command line, where others could see them: --keys takes lines NAME=VALUE.
NAME is one of masterKey, ${SETTING_KEYS.filter((key) => SETTINGS[key].isSecret).join(", ")}.
A master key stays here; the board gets the keys of its pairs only, as the simulator derives them.
All changes are kept together, or none; they are read back, and the board is started anew.
Settings: ${SETTING_KEYS.join(", ")}.`,
	run,
};

async function run(args: CommandArguments): Promise<ExitCode> {
	if (args.positionals.length > 0) throw new UserError(`expected options, found '${args.positionals[0]}'`);
	const baudRate = readInteger(args, "baud", CONSOLE_BAUD, 300, 10_000_000);
	const given = readChanges(args);
	const source = args.text("keys");
	const keys = source === undefined ? undefined : readKeys(source);
	const neighbours = readNeighbours(args.text("neighbours"), keys);
	if (keys?.warning !== undefined) note(keys.warning);
	const port = await choosePort(args.text("port"));
	const link = await BoardLink.open(port, silentLink(), baudRate);
	try {
		await link.greet(GREETING_LIMIT_MS);
		const changes = await withKeys(link, given, keys, neighbours);
		if (changes.size > 0) await change(link, changes);
		const told = await readSettings(link, changes.size === 0 ? SETTING_KEYS : [...changes.keys()]);
		process.stdout.write(args.flag("json") ? jsonOf(told) : textOf(told));
		if (changes.size === 0) return 0;
	} finally {
		await link.close();
	}
	if (args.flag("no-restart")) return 0;
	return start(port, baudRate);
}

function note(text: string): void {
	process.stderr.write(`lowguard firmware provision: ${text}\n`);
}

async function change(link: BoardLink, changes: Changes): Promise<void> {
	await applyChanges(link, changes);
	const told = await readSettings(link, [...changes.keys()]);
	const differences = findDifferences(told, changes);
	if (differences.length > 0) {
		throw new UserError(
			`${link.port}: expected ${differences.join(", ")} as given, found something else on the board; provision it again`,
			1,
		);
	}
}

/** Starts the board anew, and looks whether its node runs. */
async function start(port: string, baudRate: number): Promise<ExitCode> {
	const info = await restartBoard(port, baudRate);
	if (info.state !== "running") {
		throw new UserError(`${port}: expected a node that runs, found ${infoText(info)}`, 1);
	}
	note(`${port}: ${infoText(info)}`);
	return 0;
}

function readChanges(args: CommandArguments): Map<string, string | undefined> {
	const changes = new Map<string, string | undefined>();
	const add = (option: string, key: string, text: string | undefined): void => {
		const kind = settingKind(key);
		if (kind === undefined) {
			throw new UserError(
				`${option}: expected a setting (lowguard firmware provision --help lists them), found '${key}'`,
			);
		}
		if (text !== undefined && kind.isSecret) {
			throw new UserError(
				`${option}: expected ${key} in --keys, where nobody sees it; change it, since it was seen`,
			);
		}
		if (changes.has(key)) throw new UserError(`${option}: expected each setting once, found ${key} again`);
		changes.set(key, text === undefined ? undefined : checked(option, key, text));
	};
	for (const [option, key] of Object.entries(SHORTHANDS)) {
		const text = args.text(option);
		if (text !== undefined) add(`--${option}`, key, text);
	}
	for (const pair of args.texts("set")) {
		const equals = pair.indexOf("=");
		if (equals < 1) throw new UserError(`--set: expected KEY=VALUE, found '${pair}'`);
		add("--set", pair.slice(0, equals), pair.slice(equals + 1));
	}
	for (const key of args.texts("unset")) add("--unset", key, undefined);
	return changes;
}

function checked(option: string, key: string, text: string): string {
	try {
		return String(parseSetting(key, text));
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		throw new UserError(`${option}: ${error.message}`);
	}
}

function readNeighbours(list: string | undefined, keys: KeyFile | undefined): readonly number[] | undefined {
	if (list === undefined) {
		if (keys?.masterKey !== undefined)
			throw new UserError("--neighbours: expected nodes to share keys with, found nothing");
		return undefined;
	}
	if (keys?.masterKey === undefined)
		throw new UserError("--neighbours: expected a masterKey in --keys, found none");
	if (keys.secrets.has("pairKeys"))
		throw new UserError("--neighbours: expected no pairKeys beside a masterKey, found some");
	const numbers = new Set<number>();
	for (const part of list.split(",")) {
		const [, from = "", to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
		if (from === "" || Number(to) > MOST_NODES || Number(from) > Number(to)) {
			throw new UserError(`--neighbours: expected nodes such as 0-4,7, found '${part}'`);
		}
		for (let number = Number(from); number <= Number(to); number++) numbers.add(number);
	}
	return [...numbers];
}

/** The changes with the secrets; keys of pairs are those of the number and the kind of addresses that the board will have. */
async function withKeys(
	link: BoardLink,
	given: ReadonlyMap<string, string | undefined>,
	keys: KeyFile | undefined,
	neighbours: readonly number[] | undefined,
): Promise<Changes> {
	const changes = new Map<string, string | undefined>([...given, ...(keys?.secrets ?? [])]);
	if (neighbours === undefined || keys?.masterKey === undefined) return changes;
	const resolve = async (key: string): Promise<unknown> =>
		given.get(key) ?? (await readSettings(link, [key]))[0]?.value;
	const own = await resolve("nodeId");
	if (own === null || own === undefined)
		throw new UserError("--id: expected the number of the node for its keys, found none");
	const addressing = (await resolve("addressing")) === "extended" ? "extended" : "short";
	return changes.set("pairKeys", derivePairKeys(keys.masterKey, Number(own), neighbours, addressing));
}

function textOf(told: readonly ToldSetting[]): string {
	const width = Math.max(...told.map(({ key }) => key.length));
	const rows = told.map(
		({ key, value, source }) =>
			`${key.padEnd(width)}  ${safeText(String(value ?? "-"))}  (${safeText(source)})\n`,
	);
	return rows.join("");
}

function jsonOf(told: readonly ToldSetting[]): string {
	return `${JSON.stringify(Object.fromEntries(told.map(({ key, value, source }) => [key, { value, source }])))}\n`;
}
