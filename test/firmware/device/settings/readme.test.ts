import { readFileSync } from "node:fs";
import test from "ava";
import { SETTING_KEYS, SETTINGS, type SettingKey } from "../../../../firmware/device/settings/table.js";

const README = new URL("../../../../../firmware/device/settings/README.md", import.meta.url);

function rowOf(key: SettingKey): string {
	const { fallback, isSecret, expected, description } = SETTINGS[key];
	const without = key === "nodeId" ? "must be given" : "absent";
	const standard = fallback === null ? without : `\`${fallback}\``;
	return `| \`${key}\`${isSecret ? " (secret)" : ""} | ${standard} | ${expected} | ${description} |`;
}

test("the README lists every setting as it is", (t) => {
	const rows = readFileSync(README, "utf8")
		.split("\n")
		.filter((line) => line.startsWith("| `"));
	t.deepEqual(rows, SETTING_KEYS.map(rowOf));
});
