import { readFileSync, statSync } from "node:fs";
import process from "node:process";
import { normalKey } from "../../firmware/device/settings/forms.js";
import { parseSetting } from "../../firmware/device/settings/parse.js";
import { SETTINGS, settingKind } from "../../firmware/device/settings/table.js";
import { fileError, UserError } from "../errors.js";

/** Secrets of a network, or of one board. */
export interface KeyFile {
	/** 32 hex digits; undefined without. */
	readonly masterKey: string | undefined;
	/** Settings that are secrets, by their names. */
	readonly secrets: ReadonlyMap<string, string>;
	/** Something that the user should know. */
	readonly warning: string | undefined;
}

const MASTER_KEY = "masterKey";
/** Anybody but the owner may read it. */
const OPEN_TO_OTHERS = 0o077;

/**
 * Reads secrets: lines `NAME=VALUE`, where NAME is `masterKey` or a setting that is a secret; `#` begins a comment.
 *
 * `source`: a file, `-` for stdin, or `env:NAME` for a variable of the environment: none of them shows in a list of
 * processes. Throws a UserError that names the line, and never what stands there.
 */
export function readKeys(source: string): KeyFile {
	const { text, warning } = readSource(source);
	const secrets = new Map<string, string>();
	let masterKey: string | undefined;
	for (const [i, whole] of text.split("\n").entries()) {
		const line = whole.trim();
		if (line === "" || line.startsWith("#")) continue;
		const where = `--keys ${source}: line ${i + 1}`;
		const equals = line.indexOf("=");
		const name = line.slice(0, Math.max(0, equals)).trim();
		const value = line.slice(equals + 1).trim();
		if (name !== MASTER_KEY && settingKind(name)?.isSecret !== true) {
			throw new UserError(`${where}: expected NAME=VALUE with one of ${secretNames().join(", ")}`);
		}
		if (name === MASTER_KEY ? masterKey !== undefined : secrets.has(name)) {
			throw new UserError(`${where}: expected each name once, found ${name} again`);
		}
		if (name === MASTER_KEY) masterKey = readMaster(where, value);
		else secrets.set(name, readSecret(where, name, value));
	}
	return { masterKey, secrets, warning };
}

function readSource(source: string): { text: string; warning: string | undefined } {
	if (source.startsWith("env:")) {
		const name = source.slice("env:".length);
		const text = process.env[name];
		if (text === undefined) throw new UserError(`--keys ${source}: expected a variable ${name}, found none`);
		return { text, warning: undefined };
	}
	try {
		if (source === "-") return { text: readFileSync(0, "utf8"), warning: undefined };
		const isOpen = process.platform !== "win32" && (statSync(source).mode & OPEN_TO_OTHERS) !== 0;
		const warning = isOpen
			? `${source}: others on this machine may read it; chmod 600 keeps it yours`
			: undefined;
		return { text: readFileSync(source, "utf8"), warning };
	} catch (error) {
		throw fileError(source, error);
	}
}

function readMaster(where: string, value: string): string {
	const key = normalKey(value);
	if (key === undefined) throw new UserError(`${where}: expected ${MASTER_KEY} of 32 hexadecimal digits`);
	return key;
}

function readSecret(where: string, name: string, value: string): string {
	try {
		return String(parseSetting(name, value));
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		throw new UserError(`${where}: ${error.message}`);
	}
}

function secretNames(): string[] {
	return [MASTER_KEY, ...Object.entries(SETTINGS).flatMap(([name, kind]) => (kind.isSecret ? [name] : []))];
}
