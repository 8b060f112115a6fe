import type { XsLimits } from "../../../host-tools/xs/limits.js";
import type { Machine } from "../../../host-tools/xs/machine.js";
import { XsMachine } from "../../../host-tools/xs/machine.js";
import type { XsHandler, XsOutcome, XsProcess } from "../../../host-tools/xs/process.js";

/** Garbage is collected after so many calls: what lives then is what the node needs. */
const CALLS = 40;

/** The most that lived at the end of a collection in one stretch of time. */
export interface Live {
	chunkBytes: number;
	slots: number;
}

/** A machine with the chip's memory of which is known, stretch by stretch, how much of it is in use. */
export class WatchedMachine implements Machine {
	readonly id: number;
	/** One for each stretch; the last one is under way. */
	readonly stretches: Live[] = [];
	readonly #process: XsProcess;
	readonly #machine: XsMachine;
	#calls = 0;

	/** `limits`: the chip's unless given. */
	constructor(process: XsProcess, id: number, limits: Partial<XsLimits> = {}) {
		this.id = id;
		this.#process = process;
		this.#machine = new XsMachine(process, id, "test/xs/machine/mote", limits);
		this.begin();
	}

	/** A new stretch begins. */
	begin(): void {
		this.stretches.push({ chunkBytes: 0, slots: 0 });
	}

	call(bytes: Uint8Array, length: number, handler: XsHandler): XsOutcome {
		const outcome = this.#machine.call(bytes, length, handler);
		if (++this.#calls % CALLS === 0 && !("dead" in outcome)) this.#look();
		return outcome;
	}

	#look(): void {
		const { chunks, slots } = this.#process.collect(this.id);
		const live = this.stretches[this.stretches.length - 1]!;
		live.chunkBytes = Math.max(live.chunkBytes, chunks.live);
		live.slots = Math.max(live.slots, slots.live);
	}

	destroy(): void {
		this.#machine.destroy();
	}
}
