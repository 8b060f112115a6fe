import { Histogram } from "./histogram.js";

/** Twice the longest time-out that RFC 4944 allows: nothing is on its way for longer. */
const GIVEN_UP_US = 120_000_000;
/** Datagrams whose repetition is recognised. */
const REMEMBERED = 8192;
/** IPv6 and UDP headers. */
const HEADERS_BYTES = 48;

interface Sent {
	readonly timeUs: number;
	readonly digest: number;
}

/**
 * Tells what applications were given that honest nodes sent, from what they were given that is false.
 *
 * False is what arrives with other content than was sent, what nobody sent, and what an attacker brought, be it as it
 * was sent, for the first time or again: a repetition that no attacker had a part in is the network's own.
 */
export class FalseDeliveries {
	altered = 0;
	foreign = 0;
	replayed = 0;
	/** Delivered again, without an attacker's part in it. */
	repeated = 0;
	delivered = 0;
	/** Octets of UDP payload of what was delivered as it was sent, once each. */
	payloadBytes = 0;
	readonly latencyUs = new Histogram();
	readonly #sent = new Map<number, Sent>();
	/** Content of what was delivered. */
	readonly #delivered = new Map<number, number>();

	noteSent(timeUs: number, ident: number, digest: number): void {
		for (const [old, { timeUs: sentUs }] of this.#sent) {
			if (timeUs - sentUs < GIVEN_UP_US) break;
			this.#sent.delete(old);
		}
		this.#sent.delete(ident);
		this.#sent.set(ident, { timeUs, digest });
	}

	/** `isByAttacker`: an attacker's frame brought it, there or on its way. */
	noteDelivered(timeUs: number, ident: number, digest: number, bytes: number, isByAttacker: boolean): void {
		const before = this.#delivered.get(ident);
		if (before !== undefined) {
			if (before !== digest) this.altered++;
			else if (isByAttacker) this.replayed++;
			else this.repeated++;
			return;
		}
		const sent = this.#sent.get(ident);
		if (sent === undefined) {
			this.foreign++;
			return;
		}
		if (sent.digest !== digest) {
			this.altered++;
			return;
		}
		if (isByAttacker) {
			this.replayed++;
			return;
		}
		this.delivered++;
		this.payloadBytes += Math.max(0, bytes - HEADERS_BYTES);
		this.latencyUs.add(timeUs - sent.timeUs);
		this.#delivered.set(ident, digest);
		if (this.#delivered.size > REMEMBERED) this.#delivered.delete(this.#delivered.keys().next().value!);
	}
}
