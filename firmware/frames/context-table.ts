/** Contexts that a 4-bit identifier can name (RFC 6282, section 3.1.2). */
export const CONTEXTS = 16;
const PREFIX_BYTES = 16;

/**
 * The prefixes that both ends of a link know, by context identifier 0 to 15 (RFC 6282, section 3.1.2).
 *
 * A prefix has any length from 0 to 128 bits; the bits behind it are kept as zero.
 */
export class ContextTable {
	/** Sixteen prefixes of 16 octets each. */
	readonly prefixes = new Uint8Array(CONTEXTS * PREFIX_BYTES);
	/** Prefix lengths in bits; -1 where no context is set. */
	readonly lengths = new Int16Array(CONTEXTS).fill(-1);

	/**
	 * Sets context `cid`, 0 to 15, to the first `lengthBits` (0 to 128) of `prefix`.
	 *
	 * Throws RangeError for an identifier or length outside its range, or a prefix that is too short.
	 */
	set(cid: number, prefix: Uint8Array, lengthBits: number): this {
		if (!(Number.isInteger(cid) && cid >= 0 && cid < CONTEXTS)) {
			throw new RangeError(`ContextTable.set: expected cid from 0 to 15, got ${cid}`);
		}
		if (!(Number.isInteger(lengthBits) && lengthBits >= 0 && lengthBits <= 128)) {
			throw new RangeError(`ContextTable.set: expected lengthBits from 0 to 128, got ${lengthBits}`);
		}
		if (prefix.length * 8 < lengthBits) {
			throw new RangeError(
				`ContextTable.set: expected ${lengthBits} bits of prefix, got ${prefix.length * 8}`,
			);
		}
		const base = cid * PREFIX_BYTES;
		this.prefixes.fill(0, base, base + PREFIX_BYTES);
		this.lengths[cid] = lengthBits;
		overlay(prefix, 0, lengthBits, this.prefixes, base);
		return this;
	}

	/** Forgets context `cid`. */
	remove(cid: number): void {
		this.lengths[cid] = -1;
	}

	/** Whether context `cid` is set. */
	has(cid: number): boolean {
		return (this.lengths[cid] ?? -1) >= 0;
	}

	/** Prefix length of context `cid` in bits, -1 when it is not set. */
	lengthBits(cid: number): number {
		return this.lengths[cid] ?? -1;
	}

	/** Writes the prefix bits of context `cid` over an address at `offset`: they win over any other bits. */
	apply(cid: number, address: Uint8Array, offset: number): void {
		overlay(this.prefixes, cid * PREFIX_BYTES, this.lengthBits(cid), address, offset);
	}

	/** Whether the address at `offset` begins with the prefix of context `cid`. */
	matches(cid: number, address: Uint8Array, offset: number): boolean {
		const bits = this.lengthBits(cid);
		if (bits < 0) return false;
		const base = cid * PREFIX_BYTES;
		const whole = bits >>> 3;
		for (let i = 0; i < whole; i++) if (this.prefixes[base + i] !== address[offset + i]) return false;
		const mask = 0xff00 >>> (bits & 7);
		return (((this.prefixes[base + whole] ?? 0) ^ (address[offset + whole] ?? 0)) & mask & 0xff) === 0;
	}

	/** The context with the longest prefix of the address at `offset`, the lowest of equal ones, or -1. */
	longestMatch(address: Uint8Array, offset: number): number {
		let best = -1;
		for (let cid = 0; cid < CONTEXTS; cid++) {
			if (this.lengthBits(cid) <= (best < 0 ? -1 : this.lengthBits(best))) continue;
			if (this.matches(cid, address, offset)) best = cid;
		}
		return best;
	}
}

/** Writes the first `bits` of `prefix` over `to`, and leaves the bits behind them as they are. */
function overlay(prefix: Uint8Array, from: number, bits: number, to: Uint8Array, offset: number): void {
	if (bits < 0) return;
	const whole = bits >>> 3;
	for (let i = 0; i < whole; i++) to[offset + i] = prefix[from + i] as number;
	const rest = bits & 7;
	if (rest === 0) return;
	const mask = (0xff00 >>> rest) & 0xff;
	const at = offset + whole;
	to[at] = ((prefix[from + whole] as number) & mask) | ((to[at] as number) & ~mask);
}
