import type { LinkAddress } from "../address.js";
import { type Pack, packLength, readPacks } from "./packs.js";

/** Octets of others' packs that are held at once, 40 of each counted for its fields. */
export const HELD_BYTES_MOST = 4096;
const FIELD_BYTES = 40;
/** A pack whose datagram failed so often is given up: its origin has it still. */
export const HELD_TRIES_MOST = 3;
/** So many terms after the one in which it came, too. */
export const HELD_TERMS_MOST = 1;

/** A pack of another node on its way through this one. */
export interface HeldPack extends Pack {
	tries: number;
	terms: number;
	isUnderWay: boolean;
}

/**
 * Others' packs that this node has acknowledged and not passed on yet, oldest first. Bounded: what does not fit is counted
 * and forgotten, and its origin, whom no receipt will satisfy, sends it again.
 */
export class HeldPacks {
	readonly packs: HeldPack[] = [];
	/** Datagrams that were none of packs; packs that came twice, or bore our own name. */
	malformed = 0;
	repeated = 0;
	reflected = 0;
	/** Packs that found no room, and that were given up. */
	overflowed = 0;
	expired = 0;
	/** Octets in use. */
	bytes = 0;
	readonly #address: LinkAddress;

	/** `address`: our own. */
	constructor(address: LinkAddress) {
		this.#address = address;
	}

	/** Takes the packs of a datagram. */
	take(bytes: Uint8Array, offset: number, end: number, nowUs: number): void {
		const packs = readPacks(bytes, offset, end, nowUs);
		if (typeof packs === "string") {
			this.malformed++;
			return;
		}
		for (const pack of packs) this.add(pack);
	}

	/** The datagram with these packs was acknowledged. */
	release(packs: readonly HeldPack[]): void {
		for (const pack of packs) this.remove(pack);
	}

	/** The datagram with these packs failed. */
	retain(packs: readonly HeldPack[]): void {
		for (const pack of packs) {
			pack.isUnderWay = false;
			if (++pack.tries >= HELD_TRIES_MOST) this.giveUp(pack);
		}
	}

	/** A term begins: forgets what is too old. */
	beginTerm(): void {
		for (const pack of this.packs.slice()) {
			if (++pack.terms > HELD_TERMS_MOST && !pack.isUnderWay) this.giveUp(pack);
		}
	}

	clear(): void {
		this.packs.length = 0;
		this.bytes = 0;
	}

	private add(pack: Pack): void {
		const { origin, sequence, referenceUs, body, records } = pack;
		if (origin.equals(this.#address)) {
			this.reflected++;
			return;
		}
		if (this.packs.some((held) => held.sequence === sequence && held.origin.equals(origin))) {
			this.repeated++;
			return;
		}
		const bytes = body.length + FIELD_BYTES;
		if (this.bytes + bytes > HELD_BYTES_MOST) {
			this.overflowed++;
			return;
		}
		this.bytes += bytes;
		this.packs.push({
			// Many packs are of few origins: one name serves all of them.
			origin: this.packs.find((held) => held.origin.equals(origin))?.origin ?? origin,
			sequence,
			referenceUs,
			body,
			records,
			tries: 0,
			terms: 0,
			isUnderWay: false,
		});
	}

	private giveUp(pack: HeldPack): void {
		if (this.remove(pack)) this.expired++;
	}

	private remove(pack: HeldPack): boolean {
		const i = this.packs.indexOf(pack);
		if (i < 0) return false;
		this.packs.splice(i, 1);
		this.bytes -= pack.body.length + FIELD_BYTES;
		return true;
	}
}

/** As many of `packs`, in order, as fit `room` octets of one datagram; those that do not fit are passed over. */
export function packsThatFit<T extends Pack>(packs: readonly T[], room: number, nowUs: number): T[] {
	const fitting: T[] = [];
	// The head of a pack of up to 65,535 records.
	let length = 3;
	for (const pack of packs) {
		const more = packLength(pack, nowUs);
		if (length + more > room) continue;
		length += more;
		fitting.push(pack);
	}
	return fitting;
}
