import { execFileSync, spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";

/** Whether Wireshark's command-line dissector is on this machine. */
export const hasTshark = spawnSync("tshark", ["--version"]).status === 0;

const OPTIONS = [
	...["-o", "6lowpan.context0:2001:db8::/64"],
	...["-o", "wpan.802154_fcs_ok:FALSE"],
	...["-o", "udp.check_checksum:TRUE"],
];

/** Options that load the dissector of page 15 which ships. */
export const PAGE_15 = [
	"-X",
	`lua_script:${fileURLToPath(new URL("../../../host-tools/capture/lowguard.lua", import.meta.url))}`,
];

/** One row a packet, one text a field; of a field that occurs more than once, the last. `more`: further options. */
export function tsharkFields(
	file: string,
	fields: readonly string[],
	more: readonly string[] = [],
): Record<string, string>[] {
	const args = [
		"-r",
		file,
		...more,
		...OPTIONS,
		"-T",
		"fields",
		"-E",
		"occurrence=l",
		...fields.flatMap((f) => ["-e", f]),
	];
	const output = execFileSync("tshark", args, {
		encoding: "utf8",
		stdio: ["ignore", "pipe", "ignore"],
		maxBuffer: 1 << 28,
	});
	return output
		.split("\n")
		.slice(0, -1)
		.map((line) => Object.fromEntries(line.split("\t").map((text, i) => [fields[i]!, text])));
}

/** Says loudly that a comparison with Wireshark did not take place; returns whether it can. */
export function requireTshark(t: ExecutionContext): boolean {
	if (hasTshark) return true;
	t.log("SKIPPED: tshark is not installed, so nothing was compared with Wireshark");
	process.stderr.write(`\n*** ${t.title}: SKIPPED, tshark is not installed ***\n`);
	t.pass();
	return false;
}
