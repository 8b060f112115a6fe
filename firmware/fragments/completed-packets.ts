import type { LinkAddress } from "../address.js";
import { i32be } from "../bytes.js";
import { type CompletedMemory, HEAD_WORDS, NO_ROW, ROW_FRAGMENTS, startOf } from "./completed-memory.js";
import type { ReassemblyContext } from "./context.js";
import type { ArrivedFragment } from "./policy.js";

/** Completed packets that are remembered at once; the oldest goes first. */
const REMEMBERED = 8;

/* Words of the first row of a packet; in further ones only MORE counts. */
/** The row of the packet that was completed next, and the row in which this one goes on. */
const NEXT = 0;
const MORE = 1;
/** Tag in the upper 16 bits, then 11 of the size, then two times two of the addresses' modes. */
const NAME = 2;
const UNTIL_LOW = 3;
const UNTIL_HIGH = 4;
const FRAGMENTS = 5;
const SOURCE_HIGH = 6;
const SOURCE_LOW = 7;
const DESTINATION_HIGH = 8;
const DESTINATION_LOW = 9;
const TWO_32 = 0x100000000;

/** A 32-bit sum of octets, to tell a repeated fragment from another one. */
function sumOf(bytes: Uint8Array, offset: number, length: number): number {
	let sum = length;
	let at = offset;
	const end = offset + length;
	for (; at + 4 <= end; at += 4) sum = (Math.imul(sum, 31) + i32be(bytes, at)) | 0;
	for (; at < end; at++) sum = (Math.imul(sum, 31) + bytes[at]!) | 0;
	return sum;
}

interface Named {
	readonly source: LinkAddress;
	readonly destination: LinkAddress;
	readonly size: number;
	readonly tag: number;
}

function nameOf({ source, destination, size, tag }: Named): number {
	return (tag << 16) | (size << 4) | (source.mode << 2) | destination.mode;
}

/**
 * The fragments of packets that were put together lately.
 *
 * When the acknowledgement of a fragment is lost it comes again, and after its packet is complete it would open a
 * context that can never complete. Only the same fragment is refused: one that merely bears the names of a
 * completed packet is news, or whoever completes a packet under the next tag could have the honest one refused.
 */
export class CompletedPackets {
	readonly #memory: CompletedMemory;
	#oldest = NO_ROW;
	#newest = NO_ROW;
	#count = 0;

	constructor(memory: CompletedMemory) {
		this.#memory = memory;
	}

	/** Notes a packet that is whole, its octets still in the context's buffer. */
	remember(context: ReassemblyContext, nowUs: number, untilUs: number): void {
		while (this.#count === REMEMBERED || (this.#count > 0 && this.isOldestOver(nowUs))) this.forgetOldest();
		const memory = this.#memory;
		const row = memory.take();
		if (this.#count++ === 0) this.#oldest = row;
		else memory.numbers[startOf(this.#newest) + NEXT] = row;
		this.#newest = row;
		const { source, destination } = context;
		const words = memory.numbers;
		const at = startOf(row);
		words[at + NAME] = nameOf(context);
		words[at + UNTIL_LOW] = untilUs | 0;
		words[at + UNTIL_HIGH] = Math.floor(untilUs / TWO_32);
		words[at + FRAGMENTS] = context.fragments;
		words[at + SOURCE_HIGH] = source.high;
		words[at + SOURCE_LOW] = source.low;
		words[at + DESTINATION_HIGH] = destination.high;
		words[at + DESTINATION_LOW] = destination.low;
		this.putFragments(row, context);
	}

	/** Whether a fragment, with its octets in `data[dataOffset..)`, was part of a remembered packet. */
	includes(fragment: ArrivedFragment, data: Uint8Array, dataOffset: number): boolean {
		const name = nameOf(fragment);
		const { source, destination, timeUs } = fragment;
		let row = this.#oldest;
		const words = this.#memory.numbers;
		for (let i = 0; i < this.#count; i++) {
			const at = startOf(row);
			const isNamed =
				words[at + NAME] === name &&
				words[at + SOURCE_LOW] === source.low &&
				words[at + DESTINATION_LOW] === destination.low &&
				words[at + SOURCE_HIGH] === source.high &&
				words[at + DESTINATION_HIGH] === destination.high;
			if (isNamed && untilUs(words, at) > timeUs && this.holds(row, fragment, data, dataOffset)) return true;
			row = words[at + NEXT]!;
		}
		return false;
	}

	/** Forgets all of them. */
	clear(): void {
		while (this.#count > 0) this.forgetOldest();
	}

	private putFragments(first: number, { ranges, buffer }: ReassemblyContext): void {
		const memory = this.#memory;
		let start = startOf(first);
		let at = start + HEAD_WORDS;
		for (let i = 0; i < ranges.length; i += 2) {
			if (at === start + HEAD_WORDS + 2 * ROW_FRAGMENTS) {
				const more = memory.take();
				memory.numbers[start + MORE] = more;
				start = startOf(more);
				at = start + HEAD_WORDS;
			}
			const offset = ranges[i]!;
			const length = ranges[i + 1]!;
			const words = memory.numbers;
			words[at++] = (offset << 16) | length;
			words[at++] = sumOf(buffer, offset, length);
		}
		memory.numbers[start + MORE] = NO_ROW;
	}

	private holds(
		first: number,
		{ offset, length }: ArrivedFragment,
		data: Uint8Array,
		dataOffset: number,
	): boolean {
		const place = (offset << 16) | length;
		const words = this.#memory.numbers;
		let start = startOf(first);
		let at = start + HEAD_WORDS;
		for (let left = words[start + FRAGMENTS]!; left > 0; left--) {
			if (at === start + HEAD_WORDS + 2 * ROW_FRAGMENTS) {
				const more = words[start + MORE]!;
				start = startOf(more);
				at = start + HEAD_WORDS;
			}
			if (words[at] === place && words[at + 1] === sumOf(data, dataOffset, length)) return true;
			at += 2;
		}
		return false;
	}

	private isOldestOver(nowUs: number): boolean {
		return untilUs(this.#memory.numbers, startOf(this.#oldest)) <= nowUs;
	}

	private forgetOldest(): void {
		const memory = this.#memory;
		this.#count--;
		let row = this.#oldest;
		this.#oldest = memory.numbers[startOf(row) + NEXT]!;
		while (row !== NO_ROW) {
			const more = memory.numbers[startOf(row) + MORE]!;
			memory.give(row);
			row = more;
		}
	}
}

function untilUs(words: Int32Array, at: number): number {
	return words[at + UNTIL_HIGH]! * TWO_32 + (words[at + UNTIL_LOW]! >>> 0);
}
