import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import type { ExecutionContext } from "ava";
import { SerialPort } from "serialport";
import { scratchFolder } from "../run-cli.js";

const hasSocat = spawnSync("socat", ["-V"]).status === 0;

/** Two pseudo-terminals that are joined, as a cable joins a computer and a board. */
export interface PtyCable {
	/** What the computer opens. */
	readonly path: string;
	/** The board's end. */
	readonly board: SerialPort;
	/** Pulls the cable out. */
	unplug(): void;
}

/** Says loudly that a test over pseudo-terminals did not take place; returns whether it can. */
export function requireSocat(t: ExecutionContext): boolean {
	if (hasSocat) return true;
	t.log("SKIPPED: socat is not installed, so nothing was tried over a pseudo-terminal");
	process.stderr.write(`\n*** ${t.title}: SKIPPED, socat is not installed ***\n`);
	t.pass();
	return false;
}

/** Lays a cable for one test, with its ends in `folder`; it is gone when the test ends. */
export async function layCable(t: ExecutionContext, folder = scratchFolder(t)): Promise<PtyCable> {
	const path = join(folder, "computer");
	const boardPath = join(folder, "board");
	const ends = [path, boardPath].map((link) => `pty,raw,echo=0,link=${link}`);
	const socat = spawn("socat", ["-d", "-d", ...ends], { stdio: ["ignore", "ignore", "pipe"] });
	t.teardown(async () => {
		if (socat.exitCode !== null || socat.signalCode !== null) return;
		const ended = once(socat, "exit");
		socat.kill("SIGKILL");
		await ended;
	});
	await new Promise<void>((resolve, reject) => {
		let said = "";
		socat.once("exit", () => reject(new Error(`socat ended: ${said}`)));
		socat.stderr.on("data", (text: Buffer) => {
			said += text.toString();
			if (said.includes("starting data transfer loop")) resolve();
		});
	});
	const board = new SerialPort({ path: boardPath, baudRate: 115200, autoOpen: false });
	await new Promise<void>((resolve, reject) => {
		board.open((error) => (error ? reject(error) : resolve()));
	});
	// The cable goes when the test pulls it out, or the computer closes its end.
	board.on("error", () => {});
	t.teardown(async () => {
		if (board.isOpen) await new Promise((resolve) => board.close(resolve));
	});
	return { path, board, unplug: () => void socat.kill("SIGKILL") };
}
