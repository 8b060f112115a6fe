import { LinkAddress } from "../address.js";
import { type BufferPool, SLOT_BYTES } from "../buffer-pool.js";
import { copyBytes } from "../bytes.js";
import type { ContextChain } from "./chain.js";
import type { FragmentWorkspace } from "./fragment-workspace.js";
import type { ArrivedFragment, OpeningRelation, Relation } from "./policy.js";

function place(offset: number, length: number, size: number): OpeningRelation {
	const end = offset + length;
	if (end > size) return "beyond-size";
	return end < size && (length & 7) !== 0 ? "misaligned" : "new";
}

/** How a fragment that has no context lies to the packet that it claims to be part of. */
export function openingRelation(fragment: ArrivedFragment): OpeningRelation {
	return place(fragment.offset, fragment.length, fragment.size);
}

/** Octets that a slot takes besides its content: offset and length of what it holds, and the link to the next one. */
export const SLOT_LINK_BYTES = 6;

/** Octets that the slots for `length` octets of one fragment take. */
export function slotBytes(length: number): number {
	return Math.ceil(length / SLOT_BYTES) * (SLOT_BYTES + SLOT_LINK_BYTES);
}

/** One packet in reassembly. */
export class ReassemblyContext {
	readonly source = new LinkAddress();
	readonly destination = new LinkAddress();
	size = 0;
	tag = 0;
	secured = false;
	openedUs = 0;
	/** When the latest fragment was stored. */
	lastUs = 0;
	deadlineUs = 0;
	/** Octets of the budget that this context is charged. */
	chargedBytes = 0;
	/** Whether the first fragment, with the compressed headers, is there. */
	hasFirst = false;
	/** Octets stored, each fragment counted as often as it was stored. */
	storedBytes = 0;
	/** The chain of its fragments; undefined for plain ones. */
	readonly chain: ContextChain | undefined;
	/** Offset of a UDP header whose checksum was elided, -1 for none, and of the IPv6 header before it. */
	elidedUdpOffset = -1;
	elidedIpv6Offset = 0;
	readonly #ranges: number[];
	readonly #pool: BufferPool;
	/** Where the packet is put together; undefined while its fragments lie in slots. */
	#buffer: Uint8Array | undefined;
	/** Slots in order of arrival; each fragment begins in one of its own. Undefined without slots. */
	readonly #slots: Uint8Array[] | undefined;

	/**
	 * `usesSlots`: keep fragments apart until the packet is whole; `chain`: of the first fragment, if it is chained;
	 * `ranges`: an empty list, for {@link ranges}.
	 */
	constructor(
		fragment: ArrivedFragment,
		pool: BufferPool,
		usesSlots: boolean,
		chain: ContextChain | undefined,
		ranges: number[] = [],
	) {
		this.source.set(fragment.source);
		this.destination.set(fragment.destination);
		this.size = fragment.size;
		this.tag = fragment.tag;
		this.secured = fragment.secured;
		this.openedUs = fragment.timeUs;
		this.lastUs = fragment.timeUs;
		this.chain = chain;
		this.#ranges = ranges;
		this.#pool = pool;
		this.#buffer = usesSlots ? undefined : pool.take();
		this.#slots = usesSlots ? [] : undefined;
	}

	/** The packet as far as it is there; where fragments lie in slots, once {@link assemble} was called. */
	get buffer(): Uint8Array {
		if (this.#buffer === undefined) throw new Error("ReassemblyContext.buffer: not put together yet");
		return this.#buffer;
	}

	/** Stores a fragment whose octets begin at `data[dataOffset]`; no more than a packet may hold. */
	write(offset: number, data: Uint8Array, dataOffset: number, length: number): void {
		this.#ranges.push(offset, length);
		this.storedBytes += length;
		if (this.#buffer !== undefined) {
			const fitting = Math.min(length, this.#buffer.length - offset);
			if (fitting > 0) copyBytes(data, dataOffset, this.#buffer, offset, fitting);
			return;
		}
		for (let at = 0; at < length; at += SLOT_BYTES) {
			const slot = this.#pool.takeSlot();
			copyBytes(data, dataOffset + at, slot, 0, Math.min(SLOT_BYTES, length - at));
			this.#slots!.push(slot);
		}
	}

	/** Puts the packet together in {@link buffer}, later fragments over earlier ones, and gives its slots back. */
	assemble(): void {
		const slots = this.#slots;
		if (this.#buffer !== undefined || slots === undefined) return;
		const buffer = this.#pool.take();
		let slot = 0;
		for (let i = 0; i < this.#ranges.length; i += 2) {
			const offset = this.#ranges[i]!;
			const length = this.#ranges[i + 1]!;
			for (let at = 0; at < length; at += SLOT_BYTES) {
				const fitting = Math.min(SLOT_BYTES, length - at, buffer.length - offset - at);
				if (fitting > 0) copyBytes(slots[slot]!, 0, buffer, offset + at, fitting);
				slot++;
			}
		}
		this.giveSlots();
		this.#buffer = buffer;
	}

	/** Gives back all memory. */
	release(): void {
		this.giveSlots();
		if (this.#buffer !== undefined) this.#pool.give(this.#buffer);
		this.#buffer = undefined;
	}

	private giveSlots(): void {
		const slots = this.#slots;
		for (let slot = slots?.pop(); slot !== undefined; slot = slots?.pop()) this.#pool.giveSlot(slot);
	}

	/** Stored fragments as offset, length, offset, length …, in order of arrival. */
	get ranges(): readonly number[] {
		return this.#ranges;
	}

	/** Lends its list of ranges to the next context; until one takes it, it stays as it is. */
	giveRanges(workspace: FragmentWorkspace): void {
		workspace.giveRanges(this.#ranges);
	}

	/** How many fragments are stored. */
	get fragments(): number {
		return this.#ranges.length >> 1;
	}

	/** How a fragment lies to what is stored. */
	relate(fragment: ArrivedFragment): Relation {
		const { offset, length } = fragment;
		const end = offset + length;
		const ranges = this.#ranges;
		for (let i = 0; i < ranges.length; i += 2) {
			const from = ranges[i]!;
			const span = ranges[i + 1]!;
			if (from === offset && span === length) return "duplicate";
			if (from < end && offset < from + span) return "overlap";
		}
		return place(offset, length, this.size);
	}

	/** Octets from the start of the packet that are there without a hole. */
	contiguousBytes(): number {
		let reached = 0;
		for (let grown = true; grown; ) {
			grown = false;
			for (let i = 0; i < this.#ranges.length; i += 2) {
				const from = this.#ranges[i]!;
				const to = from + this.#ranges[i + 1]!;
				if (from <= reached && to > reached) {
					reached = to;
					grown = true;
				}
			}
		}
		return reached;
	}
}
