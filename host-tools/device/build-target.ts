import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.js";

/** A board that firmware is built for. */
export interface BuildTarget {
	readonly name: string;
	/** What `mcconfig -p` takes, seen from the folder of the manifest. */
	readonly platform: string;
	/** The chip, as `install.sh` of ESP-IDF names it. */
	readonly chip: string;
}

/** What `--target` is for when it is not given. */
export const DEFAULT_TARGET = "esp32c6";

/** Targets of this project's own, which take the place of the SDK's. */
const OWN: Readonly<Record<string, string>> = { esp32h2: "./firmware/device/targets/lowguard_h2" };
const CHIPS = ["esp32s2", "esp32s3", "esp32c3", "esp32c6", "esp32h2"];

/** The target of a name, before it is known whether the SDK has it. Throws a UserError. */
export function readTarget(name: string | undefined): BuildTarget {
	const known = name ?? DEFAULT_TARGET;
	if (!/^[a-z0-9_]+$/.test(known)) {
		throw new UserError(`--target: expected a name such as esp32c6, esp32h2 or esp32, found '${known}'`);
	}
	const own = OWN[known];
	const platform = own !== undefined ? `esp32:${own}` : known === "esp32" ? "esp32" : `esp32/${known}`;
	return { name: known, platform, chip: CHIPS.find((chip) => known.startsWith(chip)) ?? "esp32" };
}

/** Refuses a target that neither this project nor the SDK has. Throws a UserError. */
export function checkTarget({ name }: BuildTarget, moddable: string): void {
	const folder = join(moddable, "build", "devices", "esp32", "targets");
	if (name === "esp32" || OWN[name] !== undefined || existsSync(join(folder, name))) return;
	const others = existsSync(folder) ? readdirSync(folder).sort().join(", ") : "none";
	throw new UserError(
		`--target: expected esp32c6, esp32h2, esp32, or another that the Moddable SDK has (${others}), found '${name}'`,
	);
}
