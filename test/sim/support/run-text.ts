import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { type RunOptions, type RunOutcome, runScenario } from "../../../host-tools/run/run.js";
import { type LoadedScenario, loadScenario } from "../../../host-tools/scenario/load.js";

/** A folder of the test's own, gone when the test ends. */
export async function scratchFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "lowguard-sim-"));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

/** Loads a scenario from its text; `files` lie beside it, by name. */
export async function loadText(
	t: ExecutionContext,
	yaml: string,
	files: Readonly<Record<string, string>> = {},
	set: readonly string[] = [],
): Promise<LoadedScenario> {
	const folder = await scratchFolder(t);
	for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
	await writeFile(join(folder, "test.yaml"), yaml);
	return loadScenario(join(folder, "test.yaml"), { set });
}

/** Runs a scenario from its text. */
export async function runText(
	t: ExecutionContext,
	yaml: string,
	set: readonly string[] = [],
	options: RunOptions = {},
): Promise<RunOutcome> {
	return runScenario(await loadText(t, yaml, {}, set), options);
}
