import { parseSettings } from "./settings/parse.js";
import { type SettingValues, settingKind } from "./settings/table.js";

/** What a build says of itself: the manifest's `config`, and `key=value` behind `mcconfig`. */
export interface BuildConfig {
	readonly settings: SettingValues;
	/** Version of the firmware. */
	readonly version: string;
	/** Whether the console may send frames of others. */
	readonly injects: boolean;
}

/** Texts and numbers that the SDK and its targets put beside ours; what they nest is theirs in any case. */
const KEYS_OF_SDK: readonly string[] = [
	"format",
	"rotation",
	"screen",
	"touch",
	"driver",
	"sntp",
	"startupSound",
];

/**
 * Reads the config of a build, and `key=value` words of one device that count before it.
 *
 * Throws a RangeError that names the key for a key that nobody knows, or a value that its setting cannot have.
 */
export function readBuildConfig(
	config: Readonly<Record<string, unknown>>,
	ownSettings: readonly string[],
): BuildConfig {
	const given: Record<string, unknown> = {};
	let version = "";
	let injects = false;
	for (const key of Object.keys(config)) {
		const value = config[key];
		if (key === "version") version = String(value);
		else if (key === "injection") injects = readFlag(key, value);
		else if (settingKind(key) !== undefined || typeof value !== "object") given[key] = value;
	}
	for (const word of ownSettings) {
		const at = word.indexOf("=");
		if (at < 1) throw new RangeError(`${word}: expected key=value`);
		const key = word.slice(0, at);
		const value = word.slice(at + 1);
		if (key === "injection") injects = readFlag(key, value);
		else given[key] = value;
	}
	return { settings: parseSettings(given, KEYS_OF_SDK), version, injects };
}

function readFlag(key: string, value: unknown): boolean {
	if (value === true || value === "true") return true;
	if (value === false || value === "false") return false;
	throw new RangeError(`${key}: expected true or false, got ${String(value)}`);
}
