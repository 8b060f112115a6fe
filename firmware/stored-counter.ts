import { i32be, putI32be } from "./bytes.js";
import type { Store } from "./ports.js";

/** The first value that a frame counter may not have (IEEE 802.15.4-2020, 9.2.2). */
const LIMIT = 0xffffffff;

/**
 * A counter that only rises, for frames under one key or waves of beacons. A value never returns, not after a power
 * cycle either: a block of values is reserved in the store before its first one is used.
 */
export class StoredCounter {
	private readonly store: Store;
	private readonly name: string;
	private readonly block: number;
	private value: number;
	private reserved: number;

	/**
	 * `block`: values reserved at a time, 1 to 65536; a power cycle loses at most as many.
	 *
	 * Throws a RangeError when the stored blob is not 4 octets: starting again at 0 would repeat nonces.
	 */
	constructor(store: Store, name: string, block = 1024) {
		if (!(block >= 1 && block <= 65536)) {
			throw new RangeError(`StoredCounter: expected block 1 to 65536, got ${block}`);
		}
		const blob = store.get(name);
		if (blob !== undefined && blob.length !== 4) {
			throw new RangeError(`StoredCounter: expected ${name} to hold 4 octets, got ${blob.length}`);
		}
		this.store = store;
		this.name = name;
		this.block = block;
		this.value = blob === undefined ? 0 : i32be(blob, 0) >>> 0;
		this.reserved = this.value;
	}

	/** What {@link next} will return, unless the values are used up. */
	get upcoming(): number {
		return this.value;
	}

	/** The next value, 0 to 2^32 - 2, or -1 when all are used (a key must then change), or the store takes no more. */
	next(): number {
		if (this.value >= LIMIT) return -1;
		if (this.value >= this.reserved) {
			const reserved = Math.min(this.value + this.block, LIMIT);
			const blob = new Uint8Array(4);
			putI32be(blob, 0, reserved | 0);
			if (!this.store.set(this.name, blob)) return -1;
			this.reserved = reserved;
		}
		return this.value++;
	}

	/** Passes over all values below `value`, if any are left; they will never be used. */
	skipTo(value: number): void {
		if (value > this.value) this.value = Math.min(value, LIMIT);
	}
}
