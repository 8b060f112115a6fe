import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
	closeSync,
	constants,
	mkdtempSync,
	openSync,
	readFileSync,
	readSync,
	rmSync,
	writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemErrorCode, UserError } from "../errors.js";

/** A child process with two pipes that are read and written synchronously. */
export interface PipedProcess {
	readonly child: ChildProcess;
	/** Writes everything; false when the process no longer reads. */
	write(bytes: Uint8Array, length: number): boolean;
	/** Waits for at least one octet; 0 when the process has ended. */
	read(into: Uint8Array, offset: number): number;
	/** What the process wrote to its standard error so far. */
	errors(): string;
	close(): void;
}

/**
 * Opens both ends of a named pipe. Node's own pipes to a child never block, and a driver that waits on the
 * event loop for each exchange costs more than the exchange; a named pipe opened here blocks.
 */
function openPipe(path: string): { readEnd: number; writeEnd: number } {
	const both = openSync(path, constants.O_RDWR);
	const writeEnd = openSync(path, constants.O_WRONLY);
	const readEnd = openSync(path, constants.O_RDONLY);
	closeSync(both);
	return { readEnd, writeEnd };
}

function tail(path: string): string {
	try {
		return readFileSync(path, "utf8").slice(-4096).trim();
	} catch {
		return "";
	}
}

/** Starts a program. The process ends when the pipes close, whichever way this one ends. */
export function spawnPiped(program: string, args: readonly string[]): PipedProcess {
	const folder = mkdtempSync(join(tmpdir(), "lowguard-xs-"));
	const paths = ["in", "out"].map((name) => join(folder, name));
	const log = join(folder, "log");
	if (spawnSync("mkfifo", paths).status !== 0) {
		rmSync(folder, { recursive: true, force: true });
		throw new UserError("XS: expected the command mkfifo, found none", 3);
	}
	const input = openPipe(paths[0]!);
	const output = openPipe(paths[1]!);
	const errors = openSync(log, "w");
	const child = spawn(program, args, { stdio: [input.readEnd, output.writeEnd, errors] });
	child.on("error", () => {});
	child.unref();
	for (const file of [input.readEnd, output.writeEnd, errors]) closeSync(file);
	for (const path of paths) rmSync(path);
	let open = true;

	return {
		child,
		write(bytes, length) {
			try {
				for (let at = 0; at < length; ) at += writeSync(input.writeEnd, bytes, at, length - at);
				return true;
			} catch (error) {
				if (systemErrorCode(error) === "EPIPE") return false;
				throw error;
			}
		},
		read: (into, offset) => readSync(output.readEnd, into, offset, into.length - offset, null),
		errors: () => tail(log),
		close() {
			if (!open) return;
			open = false;
			closeSync(input.writeEnd);
			closeSync(output.readEnd);
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
