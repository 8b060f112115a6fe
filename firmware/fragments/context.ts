import { LinkAddress } from "../address.js";
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
	/** Where the packet is put together. */
	readonly buffer: Uint8Array;
	/** Offset of a UDP header whose checksum was elided, -1 for none, and of the IPv6 header before it. */
	elidedUdpOffset = -1;
	elidedIpv6Offset = 0;
	readonly #ranges: number[] = [];

	/** `buffer`: at least as long as the packet. */
	constructor(fragment: ArrivedFragment, buffer: Uint8Array) {
		this.source.set(fragment.source);
		this.destination.set(fragment.destination);
		this.size = fragment.size;
		this.tag = fragment.tag;
		this.secured = fragment.secured;
		this.openedUs = fragment.timeUs;
		this.lastUs = fragment.timeUs;
		this.buffer = buffer;
	}

	/** Stored fragments as offset, length, offset, length …, in order of arrival. */
	get ranges(): readonly number[] {
		return this.#ranges;
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

	/** Notes that [offset, offset + length) is stored. */
	note(offset: number, length: number): void {
		this.#ranges.push(offset, length);
		this.storedBytes += length;
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
