import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";

/** The compiled command line. */
export const CLI = fileURLToPath(new URL("../../host-tools/cli.js", import.meta.url));
const CAPTURES = fileURLToPath(new URL("../../../test/captures/", import.meta.url));

/** How a run of `lowguard` ended. */
export interface CliResult {
	readonly code: number | null;
	readonly stdout: Buffer;
	readonly stderr: string;
}

/** Runs the built command line with these arguments. */
export function lowguard(...args: string[]): CliResult {
	const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { maxBuffer: 1 << 28 });
	return { code: status, stdout, stderr: stderr.toString() };
}

/** Runs it with a reader that takes its time for each piece. */
export async function lowguardSlowly(...args: string[]): Promise<CliResult> {
	const child = spawn(process.execPath, [CLI, ...args]);
	const chunks: Buffer[] = [];
	let stderr = "";
	child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
	const closed = once(child, "close") as Promise<[number | null]>;
	for await (const chunk of child.stdout) {
		chunks.push(chunk as Buffer);
		await setImmediate();
	}
	const [code] = await closed;
	return { code, stdout: Buffer.concat(chunks), stderr };
}

/** The path of a capture that ships with the tests. */
export function capturePath(name: string): string {
	return join(CAPTURES, name);
}

/** A folder of the test's own, gone when the test ends. */
export function scratchFolder(t: ExecutionContext): string {
	const folder = mkdtempSync(join(tmpdir(), "lowguard-test-"));
	t.teardown(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/** Asserts that a run ended with `code` and one line on stderr that matches, and nothing on stdout. */
export function endsWithLine(t: ExecutionContext, result: CliResult, code: number, line: RegExp): void {
	t.is(result.code, code, result.stderr);
	t.regex(result.stderr, line);
	t.is(result.stderr.trimEnd().split("\n").length, 1, result.stderr);
	t.is(result.stdout.length, 0);
}
