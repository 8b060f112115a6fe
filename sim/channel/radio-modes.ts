import type { EventQueue } from "../kernel/queue.js";
import type { Air } from "./air.js";
import { RadioMode, type RadioStates } from "./radio-states.js";
import { FAR_ROW, NEAR_ROW, type RadioTable } from "./radio-table.js";

const { OCTETS, PHASE } = NEAR_ROW;
const { WORDS, POWER_CYCLES } = FAR_ROW;

/** Where a transmission stands. */
export const Phase = { idle: 0, turning: 1, sending: 2, awaitingAck: 3, acknowledging: 4 } as const;

const { awaitingAck } = Phase;

/** Brings each radio into the mode that its power, its node's wishes and its transmissions ask for. */
export class RadioModes {
	readonly #words: Int32Array;
	readonly #octets: Uint8Array;
	readonly #states: RadioStates;
	readonly #air: Air;
	readonly #queue: EventQueue;
	/** Whether a node wants its receiver on all the time, and how many windows it has open. */
	readonly #always: Uint8Array;
	readonly #windows: Uint16Array;

	constructor({ radios, near, far }: RadioTable, states: RadioStates, air: Air, queue: EventQueue) {
		this.#words = far.words;
		this.#octets = near.octets;
		this.#states = states;
		this.#air = air;
		this.#queue = queue;
		this.#always = new Uint8Array(radios);
		this.#windows = new Uint16Array(radios);
	}

	phase(node: number): number {
		return this.#octets[(node << OCTETS) | PHASE]!;
	}

	toPhase(node: number, phase: number): void {
		this.#octets[(node << OCTETS) | PHASE] = phase;
	}

	toMode(node: number, mode: number): void {
		const nowUs = this.#queue.nowUs();
		this.#air.release(node, nowUs);
		this.#states.enter(node, mode, nowUs);
	}

	/** After a transmission: back to listening, where that is wanted. */
	toIdle(node: number): void {
		this.toMode(node, this.#states.isWanted(node) ? RadioMode.listening : RadioMode.off);
	}

	/** Turns a node's receiver on or off for all the time that it does nothing else. */
	receive(node: number, on: boolean): void {
		this.#always[node] = on ? 1 : 0;
		this.#want(node);
	}

	/** Opens a node's receiver for one window. */
	receiveAt(node: number, timeUs: number, durationUs: number): void {
		this.whilePowered(node, timeUs, () => {
			this.#windows[node]!++;
			this.#want(node);
			this.whilePowered(node, this.#queue.nowUs() + durationUs, () => {
				this.#windows[node]!--;
				this.#want(node);
			});
		});
	}

	/** Turns the receiver on or off, where it is not busy, as the node and its open windows want it. */
	#want(node: number): void {
		if (this.isDead(node)) return;
		const on = this.#always[node] === 1 || this.#windows[node]! > 0;
		this.#states.want(node, on);
		const mode = this.#states.mode(node);
		if (mode === RadioMode.transmitting) return;
		// A receiver that awaits an acknowledgement stays on until it has it or gives up.
		if (!on && this.phase(node) === awaitingAck) return;
		if (!on) this.toMode(node, RadioMode.off);
		else if (mode === RadioMode.off) this.toMode(node, RadioMode.listening);
	}

	isDead(node: number): boolean {
		return (this.powerCycles(node) & 1) === 1;
	}

	/** How often the node has lost its power, and got it back: what it had scheduled at another count is void. */
	powerCycles(node: number): number {
		return this.#words[(node << WORDS) | POWER_CYCLES]!;
	}

	/** Takes the power away; what the node has on the air it still sends to its end. */
	kill(node: number): void {
		if (!this.isDead(node)) this.#words[(node << WORDS) | POWER_CYCLES]!++;
		this.#states.want(node, false);
		if (this.#states.mode(node) === RadioMode.transmitting) this.#states.book(node, this.#queue.nowUs());
		else this.toMode(node, RadioMode.off);
	}

	/** Gives the power back, with the receiver off. */
	powerOn(node: number): void {
		if (this.isDead(node)) this.#words[(node << WORDS) | POWER_CYCLES]!++;
		this.toPhase(node, Phase.idle);
		this.#always[node] = 0;
		this.#windows[node] = 0;
	}

	/** Calls back at a time, unless the node loses its power before. */
	whilePowered(node: number, timeUs: number, callback: () => void): void {
		const cycles = this.powerCycles(node);
		this.#queue.at(timeUs, () => {
			if (this.powerCycles(node) === cycles) callback();
		});
	}
}
