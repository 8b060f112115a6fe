import { once } from "node:events";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import process from "node:process";
import { fileError } from "./errors.js";

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
			throw fileError(path, error);
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
	#isFull = false;

	write(chunk: Uint8Array): void {
		this.#isFull = !process.stdout.write(Buffer.from(chunk));
	}

	ready(): Promise<unknown> | undefined {
		return this.#isFull ? once(process.stdout, "drain") : undefined;
	}

	close(): void {}

	discard(): void {}
}

/** A file that must not exist yet, or stdout when `path` is undefined. Throws a UserError. */
export function openOutput(path: string | undefined): ByteOutput {
	return path === undefined ? new Stdout() : new NewFile(path);
}
