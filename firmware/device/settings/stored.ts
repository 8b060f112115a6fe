import { CborMajor, CborWriter } from "../../frames/cbor.js";
import { CborReader } from "../../frames/cbor-reader.js";
import type { Store } from "../../ports.js";
import type { SettingValue } from "./kinds.js";
import { parseSetting } from "./parse.js";
import { SETTING_KEYS, type SettingValues } from "./table.js";

/** Name of the blob that holds what was provisioned. */
export const SETTINGS_BLOB = "settings";

const SPOILED =
	"settings: expected those that were provisioned, found a spoiled blob; provision the device again";

/** Keys in the order of their encoding (RFC 8949, 4.2.1): short ones first. */
function byEncoding(a: string, b: string): number {
	if (a.length !== b.length) return a.length - b.length;
	return a < b ? -1 : a > b ? 1 : 0;
}

function write(writer: CborWriter, values: SettingValues, keys: readonly (keyof SettingValues)[]): void {
	writer.map(keys.length);
	for (const key of keys) {
		writer.text(key);
		const value: SettingValue = values[key]!;
		if (typeof value === "string") writer.text(value);
		else if (typeof value === "boolean") writer.boolean(value);
		else writer.number(value);
	}
}

/** Settings as one CBOR map in the deterministic encoding of RFC 8949, section 4.2.1. */
export function encodeSettings(values: SettingValues): Uint8Array {
	const keys = SETTING_KEYS.filter((key) => values[key] !== undefined).sort(byEncoding);
	const measure = new CborWriter(new Uint8Array(0));
	write(measure, values, keys);
	const bytes = new Uint8Array(measure.length);
	write(new CborWriter(bytes), values, keys);
	return bytes;
}

/**
 * Reads what {@link encodeSettings} wrote; undefined for anything else.
 *
 * Throws a RangeError that names the key for a setting that there is not, or that is out of its range: firmware of
 * another version wrote it.
 */
export function decodeSettings(bytes: Uint8Array): SettingValues | undefined {
	const reader = new CborReader(bytes, 0, bytes.length);
	const values: Record<string, SettingValue> = {};
	const count = reader.map();
	for (let i = 0; reader.has(i, count); i++) {
		const key = reader.text();
		const value = readValue(reader);
		if (reader.failed || value === undefined || values[key] !== undefined) return undefined;
		values[key] = parseSetting(key, value);
	}
	return reader.failed || reader.offset !== bytes.length ? undefined : (values as SettingValues);
}

function readValue(reader: CborReader): SettingValue | undefined {
	const major = reader.peek();
	if (major === CborMajor.text) return reader.text();
	if (major !== CborMajor.simple) return reader.int();
	const at = reader.offset;
	const truth = reader.boolean();
	if (!reader.failed) return truth;
	reader.failed = false;
	reader.offset = at;
	return reader.number();
}

/**
 * What was provisioned; none on a new device.
 *
 * Throws a RangeError when the blob is spoiled, or of firmware that knew other settings: a node that took those of its
 * build instead might run without its keys.
 */
export function loadSettings(store: Store): SettingValues {
	const blob = store.get(SETTINGS_BLOB);
	if (blob === undefined) return {};
	const values = decodeSettings(blob);
	if (values === undefined) throw new RangeError(SPOILED);
	return values;
}

/**
 * Keeps what was provisioned, in place of what was before; returns whether it is on flash.
 *
 * It is written before this returns, and counts from the next start on.
 */
export function saveSettings(store: Store, values: SettingValues): boolean {
	return store.set(SETTINGS_BLOB, encodeSettings(values));
}
