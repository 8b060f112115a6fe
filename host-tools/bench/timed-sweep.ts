import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";

const CLI = fileURLToPath(new URL("../cli.js", import.meta.url));

/** Wall time of a sweep from the command line, on so many workers, its start included, in seconds. */
export async function timeSweep(sweep: object, workers: number): Promise<number> {
	const scratch = mkdtempSync(join(tmpdir(), "lowguard-bench-"));
	try {
		const file = join(scratch, "sweep.yaml");
		writeFileSync(file, stringify(sweep));
		const beganMs = performance.now();
		await run(["sweep", file, "--workers", String(workers), "--json"]);
		return (performance.now() - beganMs) / 1000;
	} finally {
		rmSync(scratch, { recursive: true });
	}
}

function run(args: readonly string[]): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "ignore", "inherit"] });
		child.once("error", reject);
		child.once("exit", (code, signal) => {
			if (code === 0) resolve();
			else reject(new Error(`lowguard ${args[0]}: expected exit code 0, found ${code ?? signal}`));
		});
	});
}
