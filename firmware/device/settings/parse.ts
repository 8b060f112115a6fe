import type { Kind, SettingValue } from "./kinds.js";
import { SETTING_KEYS, SETTINGS, type SettingKey, type SettingValues, settingKind } from "./table.js";

/** The longest text of a given value that an error repeats. */
const MAX_SHOWN = 60;

/** What was given, for an error; of a secret only that it was. */
function shown(kind: Kind<SettingValue>, given: unknown): string {
	if (kind.isSecret) return "something else";
	if (typeof given === "string") {
		return given.length <= MAX_SHOWN ? JSON.stringify(given) : `${given.length} characters`;
	}
	const isPlain = given === null || typeof given === "number" || typeof given === "boolean";
	return isPlain ? String(given) : `something of type ${typeof given}`;
}

/**
 * Reads one setting as a build or a console gives it: a number, a boolean, or a text that stands for one.
 *
 * Throws a RangeError that names the key and what was expected; it never repeats a secret.
 */
export function parseSetting(key: string, given: unknown): SettingValue {
	const kind = settingKind(key);
	if (kind === undefined) throw new RangeError(`${unknownKey(key)}: there is no such setting`);
	const value = kind.read(given);
	if (value === undefined) {
		throw new RangeError(`${key}: expected ${kind.expected}, got ${shown(kind, given)}`);
	}
	return value;
}

/** The key itself, unless it is so long that it may be anything. */
function unknownKey(key: string): string {
	return key.length <= MAX_SHOWN ? key : `a key of ${key.length} characters`;
}

/**
 * Reads the settings that one source gives; those that it leaves out, or gives as undefined, stay open.
 *
 * `foreign`: keys of others in the same place, which are passed over. Throws as {@link parseSetting} does.
 */
export function parseSettings(
	given: Readonly<Record<string, unknown>>,
	foreign: readonly string[] = [],
): SettingValues {
	const values: Record<string, SettingValue> = {};
	for (const key of Object.keys(given)) {
		if (given[key] === undefined || foreign.includes(key)) continue;
		values[key] = parseSetting(key, given[key]);
	}
	return values as SettingValues;
}

/** All settings of a device: those that may be absent are null. */
export type Settings = {
	readonly [K in SettingKey]: NonNullable<SettingValues[K]> | NullIfOpen<K>;
};

/** A node has a number in any case; of the others, those without a default may be absent. */
type NullIfOpen<K extends SettingKey> = K extends OptionalKey ? null : never;

export type OptionalKey =
	| "wifiSsid"
	| "wifiPassword"
	| "nextHopId"
	| "pairKeys"
	| "networkKey"
	| "batteryPin";

/**
 * Lays sources of settings over each other and over the defaults: what a later one gives counts.
 *
 * Throws a RangeError that names the key when a setting is missing, or does not go with another one.
 */
export function resolveSettings(...sources: readonly SettingValues[]): Settings {
	const resolved: Record<string, SettingValue | null> = {};
	for (const key of SETTING_KEYS) {
		let value: SettingValue | null = SETTINGS[key].fallback;
		for (const source of sources) value = source[key] ?? value;
		resolved[key] = value;
	}
	if (resolved["nodeId"] === null) {
		throw new RangeError(`nodeId: expected ${SETTINGS.nodeId.expected}, got none`);
	}
	const settings = resolved as Settings;
	checkTogether(settings);
	return settings;
}

function checkTogether(settings: Settings): void {
	const { securityLevel, networkKey, defence, chainFormat, pairKeys, routing, nextHopId, role } = settings;
	if (securityLevel === 4) throw new RangeError("securityLevel: expected 0, 1, 2, 3, 5, 6 or 7, got 4");
	if (securityLevel > 0 && networkKey === null) {
		throw new RangeError(`networkKey: expected one under securityLevel ${securityLevel}, got none`);
	}
	if (pairKeys === null && (defence === "predictive-csm-keyed" || chainFormat === "keyed")) {
		const asks = chainFormat === "keyed" ? "chainFormat keyed" : `defence ${defence}`;
		throw new RangeError(`pairKeys: expected those of all neighbours under ${asks}, got none`);
	}
	for (const key of ["tokenBytes", "keyedTokenBytes"] as const) {
		if (settings[key] % 4 !== 0) {
			throw new RangeError(`${key}: expected a multiple of 4, got ${settings[key]}`);
		}
	}
	if (settings.batteryFullMv <= settings.batteryEmptyMv) {
		throw new RangeError(
			`batteryFullMv: expected more than batteryEmptyMv, ${settings.batteryEmptyMv}, got ${settings.batteryFullMv}`,
		);
	}
	if (settings.minBe > settings.maxBe) {
		throw new RangeError(`minBe: expected at most maxBe, ${settings.maxBe}, got ${settings.minBe}`);
	}
	if (routing === "static" && nextHopId === null && role === "sensor") {
		throw new RangeError("nextHopId: expected the number of a node under static routing, got none");
	}
	if (settings.election !== "none") checkCluster(settings);
}

function checkCluster(settings: Settings): void {
	if (settings.prefix === "none") {
		throw new RangeError("prefix: expected one of 64 bits for a node in a cluster, got none");
	}
	const { sinkSlots, sections, slotsPerSection, slotMs, roundS } = settings;
	const phasesMs = settings.syncMs + settings.receiptMs + 2 * settings.electionMs + settings.joinMs;
	const slotsMs = (sinkSlots + sections * slotsPerSection) * slotMs;
	const needsMs = phasesMs + slotsMs + settings.forwardMs;
	if (needsMs > roundS * 1_000) {
		const needsS = Math.ceil(needsMs) / 1_000;
		throw new RangeError(`roundS: expected at least ${needsS} for its phases and slots, got ${roundS}`);
	}
}
