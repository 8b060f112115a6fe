import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, constants, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
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

/** The end of a file that another process writes to. */
function tail(file: number): string {
	const { size } = fstatSync(file);
	const bytes = new Uint8Array(Math.min(size, 4096));
	const count = readSync(file, bytes, 0, bytes.length, size - bytes.length);
	return new TextDecoder().decode(bytes.subarray(0, count)).trim();
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
	const errors = openSync(log, "a+");
	const child = spawn(program, args, { stdio: [input.readEnd, output.writeEnd, errors] });
	// Without a process the pipe has no other end, and the first read says so.
	child.on("error", () => {});
	child.unref();
	for (const file of [input.readEnd, output.writeEnd]) closeSync(file);
	// All that matters is open by now, and whoever is killed leaves nothing behind.
	rmSync(folder, { recursive: true, force: true });
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
		errors: () => (open ? tail(errors) : ""),
		close() {
			if (!open) return;
			open = false;
			closeSync(input.writeEnd);
			closeSync(output.readEnd);
			closeSync(errors);
		},
	};
}
