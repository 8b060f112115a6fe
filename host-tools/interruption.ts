import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { UserError } from "./errors.js";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
type Signal = (typeof SIGNALS)[number];

/**
 * Ends long work in good order when the user stops it: ask {@link check} between steps.
 *
 * A second signal ends the process at once.
 */
export class Interruption {
	#signal: Signal | undefined;
	readonly #onSignal = (signal: Signal): void => {
		this.#signal = signal;
		this.dispose();
	};

	constructor() {
		for (const signal of SIGNALS) process.on(signal, this.#onSignal);
	}

	/** Lets a signal come through; throws a UserError with exit code 128 plus its number when one did. */
	async check(): Promise<void> {
		await setImmediate();
		if (this.#signal === undefined) return;
		const exitCode = this.#signal === "SIGINT" ? 130 : 143;
		throw new UserError(`stopped by ${this.#signal}`, exitCode);
	}

	/** Leaves signals to the system again. */
	dispose(): void {
		for (const signal of SIGNALS) process.off(signal, this.#onSignal);
	}
}
