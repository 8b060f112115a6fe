import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import { locked } from "../../../host-tools/xs/lock.js";

function lockPath(t: { teardown(fn: () => void): void }): string {
	const folder = mkdtempSync(join(tmpdir(), "lowguard-lock-"));
	t.teardown(() => rmSync(folder, { recursive: true, force: true }));
	return join(folder, "lock");
}

test("whoever holds a lock is alone, and gives it back however it ends", async (t) => {
	const path = lockPath(t);
	const said: string[] = [];
	let inside = 0;
	const body = (name: string) => async () => {
		t.is(++inside, 1);
		said.push(name);
		await delay(5);
		inside--;
		if (name === "b") throw new Error("b fails");
	};
	const results = await Promise.allSettled(["a", "b", "c"].map((name) => locked(path, body(name))));
	t.deepEqual(
		results.map(({ status }) => status),
		["fulfilled", "rejected", "fulfilled"],
	);
	t.deepEqual([...said].sort(), ["a", "b", "c"]);
	t.false(existsSync(path));
});

test("the lock of a process that was killed is taken over", async (t) => {
	const path = lockPath(t);
	const { pid } = spawnSync(process.execPath, ["-e", ""]);
	writeFileSync(path, String(pid));
	let runs = 0;
	const body = async () => {
		runs++;
	};
	await locked(path, body);
	// Killed before it could say who it was.
	writeFileSync(path, "");
	utimesSync(path, 1, 1);
	await locked(path, body);
	t.is(runs, 2);
});
