import type { Store } from "../../ports.js";
import type { SettingValue } from "../settings/kinds.js";
import { parseSetting, resolveSettings } from "../settings/parse.js";
import { redactSettings } from "../settings/redacted.js";
import { loadSettings, saveSettings } from "../settings/stored.js";
import { SETTINGS, type SettingKey, type SettingValues, settingKind } from "../settings/table.js";
import type { SettingSource } from "./records.js";

/** The longest text that a setting may grow to. */
const MAX_TEXT = 4096;

/** A setting as it may be told, and where it comes from. */
export interface ToldSetting {
	readonly value: SettingValue | null;
	readonly source: SettingSource;
}

/**
 * Settings on their way into the store: staged one by one, kept only when all of them go together.
 *
 * Methods throw a RangeError that names the setting and what was expected, and never repeats a secret.
 */
export class StagedSettings {
	readonly #build: SettingValues;
	readonly #store: Store;
	#staged: Record<string, SettingValue | null> = {};

	constructor(build: SettingValues, store: Store) {
		this.#build = build;
		this.#store = store;
	}

	/** Stages a setting, as text; undefined for what the build says. */
	set(key: string, text: string | undefined): void {
		const value = text === undefined && isKey(key) ? null : parseSetting(key, text);
		this.#staged[key] = value;
	}

	/** Adds a text behind that of a setting which was staged before. */
	append(key: string, text: string): void {
		// First of all: XS keeps every name of a property that it is asked for.
		if (!isKey(key)) parseSetting(key, text);
		const before = this.#staged[key];
		if (typeof before !== "string") throw new RangeError(`${key}: expected a text staged before, got none`);
		if (before.length + text.length > MAX_TEXT) {
			throw new RangeError(`${key}: expected at most ${MAX_TEXT} characters, got more`);
		}
		this.#staged[key] = parseSetting(key, before + text);
	}

	/** Keeps what was staged; it counts from the next start on. */
	save(): void {
		const values: Record<string, SettingValue> = { ...this.stored() };
		for (const key of Object.keys(this.#staged)) {
			const value = this.#staged[key];
			if (value === undefined || value === null) delete values[key];
			else values[key] = value;
		}
		resolveSettings(this.#build, values);
		if (!saveSettings(this.#store, values))
			throw new RangeError("settings: expected room in the store, got none");
		this.#staged = {};
	}

	/** Forgets what was staged. */
	discard(): void {
		this.#staged = {};
	}

	/** What a setting will be from the next start on, as it may be told to anybody. */
	tell(key: string): ToldSetting {
		if (!isKey(key)) throw new RangeError(`${key}: there is no such setting`);
		const stored = this.stored()[key];
		if (stored !== undefined) return told(key, stored, "stored");
		const build = this.#build[key];
		if (build !== undefined) return told(key, build, "build");
		return told(key, SETTINGS[key].fallback, "default");
	}

	/** What was provisioned; nothing when that is spoiled, since only new settings can mend it. */
	private stored(): SettingValues {
		try {
			return loadSettings(this.#store);
		} catch {
			return {};
		}
	}
}

function told(key: SettingKey, value: SettingValue | null, source: SettingSource): ToldSetting {
	return { value: value === null ? null : (redactSettings({ [key]: value })[key] ?? null), source };
}

function isKey(key: string): key is SettingKey {
	return settingKind(key) !== undefined;
}
