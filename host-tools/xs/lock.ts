import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { systemErrorCode } from "../errors.js";

const POLL_MS = 100;
/** A lock that says for so long not whose it is, is nobody's. */
const EMPTY_MS = 10_000;

function take(path: string): boolean {
	try {
		const file = openSync(path, "wx");
		writeSync(file, String(process.pid));
		closeSync(file);
		return true;
	} catch (error) {
		if (systemErrorCode(error) === "EEXIST") return false;
		throw error;
	}
}

/** Whether the process that took the lock is gone, having been killed before it could give it back. */
function abandoned(path: string): boolean {
	try {
		const pid = Number(readFileSync(path, "utf8"));
		if (pid > 0) process.kill(pid, 0);
		// Killed between making the file and writing to it.
		else return Date.now() - statSync(path).mtimeMs > EMPTY_MS;
		return false;
	} catch (error) {
		return systemErrorCode(error) === "ESRCH";
	}
}

/**
 * Runs `body` while no other process does so under the same path, waiting for its turn. Of several that find
 * the lock of a dead process at once, two may run: what they make must not mind.
 */
export async function locked(path: string, body: () => Promise<void>): Promise<void> {
	while (!take(path)) {
		if (abandoned(path)) rmSync(path, { force: true });
		else await delay(POLL_MS);
	}
	try {
		await body();
	} finally {
		rmSync(path, { force: true });
	}
}
