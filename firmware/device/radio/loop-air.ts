import type { Datagrams } from "./datagrams.js";

type Handler = (bytes: Uint8Array, length: number) => void;

/** The virtual air of several nodes in one process: what one sends, all others hear at once. */
export class LoopAir {
	readonly #members: Member[] = [];

	/** A place on this air. */
	join(): Datagrams {
		const member = new Member((from, bytes, length) => this.carry(from, bytes, length));
		this.#members.push(member);
		return member;
	}

	private carry(from: Member, bytes: Uint8Array, length: number): void {
		for (const member of this.#members) if (member !== from) member.handler?.(bytes, length);
	}
}

class Member implements Datagrams {
	handler: Handler | undefined;
	readonly #carry: (from: Member, bytes: Uint8Array, length: number) => void;

	constructor(carry: (from: Member, bytes: Uint8Array, length: number) => void) {
		this.#carry = carry;
	}

	send(bytes: Uint8Array, length: number): void {
		this.#carry(this, bytes, length);
	}

	onDatagram(handler: Handler): void {
		this.handler = handler;
	}
}
