import process from "node:process";

const INTERVAL_MS = 100;
const WIDTH = 30;

/** A line on the terminal that tells how far the work is; silent where stderr is none. */
export class Progress {
	readonly #label: string;
	readonly #active = process.stderr.isTTY === true && process.env["TERM"] !== "dumb";
	#nextMs = 0;
	readonly #beganMs = performance.now();

	readonly #from: number;

	/** `from`: the share that was done before. */
	constructor(label: string, from = 0) {
		this.#label = label;
		this.#from = from;
	}

	/** Tells the share that is done, 0 to 1, and what that is in other words. */
	update(share: number, detail = ""): void {
		if (!this.#active) return;
		const nowMs = performance.now();
		if (nowMs < this.#nextMs) return;
		this.#nextMs = nowMs + INTERVAL_MS;
		const full = Math.round(share * WIDTH);
		const own = share - this.#from;
		const left =
			own > 0 ? `  ${(((nowMs - this.#beganMs) / 1000) * ((1 - share) / own)).toFixed(0)} s left` : "";
		process.stderr.write(
			`\r${this.#label} ${"█".repeat(full)}${"░".repeat(WIDTH - full)} ` +
				`${(share * 100).toFixed(0).padStart(3)} %${detail === "" ? "" : `  ${detail}`}${left} \x1b[K`,
		);
	}

	/** Takes the line away. */
	clear(): void {
		if (this.#active) process.stderr.write("\r\x1b[K");
	}
}
