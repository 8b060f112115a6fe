import { OrderedTable } from "./ordered-table.js";

/** Datagrams that are remembered. */
const REMEMBERED = 8192;

/**
 * Tells whether an attacker had a hand in what an application is given: his frame was the last one of it, there or at
 * a node that passed it on.
 *
 * A node handles a frame within one event: what it tells at the time of a `frameReceived` belongs to that frame.
 */
export class Taint {
	/** Datagrams that an attacker's frame completed at a node which passed them on. */
	readonly #passedOn = new OrderedTable(0);
	#receiver = -1;
	#timeUs = -1;

	/** A node received a frame. */
	noteReceived(timeUs: number, node: number, isAttackers: boolean): void {
		this.#receiver = isAttackers ? node : -1;
		this.#timeUs = timeUs;
	}

	/** A node passes a datagram on. */
	noteForwarded(timeUs: number, node: number, ident: number): void {
		if (!this.#isNow(timeUs, node)) return;
		if (this.#passedOn.find(ident) < 0) this.#passedOn.add(ident);
		this.#passedOn.trim(REMEMBERED);
	}

	/** Whether a datagram that a node hands to its application is there by an attacker's hand. */
	touches(timeUs: number, node: number, ident: number): boolean {
		return this.#isNow(timeUs, node) || this.#passedOn.find(ident) >= 0;
	}

	#isNow(timeUs: number, node: number): boolean {
		return node === this.#receiver && timeUs === this.#timeUs;
	}
}
