import { Histogram } from "./histogram.js";
import { OrderedTable } from "./ordered-table.js";

/** Twice the longest time-out that RFC 4944 allows: nothing is on its way for longer. */
const GIVEN_UP_US = 120_000_000;
/** Datagrams whose repetition is recognised. */
const REMEMBERED = 8192;
/** IPv6 and UDP headers. */
const HEADERS_BYTES = 48;

/** Columns of a datagram that was sent, and of one that was delivered: its content, and when it was sent. */
const DIGEST = 0;
const SENT_US = 1;

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
	readonly #sent = new OrderedTable(2);
	readonly #delivered = new OrderedTable(1);

	noteSent(timeUs: number, ident: number, digest: number): void {
		const sent = this.#sent;
		while (sent.size > 0 && timeUs - sent.get(sent.oldest, SENT_US) >= GIVEN_UP_US) sent.remove(sent.oldest);
		const twin = sent.find(ident);
		if (twin >= 0) sent.remove(twin);
		const row = sent.add(ident);
		sent.set(row, DIGEST, digest);
		sent.set(row, SENT_US, timeUs);
	}

	/** `isByAttacker`: an attacker's frame brought it, there or on its way. */
	noteDelivered(timeUs: number, ident: number, digest: number, bytes: number, isByAttacker: boolean): void {
		const before = this.#delivered.find(ident);
		if (before >= 0) {
			if (this.#delivered.get(before, DIGEST) !== digest) this.altered++;
			else if (isByAttacker) this.replayed++;
			else this.repeated++;
			return;
		}
		const sent = this.#sent.find(ident);
		if (sent < 0) {
			this.foreign++;
			return;
		}
		if (this.#sent.get(sent, DIGEST) !== digest) {
			this.altered++;
			return;
		}
		if (isByAttacker) {
			this.replayed++;
			return;
		}
		this.delivered++;
		this.payloadBytes += Math.max(0, bytes - HEADERS_BYTES);
		this.latencyUs.add(timeUs - this.#sent.get(sent, SENT_US));
		this.#delivered.set(this.#delivered.add(ident), DIGEST, digest);
		this.#delivered.trim(REMEMBERED);
	}
}
