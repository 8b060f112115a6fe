import { once } from "node:events";
import process from "node:process";

const CHUNK_CHARACTERS = 1 << 16;

/** Lines for stdout, gathered into large writes that wait for a slow reader. */
export class LineOutput {
	#pending = "";

	/** Takes one line without its end; await the promise when there is one. */
	line(text: string): Promise<void> | undefined {
		this.#pending += `${text}\n`;
		return this.#pending.length >= CHUNK_CHARACTERS ? this.flush() : undefined;
	}

	/** Writes what was gathered. */
	async flush(): Promise<void> {
		const text = this.#pending;
		this.#pending = "";
		if (text !== "" && !process.stdout.write(text)) await once(process.stdout, "drain");
	}
}

/** Whether stdout is a terminal that wants colours (https://no-color.org). */
export function stdoutHasColour(): boolean {
	return process.stdout.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
}
