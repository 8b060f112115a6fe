import { airtimeUs, OCTET_US, SHR_PHR_US } from "../../firmware/mac/timing.js";
import type { EventQueue } from "../kernel/queue.js";
import type { Air } from "./air.js";

/** Takes the PSDU of a frame that is still on the air, and the time at which it ends. */
export type HeaderHandler = (psdu: Uint8Array, endUs: number) => void;

interface Eavesdropper {
	readonly node: number;
	readonly octets: number;
	readonly handler: HeaderHandler;
}

/** Who wants to know of frames while they are on the air. */
export class Eavesdroppers {
	readonly #air: Air;
	readonly #queue: EventQueue;
	readonly #all: Eavesdropper[] = [];

	constructor(air: Air, queue: EventQueue) {
		this.#air = air;
		this.#queue = queue;
	}

	/** See `Transceivers.onHeader`. */
	add(node: number, octets: number, handler: HeaderHandler): void {
		this.#all.push({ node, octets, handler });
	}

	/** A frame of `from` has just begun. */
	tell(from: number, psdu: Uint8Array): void {
		for (const listener of this.#all) this.#tellOne(listener, from, psdu);
	}

	#tellOne({ node, octets, handler }: Eavesdropper, from: number, psdu: Uint8Array): void {
		const startUs = this.#queue.nowUs();
		if (psdu.length <= octets || !this.#air.isLocked(node, from, startUs)) return;
		this.#queue.at(startUs + SHR_PHR_US + octets * OCTET_US, () => {
			if (this.#air.isLocked(node, from, startUs)) handler(psdu, startUs + airtimeUs(psdu.length));
		});
	}
}
