/** Octets of a slot: a next fragment between short addresses carries at most 104 (RFC 4944 in 127-octet frames). */
export const SLOT_BYTES = 104;

/**
 * Byte buffers that are lent and returned, so that a datagram costs no allocation.
 *
 * Buffers hold a whole packet, slots one fragment. The pool only recycles; what a node may hold is counted where it
 * is held. A host gives one pool to each machine that runs nodes.
 */
export class BufferPool {
	readonly #free: Uint8Array[] = [];
	readonly #freeSlots: Uint8Array[] = [];
	readonly bufferBytes: number;
	#lent = 0;

	/** `bufferBytes`: octets in each buffer, at least 1,280 (the IPv6 minimum MTU). */
	constructor(bufferBytes: number) {
		if (!(bufferBytes >= 1280)) {
			throw new RangeError(`BufferPool: expected bufferBytes of at least 1280, got ${bufferBytes}`);
		}
		this.bufferBytes = bufferBytes;
	}

	/** Buffers and slots that were taken and not given back: a leak check. */
	get lent(): number {
		return this.#lent;
	}

	/** A buffer of `bufferBytes` octets with arbitrary content. */
	take(): Uint8Array {
		this.#lent++;
		return this.#free.pop() ?? new Uint8Array(this.bufferBytes);
	}

	/** Takes a buffer back; its holder must not touch it again. */
	give(buffer: Uint8Array): void {
		this.#lent--;
		this.#free.push(buffer);
	}

	/** A slot of {@link SLOT_BYTES} octets with arbitrary content. */
	takeSlot(): Uint8Array {
		this.#lent++;
		return this.#freeSlots.pop() ?? new Uint8Array(SLOT_BYTES);
	}

	/** Takes a slot back; its holder must not touch it again. */
	giveSlot(slot: Uint8Array): void {
		this.#lent--;
		this.#freeSlots.push(slot);
	}
}
