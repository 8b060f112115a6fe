import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";

const CLI = fileURLToPath(new URL("../cli.js", import.meta.url));

/** How a program is kept to one core; undefined where it cannot be. */
export function oneCore(): readonly string[] | undefined {
	const command = ["taskset", "--cpu-list", "0"] as const;
	return spawnSync(command[0], [...command.slice(1), "true"]).status === 0 ? command : undefined;
}

/**
 * Wall time of a sweep from the command line, on so many workers, its start included, in seconds.
 *
 * `within`: the beginning of a command that starts the sweep's.
 */
export async function timeSweep(
	sweep: object,
	workers: number,
	within: readonly string[] = [],
): Promise<number> {
	const scratch = mkdtempSync(join(tmpdir(), "lowguard-bench-"));
	try {
		const file = join(scratch, "sweep.yaml");
		writeFileSync(file, stringify(sweep));
		const beganMs = performance.now();
		await run([...within, process.execPath, CLI, "sweep", file, "--workers", String(workers), "--json"]);
		return (performance.now() - beganMs) / 1000;
	} finally {
		rmSync(scratch, { recursive: true });
	}
}

function run([program, ...args]: readonly string[]): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(program!, args, { stdio: ["ignore", "ignore", "inherit"] });
		child.once("error", reject);
		child.once("exit", (code, signal) => {
			if (code === 0) resolve();
			else reject(new Error(`${program} ${args.join(" ")}: expected exit code 0, found ${code ?? signal}`));
		});
	});
}
