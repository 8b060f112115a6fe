import { once } from "node:events";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { fileError, systemErrorCode, UserError } from "./errors.js";

/** Where the octets of a conversion go: a new file, or stdout. */
export interface ByteOutput {
	/** Takes a copy of the octets, or writes them at once. */
	write(chunk: Uint8Array): void;
	/** What to await before more is written, when the reader is slower than the writer. */
	ready(): Promise<unknown> | undefined;
	/** Ends well. */
	close(): void;
	/** Ends badly: nothing half done stays behind. */
	discard(): void;
}

class NewFile implements ByteOutput {
	readonly #path: string;
	readonly #file: number;

	constructor(path: string) {
		this.#path = path;
		try {
			this.#file = openSync(path, "wx");
		} catch (error) {
			// Of a file that is to be made, only its folder can be missing.
			if (systemErrorCode(error) !== "ENOENT") throw fileError(path, error);
			throw new UserError(`${dirname(path)}: expected a folder, found none`, 3);
		}
	}

	write(chunk: Uint8Array): void {
		try {
			for (let at = 0; at < chunk.length; ) at += writeSync(this.#file, chunk, at);
		} catch (error) {
			throw fileError(this.#path, error);
		}
	}

	ready(): undefined {
		return undefined;
	}

	close(): void {
		closeSync(this.#file);
	}

	discard(): void {
		closeSync(this.#file);
		rmSync(this.#path, { force: true });
	}
}

class Stdout implements ByteOutput {
	#drained: Promise<void> | undefined;

	write(chunk: Uint8Array): void {
		if (process.stdout.write(Buffer.from(chunk))) return;
		this.#drained ??= once(process.stdout, "drain").then(() => {
			this.#drained = undefined;
		});
	}

	ready(): Promise<void> | undefined {
		return this.#drained;
	}

	close(): void {}

	discard(): void {}
}

/** A file that must not exist yet, or stdout when `path` is undefined. Throws a UserError. */
export function openOutput(path: string | undefined): ByteOutput {
	return path === undefined ? new Stdout() : new NewFile(path);
}
