import { parseSetting } from "../../firmware/device/settings/parse.js";
import { SETTING_KEYS, settingKind } from "../../firmware/device/settings/table.js";
import { UserError } from "../errors.js";

/** Not a setting of the node, but of the build: whether its console may send frames of others. */
const INJECTION = "injection";

/**
 * Checks what `--config` gives a build, in the words that `mcconfig` takes.
 *
 * Throws a UserError for a setting that there is not, a value that it does not take, and for every key: a command
 * line is seen by all users of the machine, and what is built in stays in the image.
 */
export function readBuildSettings(texts: readonly string[]): string[] {
	const seen = new Set<string>();
	return texts.map((text) => {
		const at = text.indexOf("=");
		const key = text.slice(0, at);
		if (at < 1) throw new UserError(`--config: expected KEY=VALUE, found '${hidden(text)}'`);
		if (seen.has(key)) throw new UserError(`--config ${key}: expected each setting once, found it again`);
		seen.add(key);
		checkSetting(key, text.slice(at + 1));
		return text;
	});
}

function checkSetting(key: string, value: string): void {
	if (key === INJECTION) {
		if (value === "true" || value === "false") return;
		throw new UserError(`--config ${key}: expected true or false, found '${value}'`);
	}
	const kind = settingKind(key);
	if (kind === undefined) {
		const meant = openKeys().find((open) => open.toLowerCase() === key.toLowerCase());
		if (meant !== undefined) throw new UserError(`--config: expected ${meant}, found '${key}'`);
		throw new UserError(`--config: expected one of ${openKeys().join(", ")}, found '${key}'`);
	}
	if (kind.isSecret) {
		throw new UserError(
			`--config ${key}: expected no secret here, where others can read it; build without it, flash, and set it with 'lowguard firmware provision'`,
		);
	}
	try {
		parseSetting(key, value);
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		throw new UserError(`--config ${error.message.replace(/, got /, ", found ")}`);
	}
}

/** What has no name may be a key that was typed alone. */
function hidden(text: string): string {
	return text.length > 16 ? `${text.length} characters` : text;
}

function openKeys(): string[] {
	return [...SETTING_KEYS.filter((key) => settingKind(key)?.isSecret === false), INJECTION];
}
