import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { UserError } from "./errors.js";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
type Signal = (typeof SIGNALS)[number];

/**
 * Ends long work in good order when the user stops it: ask {@link check} between steps, or wait for
 * {@link stopped} beside work that goes on elsewhere.
 *
 * A second signal ends the process at once.
 */
export class Interruption {
	#signal: Signal | undefined;
	#onStopped: ((error: UserError) => void) | undefined;
	readonly #onSignal = (signal: Signal): void => {
		this.#signal = signal;
		this.dispose();
		this.#onStopped?.(stoppedBy(signal));
	};

	constructor() {
		for (const signal of SIGNALS) process.on(signal, this.#onSignal);
	}

	/** Lets a signal come through; throws a UserError with exit code 128 plus its number when one did. */
	async check(): Promise<void> {
		await setImmediate();
		if (this.#signal !== undefined) throw stoppedBy(this.#signal);
	}

	/** Rejects with that error when a signal comes; never resolves. */
	stopped(): Promise<never> {
		return new Promise((_, reject) => {
			if (this.#signal !== undefined) reject(stoppedBy(this.#signal));
			this.#onStopped = reject;
		});
	}

	/** Leaves signals to the system again. */
	dispose(): void {
		for (const signal of SIGNALS) process.off(signal, this.#onSignal);
	}
}

function stoppedBy(signal: Signal): UserError {
	return new UserError(`stopped by ${signal}`, signal === "SIGINT" ? 130 : 143);
}
