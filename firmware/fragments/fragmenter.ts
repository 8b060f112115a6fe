import type { LinkAddress } from "../address.js";
import { copyBytes } from "../bytes.js";
import {
	chainedFirstBytes,
	chainedNextBytes,
	encodeChainedFirst,
	PAGE_SWITCH_BYTES,
} from "../frames/chained-fragment.js";
import { encodeFragmentHeader, FRAG1_BYTES, FRAGN_BYTES } from "../frames/fragment.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "../frames/lowpan.js";
import type { ChainHash } from "./chain-hash.js";
import { type ChainPlan, ChainSender, MAX_FRAGMENTS } from "./chain-sender.js";
import type { PacketHead } from "./packet-head.js";

/** The least that a first fragment must have room for behind its headers. */
const UNIT_BYTES = 8;
/** The least room that a MAC payload may have, plain and chained. */
const LEAST_ROOM_BYTES = 32;
const LEAST_CHAINED_ROOM_BYTES = 64;

/**
 * Turns one IPv6 packet into MAC payloads: compressed (RFC 6282) and, if need be, cut into fragments
 * (RFC 4944, section 5.3), which may be chained. One packet at a time; nothing is built before it is asked for.
 */
export class Fragmenter {
	readonly #head: PacketHead;
	readonly #hash: ChainHash | undefined;
	#packet: Uint8Array;
	#length = 0;
	#tag = 0;
	/** Octets of the packet that are sent; 0 before the first payload. */
	#sent = 0;
	#whole = false;
	/** How the packet is chained; undefined for a plain one, and for one that needs no fragments. */
	#plan: ChainPlan | undefined;
	#chain: ChainSender | undefined;
	/** Where the fragments of a chained packet begin, and where the last one ends. */
	#cuts: Int16Array | undefined;
	/** Which fragment of a chained packet is next. */
	#index = 0;

	/** `head`: may serve other fragmenters too. `hash`: undefined for a stack that sends no chains. */
	constructor(head: PacketHead, hash?: ChainHash) {
		this.#head = head;
		this.#packet = head.octets;
		this.#hash = hash;
	}

	/** Whether it was made with these arguments. */
	suits(head: PacketHead, hash: ChainHash | undefined): boolean {
		return this.#head === head && this.#hash === hash;
	}

	/**
	 * Begins with `packet[0..length)`, which must not change until the last payload is written. The first one must be written
	 * before another packet begins with the same head.
	 *
	 * `room`: octets that a MAC payload may have, at least 32, chained 64. `source` and `destination` are those of the
	 * frames. `plan`: how to chain the fragments, if any are needed; absent, they are plain. Throws a RangeError for
	 * less room.
	 */
	begin(
		packet: Uint8Array,
		length: number,
		source: LinkAddress,
		destination: LinkAddress,
		tag: number,
		room: number,
		plan?: ChainPlan,
	): void {
		const leastRoom = plan === undefined ? LEAST_ROOM_BYTES : LEAST_CHAINED_ROOM_BYTES;
		if (!(room >= leastRoom)) {
			throw new RangeError(`Fragmenter.begin: expected room of at least ${leastRoom}, got ${room}`);
		}
		const head = this.#head;
		head.begin(this, packet, length, source, destination);
		const firstOverhead = FRAG1_BYTES + (plan === undefined ? 0 : chainedFirstBytes(plan));
		if (firstOverhead + head.bytes + UNIT_BYTES > room) head.leaveUncompressed();
		this.#packet = packet;
		this.#length = length;
		this.#tag = tag;
		this.#sent = 0;
		this.#whole = head.bytes + length - head.consumed <= room;
		this.#plan = this.#whole ? undefined : plan;
		this.#index = 0;
	}

	/** Whether every payload of the packet has been written. */
	get done(): boolean {
		return this.#sent >= this.#length;
	}

	/**
	 * Writes the next payload, at most `room` octets, at `offset`; returns the offset after it. Throws an Error for the first
	 * one once another packet has begun.
	 */
	next(out: Uint8Array, offset: number, room: number): number {
		const first = this.#sent === 0;
		const head = this.#head;
		if (first && head.holder !== this)
			throw new Error("Fragmenter.next: expected the first payload before another packet begins");
		if (this.#plan !== undefined) {
			// Not while it began: a chip's stack does not hold both.
			if (first) this.beginChain(this.#plan, room);
			return this.nextChained(this.#plan, this.#chain!, out, offset);
		}
		let at = offset;
		if (!this.#whole) at = this.putHeader(first, out, at);
		let from = this.#sent;
		if (first) {
			copyBytes(head.octets, 0, out, at, head.bytes);
			at += head.bytes;
			from = head.consumed;
		}
		const space = room - (first ? FRAG1_BYTES + head.bytes : FRAGN_BYTES);
		const to = this.#whole ? this.#length : this.cut(from, space);
		copyBytes(this.#packet, from, out, at, to - from);
		this.#sent = to;
		return at + to - from;
	}

	/** Where a fragment ends that begins at `from`: all but the last one on a multiple of 8 octets of the packet. */
	private cut(from: number, space: number): number {
		return this.#length - from > space ? (from + space) & ~7 : this.#length;
	}

	private putHeader(first: boolean, out: Uint8Array, offset: number): number {
		const { fragment } = this.#head;
		fragment.first = first;
		fragment.size = this.#length;
		fragment.tag = this.#tag;
		fragment.offset = this.#sent;
		return encodeFragmentHeader(fragment, out, offset);
	}

	private beginChain(plan: ChainPlan, room: number): void {
		if (this.#hash === undefined) throw new Error("Fragmenter.begin: no hash to chain with");
		this.#chain ??= new ChainSender(this.#hash);
		const cuts = (this.#cuts ??= new Int16Array(MAX_FRAGMENTS + 1));
		const { octets, bytes, consumed, anchored } = this.#head;
		cuts[1] = this.cut(consumed, room - FRAG1_BYTES - chainedFirstBytes(plan) - bytes);
		copyBytes(octets, 0, anchored, 0, bytes);
		copyBytes(this.#packet, consumed, anchored, bytes, cuts[1] - consumed);
		const space = room - FRAGN_BYTES - chainedNextBytes(plan);
		let count = 1;
		for (; cuts[count]! < this.#length; count++) cuts[count + 1] = this.cut(cuts[count]!, space);
		const anchoredBytes = bytes + cuts[1] - consumed;
		this.#chain.begin(plan, this.#packet, this.#length, anchored, anchoredBytes, cuts, count);
	}

	private nextChained(plan: ChainPlan, chain: ChainSender, out: Uint8Array, offset: number): number {
		const index = this.#index++;
		const isFirst = index === 0;
		out[offset] = Dispatch.page | EXPERIMENTAL_PAGE;
		let at = this.putHeader(isFirst, out, offset + PAGE_SWITCH_BYTES);
		if (isFirst) at = encodeChainedFirst(plan, plan.nonce, out, at);
		at = chain.putToken(index, out, at);
		const to = this.#cuts![index + 1]!;
		const from = this.#sent;
		this.#sent = to;
		if (!isFirst) {
			copyBytes(this.#packet, from, out, at, to - from);
			return at + to - from;
		}
		const { anchored, bytes, consumed, source, destination } = this.#head;
		const anchoredBytes = bytes + to - consumed;
		if (plan.keyed) {
			at = chain.putMic(source, destination, this.#length, this.#tag, anchored, anchoredBytes, out, at);
		}
		copyBytes(anchored, 0, out, at, anchoredBytes);
		return at + anchoredBytes;
	}
}
