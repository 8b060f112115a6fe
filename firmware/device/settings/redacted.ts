import { parsePairKeys } from "./forms.js";
import type { SettingValue } from "./kinds.js";
import { SETTING_KEYS, SETTINGS, type SettingValues } from "./table.js";

/**
 * Settings as they may be told to anybody: of secrets only that they are there, and of pair keys how many.
 *
 * Whatever leaves the device by its console is made of this.
 */
export function redactSettings(
	values: { readonly [K in keyof SettingValues]?: SettingValue | null },
): Record<string, SettingValue> {
	const told: Record<string, SettingValue> = {};
	for (const key of SETTING_KEYS) {
		const value = values[key];
		if (value === undefined || value === null) continue;
		if (!SETTINGS[key].isSecret) told[key] = value;
		else if (key === "pairKeys") told[key] = `${parsePairKeys(String(value))?.length ?? 0} keys, not shown`;
		else told[key] = "not shown";
	}
	return told;
}
