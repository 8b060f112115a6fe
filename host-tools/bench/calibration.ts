import { EventQueue } from "../../sim/kernel/queue.js";
import { n } from "../report/numbers.js";
import type { BenchOutput } from "./output.js";
import { median } from "./statistics.js";

const PENDING = 1000;
/** Delays are below it: 1 s. */
const DELAY_MASK = 0xfffff;
/** Between two looks at the clock: some 10,000 events. */
const STEP_US = 5_000_000;
const WARM_UP_MS = 100;
const MEASURED_MS = 100;
const MEASUREMENTS = 3;
/** So far may the rates at both ends be apart on a quiet machine. */
const QUIET_SHARE = 0.1;

/**
 * How many million empty events a second the event queue posts and handles with 1,000 pending: what this machine
 * does right now, whatever else it has to do. Takes 0.4 s.
 */
export function millionEventsPerS(): number {
	const rate = emptyEvents();
	rate(WARM_UP_MS);
	return median(Array.from({ length: MEASUREMENTS }, () => rate(MEASURED_MS))) / 1e6;
}

/** Prints how fast the machine is before and after a bench, and whether that is alike. */
export class Calibration {
	readonly #output: BenchOutput;
	readonly #measure: () => number;
	readonly #atStart: number;

	/** Measures, and prints, the start. `measure`: in million events a second. */
	constructor(output: BenchOutput, measure: () => number = millionEventsPerS) {
		this.#output = output;
		this.#measure = measure;
		this.#atStart = this.look("start");
	}

	/** Measures, and prints, the end. */
	end(): void {
		const atEnd = this.look("end");
		if (Math.abs(atEnd / this.#atStart - 1) > QUIET_SHARE)
			this.#output.text(
				"The two differ: the machine was not quiet, and no figure of this bench is worth much.",
			);
	}

	private look(when: "start" | "end"): number {
		const value = Number(this.#measure().toFixed(2));
		this.#output.json("calibration", { when, millionEventsPerS: value });
		const text = `At the ${when} the bare event queue does ${n(value, 2)} million events a second.`;
		this.#output.text(...(when === "start" ? [text] : ["", text]));
		return value;
	}
}

/** A queue whose events each post another one; what is returned runs it for so long and tells its rate a second. */
function emptyEvents(): (leastMs: number) => number {
	const queue = new EventQueue();
	let state = 1;
	const post = (): void => {
		state = (Math.imul(state, 1664525) + 1013904223) | 0;
		queue.post(queue.nowUs() + (state & DELAY_MASK), kind, 0, 0);
	};
	const kind = queue.register(post);
	for (let i = 0; i < PENDING; i++) post();
	return (leastMs) => {
		const beganMs = performance.now();
		const before = queue.processed;
		for (;;) {
			queue.run(queue.nowUs() + STEP_US);
			const tookMs = performance.now() - beganMs;
			if (tookMs >= leastMs) return ((queue.processed - before) * 1000) / tookMs;
		}
	};
}
