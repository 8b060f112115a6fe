import type { LinkAddress } from "../address.js";
import type { OutboxDrop } from "../net/outbox.js";
import type { Clock } from "../ports.js";
import type { ReadingsHost } from "./readings-host.js";

/** A datagram of which nothing was heard for so long was lost inside the node. */
const PATIENCE_US = 120_000_000;

/** A datagram that is under way to its next hop, and what is in it. */
export interface Dispatch<T> {
	readonly via: LinkAddress;
	readonly content: readonly T[];
}

interface Pending<T> extends Dispatch<T> {
	readonly ident: number;
	readonly sentUs: number;
}

/** The datagrams that the outbox has and has not reported on yet. */
export class Dispatches<T> {
	readonly #clock: Clock;
	readonly #onEnd: (dispatch: Dispatch<T>, reason: OutboxDrop | "lost" | undefined) => void;
	readonly #pending: Pending<T>[] = [];
	/** Reports that came before the sender knew the ident. */
	readonly #early: [ident: number, reason: OutboxDrop | undefined][] = [];
	#isSending = false;

	/** `onEnd`: told of each datagram once, after {@link send} or during it. */
	constructor(clock: Clock, onEnd: (dispatch: Dispatch<T>, reason: OutboxDrop | "lost" | undefined) => void) {
		this.#clock = clock;
		this.#onEnd = onEnd;
	}

	/** Sends a datagram with this content to the neighbour `via`. */
	send(via: LinkAddress, content: readonly T[], transmit: () => number): void {
		this.#isSending = true;
		const ident = transmit();
		this.#isSending = false;
		this.#pending.push({ via: via.clone(), content, ident, sentUs: this.#clock.nowUs() });
		for (const [early, reason] of this.#early.splice(0)) this.note(early, reason);
	}

	/** Takes the report of a datagram, ours or not. */
	note(ident: number, reason: OutboxDrop | undefined): void {
		if (this.#isSending) {
			this.#early.push([ident, reason]);
			return;
		}
		const i = this.#pending.findIndex((pending) => pending.ident === ident);
		if (i >= 0) this.#onEnd(this.#pending.splice(i, 1)[0]!, reason);
	}

	/** Datagrams that were not reported on yet. */
	get count(): number {
		return this.#pending.length;
	}

	/** Has every datagram taken back that still waits. */
	withdraw(host: Pick<ReadingsHost, "withdraw">): void {
		for (const { ident } of this.#pending.slice()) host.withdraw(ident);
	}

	/** Gives up what should have been reported long ago. */
	expire(): void {
		const beforeUs = this.#clock.nowUs() - PATIENCE_US;
		for (let i = this.#pending.length - 1; i >= 0; i--) {
			if (this.#pending[i]!.sentUs < beforeUs) this.#onEnd(this.#pending.splice(i, 1)[0]!, "lost");
		}
	}
}
