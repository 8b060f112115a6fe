import type { LinkAddress } from "../address.js";
import { RECEIPT_READINGS } from "../frames/cluster-receipt.js";

/** Origins whose readings a sink keeps apart, {@link ARRIVAL_BYTES} octets each: 31 kB. */
export const ORIGINS_MOST = 1024;
/** Octets of one: mode and address (9), newest (2), window (8), readings (1), terms (1), silence (1), time (4), via (4). */
export const ARRIVAL_BYTES = 30;
/** Places that are made at first; twice as many each time that these are used up. */
const FIRST_ORIGINS = 32;
/** Readings that the window remembers behind the newest, the newest included. */
export const WINDOW = 2 * RECEIPT_READINGS;
/**
 * An origin that was silent for so long, in µs, and then counts from so far behind, has lost its store: no node keeps
 * readings that lie so far apart.
 */
const RESTART_US = 300_000_000;
const RESTART_BACK = 2 * WINDOW;
/** One that was silent for so long, or of which so few readings came, makes room for a newcomer. */
const STALE_US = 3_600_000_000;
const FEW_READINGS = 4;

/** What a reading is to a sink: new, one that had come before, from behind the window, or of one origin too many. */
export type Arrival = "new" | "again" | "stale" | "crowded";

/** Which readings of each origin arrived: a bitmap window behind the newest, as anti-replay has it (RFC 4303, 3.4.3). */
export class Arrivals {
	readonly capacity: number;
	mode = new Uint8Array(0);
	high = new Int32Array(0);
	low = new Int32Array(0);
	newest = new Uint16Array(0);
	/** Bit k: whether reading `newest` - k arrived, and `newest` - 32 - k. */
	recent = new Int32Array(0);
	older = new Int32Array(0);
	/** Readings so far, 255 for as many or more. */
	readings = new Uint8Array(0);
	/** Terms since a receipt told of it, and whether anything came since. */
	untold = new Uint8Array(0);
	isSilent = new Uint8Array(0);
	/** Lower half of the address of whoever brought the last one: those that one head led stand together. */
	via = new Int32Array(0);
	#heardUs = new Float64Array(0);
	#count = 0;

	constructor(capacity = ORIGINS_MOST) {
		if (!(capacity >= 1 && capacity <= 65535)) {
			throw new RangeError(`Arrivals: expected capacity from 1 to 65535, got ${capacity}`);
		}
		this.capacity = capacity;
		this.grow(Math.min(capacity, FIRST_ORIGINS));
	}

	private grow(places: number): void {
		this.mode = grown(this.mode, new Uint8Array(places));
		this.high = grown(this.high, new Int32Array(places));
		this.low = grown(this.low, new Int32Array(places));
		this.newest = grown(this.newest, new Uint16Array(places));
		this.recent = grown(this.recent, new Int32Array(places));
		this.older = grown(this.older, new Int32Array(places));
		this.readings = grown(this.readings, new Uint8Array(places));
		this.untold = grown(this.untold, new Uint8Array(places));
		this.isSilent = grown(this.isSilent, new Uint8Array(places));
		this.via = grown(this.via, new Int32Array(places));
		this.#heardUs = grown(this.#heardUs, new Float64Array(places));
	}

	get count(): number {
		return this.#count;
	}

	/** Notes a reading of an origin; `via`: lower half of the address of whoever brought it. */
	note(origin: LinkAddress, sequence: number, nowUs: number, via = 0): Arrival {
		let i = this.find(origin);
		if (i < 0) {
			i = this.make(origin, nowUs);
			if (i < 0) return "crowded";
			this.begin(i, sequence);
		} else {
			const arrival = this.place(i, sequence, nowUs);
			if (arrival !== "new") return arrival;
		}
		this.#heardUs[i] = nowUs;
		this.isSilent[i] = 0;
		this.via[i] = via;
		if (this.readings[i]! < 255) this.readings[i]!++;
		return "new";
	}

	/** Whether one of the readings that a receipt tells of is missing, or nothing came since the last receipt. */
	isMissing(i: number): boolean {
		if (this.isSilent[i] === 1) return true;
		const recent = this.recent[i]!;
		// Before the first one that came nothing is known to be missing.
		const first = this.older[i] === 0 ? 31 - Math.clz32(recent) : 31;
		return recent >>> 0 !== 0xffffffff >>> (31 - first);
	}

	addressOf(i: number, into: LinkAddress): LinkAddress {
		return this.mode[i] === 2 ? into.setShort(this.low[i]!) : into.setExtended(this.high[i]!, this.low[i]!);
	}

	private find({ mode, high, low }: LinkAddress): number {
		for (let i = 0; i < this.#count; i++) {
			if (this.low[i] === low && this.high[i] === high && this.mode[i] === mode) return i;
		}
		return -1;
	}

	/** Places of the `most` origins that were heard last, in order of their places. */
	lastHeard(most: number): number[] {
		const places = Array.from({ length: this.#count }, (_, i) => i);
		if (places.length <= most) return places;
		places.sort((a, b) => this.#heardUs[b]! - this.#heardUs[a]! || a - b);
		return places.slice(0, most).sort((a, b) => a - b);
	}

	/** Puts back what was saved of an origin, as if it had been heard now. */
	restore(origin: LinkAddress, newest: number, recent: number, older: number, nowUs: number): void {
		const known = this.find(origin);
		const i = known >= 0 ? known : this.make(origin, nowUs);
		if (i < 0) return;
		this.newest[i] = newest;
		this.recent[i] = recent;
		this.older[i] = older;
		this.readings[i] = FEW_READINGS;
		this.isSilent[i] = 1;
		this.#heardUs[i] = nowUs;
	}

	/** A place for a newcomer, -1 for none. */
	private make(origin: LinkAddress, nowUs: number): number {
		const i = this.#count < this.capacity ? this.#count++ : this.replaceable(nowUs);
		if (i < 0) return -1;
		if (i >= this.mode.length) this.grow(Math.min(this.capacity, 2 * this.mode.length));
		this.mode[i] = origin.mode;
		this.high[i] = origin.high;
		this.low[i] = origin.low;
		this.readings[i] = 0;
		this.untold[i] = 0;
		return i;
	}

	private begin(i: number, sequence: number): void {
		this.newest[i] = sequence;
		this.recent[i] = 1;
		this.older[i] = 0;
	}

	private place(i: number, sequence: number, nowUs: number): Arrival {
		const ahead = (sequence - this.newest[i]!) & 0xffff;
		if (ahead !== 0 && ahead < 0x8000) {
			this.shift(i, ahead);
			this.newest[i] = sequence;
			this.recent[i] = this.recent[i]! | 1;
			return "new";
		}
		const back = (this.newest[i]! - sequence) & 0xffff;
		if (back >= WINDOW) {
			if (back < RESTART_BACK || nowUs - this.#heardUs[i]! < RESTART_US) return "stale";
			this.begin(i, sequence);
			return "new";
		}
		const half = back < RECEIPT_READINGS ? this.recent : this.older;
		const bit = 1 << (back & 31);
		if ((half[i]! & bit) !== 0) return "again";
		half[i] = half[i]! | bit;
		return "new";
	}

	private shift(i: number, by: number): void {
		if (by >= WINDOW) {
			this.recent[i] = 0;
			this.older[i] = 0;
		} else if (by >= RECEIPT_READINGS) {
			// A shift by 32 would be one by 0.
			this.older[i] = this.recent[i]! << (by - RECEIPT_READINGS);
			this.recent[i] = 0;
		} else {
			this.older[i] = (this.older[i]! << by) | (this.recent[i]! >>> (RECEIPT_READINGS - by));
			this.recent[i] = this.recent[i]! << by;
		}
	}

	private replaceable(nowUs: number): number {
		let found = -1;
		for (let i = 0; i < this.#count; i++) {
			const heardUs = this.#heardUs[i]!;
			if (this.readings[i]! >= FEW_READINGS && nowUs - heardUs < STALE_US) continue;
			if (found < 0 || heardUs < this.#heardUs[found]!) found = i;
		}
		return found;
	}
}

/** The longer array, with what the shorter one holds at its beginning. */
function grown<A extends { set(from: A): void }>(from: A, to: A): A {
	to.set(from);
	return to;
}
