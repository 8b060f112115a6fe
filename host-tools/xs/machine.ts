import type { XsLimits, XsStats } from "./limits.js";
import type { XsHandler, XsOutcome, XsProcess } from "./process.js";

/** A JavaScript engine of its own with the code of a mote in it, which does nothing but answer calls. */
export interface Machine {
	/** Calls it with `bytes[0..length)`, and serves it until it has answered or come to its end. */
	call(bytes: Uint8Array, length: number, handler: XsHandler): XsOutcome;
	/** What it used in its life, garbage not counted as alive; absent where nobody counts. */
	stats?(): XsStats;
	/** Forgets it. */
	destroy(): void;
}

/** A machine on XS, which runs the default export of a module. */
export class XsMachine implements Machine {
	readonly #process: XsProcess;
	readonly #id: number;

	/** `id`: that of no other machine of the process. One that does not come to life says so when it is called. */
	constructor(process: XsProcess, id: number, entry: string, limits: Partial<XsLimits> = {}) {
		this.#process = process;
		this.#id = id;
		process.create(id, entry, limits);
	}

	call(bytes: Uint8Array, length: number, handler: XsHandler): XsOutcome {
		return this.#process.call(this.#id, bytes, length, handler);
	}

	stats(): XsStats {
		return this.#process.collect(this.#id);
	}

	destroy(): void {
		this.#process.destroy(this.#id);
	}
}
