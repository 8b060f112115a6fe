import { LinkAddress } from "../address.js";
import { copyBytes } from "../bytes.js";
import {
	chainedFirstBytes,
	chainedNextBytes,
	encodeChainedFirst,
	PAGE_SWITCH_BYTES,
} from "../frames/chained-fragment.js";
import type { ContextTable } from "../frames/context-table.js";
import { encodeFragmentHeader, FRAG1_BYTES, FRAGN_BYTES, FragmentHeader } from "../frames/fragment.js";
import { HeaderCompressor } from "../frames/iphc-encode.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "../frames/lowpan.js";
import { MAX_PSDU_BYTES } from "../mac/timing.js";
import type { ChainHash } from "./chain-hash.js";
import { type ChainPlan, ChainSender, MAX_FRAGMENTS } from "./chain-sender.js";

/** Room for the compressed headers of one packet; longer chains of extension headers go uncompressed. */
const HEADER_ROOM_BYTES = 128;
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
	readonly #headers = new Uint8Array(HEADER_ROOM_BYTES);
	readonly #compressed: HeaderCompressor;
	readonly #fragment = new FragmentHeader();
	readonly #source = new LinkAddress();
	readonly #destination = new LinkAddress();
	#packet: Uint8Array = this.#headers;
	#length = 0;
	#tag = 0;
	#headerBytes = 0;
	/** Octets of the packet that are sent; 0 before the first payload. */
	#sent = 0;
	#whole = false;
	/** How the packet is chained; undefined for a plain one, and for one that needs no fragments. */
	#plan: ChainPlan | undefined;
	#chain: ChainSender | undefined;
	readonly #contexts: ContextTable;
	readonly #elidesChecksum: boolean;
	readonly #hash: ChainHash | undefined;
	/** Where the fragments of a chained packet begin, and where the last one ends. */
	#cuts: Int16Array | undefined;
	/** The tokens are yet to be made. */
	#isChainDue = false;
	/** P₁ of a chained packet as it goes on the air. */
	#first: Uint8Array | undefined;
	#firstLength = 0;
	/** Which fragment of a chained packet is next. */
	#index = 0;

	/** `hash`: undefined for a stack that sends no chains. */
	constructor(contexts: ContextTable, elidesChecksum = false, hash?: ChainHash) {
		this.#contexts = contexts;
		this.#elidesChecksum = elidesChecksum;
		this.#compressed = new HeaderCompressor(contexts, elidesChecksum);
		this.#hash = hash;
	}

	/** Whether it was made with these arguments. */
	suits(contexts: ContextTable, elidesChecksum: boolean, hash: ChainHash | undefined): boolean {
		return this.#contexts === contexts && this.#elidesChecksum === elidesChecksum && this.#hash === hash;
	}

	/**
	 * Begins with `packet[0..length)`, which must not change until the last payload is written.
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
		this.#compressed.begin(packet, length, source, destination, this.#headers, 0);
		this.#compressed.encode();
		const firstOverhead = FRAG1_BYTES + (plan === undefined ? 0 : chainedFirstBytes(plan));
		if (firstOverhead + this.#compressed.next + UNIT_BYTES > room) {
			this.#headers[0] = Dispatch.ipv6;
			this.#compressed.next = 1;
			this.#compressed.consumed = 0;
		}
		this.#packet = packet;
		this.#length = length;
		this.#tag = tag;
		this.#headerBytes = this.#compressed.next;
		this.#sent = 0;
		this.#whole = this.#headerBytes + length - this.#compressed.consumed <= room;
		this.#plan = this.#whole ? undefined : plan;
		if (this.#plan !== undefined) {
			this.#source.set(source);
			this.#destination.set(destination);
			this.#isChainDue = true;
		}
	}

	/** Whether every payload of the packet has been written. */
	get done(): boolean {
		return this.#sent >= this.#length;
	}

	/** Writes the next payload, at most `room` octets, at `offset`; returns the offset after it. */
	next(out: Uint8Array, offset: number, room: number): number {
		if (this.#plan !== undefined) {
			// Not while it began: a chip's stack does not hold both.
			if (this.#isChainDue) this.beginChain(this.#plan, room);
			this.#isChainDue = false;
			return this.nextChained(this.#plan, this.#chain!, out, offset);
		}
		let at = offset;
		const first = this.#sent === 0;
		if (!this.#whole) at = this.putHeader(first, out, at);
		let from = this.#sent;
		if (first) {
			copyBytes(this.#headers, 0, out, at, this.#headerBytes);
			at += this.#headerBytes;
			from = this.#compressed.consumed;
		}
		const space = room - (first ? FRAG1_BYTES + this.#headerBytes : FRAGN_BYTES);
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
		this.#fragment.first = first;
		this.#fragment.size = this.#length;
		this.#fragment.tag = this.#tag;
		this.#fragment.offset = this.#sent;
		return encodeFragmentHeader(this.#fragment, out, offset);
	}

	private beginChain(plan: ChainPlan, room: number): void {
		if (this.#hash === undefined) throw new Error("Fragmenter.begin: no hash to chain with");
		this.#chain ??= new ChainSender(this.#hash);
		const cuts = (this.#cuts ??= new Int16Array(MAX_FRAGMENTS + 1));
		const first = (this.#first ??= new Uint8Array(MAX_PSDU_BYTES));
		const { consumed } = this.#compressed;
		const headerBytes = this.#headerBytes;
		cuts[1] = this.cut(consumed, room - FRAG1_BYTES - chainedFirstBytes(plan) - headerBytes);
		copyBytes(this.#headers, 0, first, 0, headerBytes);
		copyBytes(this.#packet, consumed, first, headerBytes, cuts[1] - consumed);
		this.#firstLength = headerBytes + cuts[1] - consumed;
		const space = room - FRAGN_BYTES - chainedNextBytes(plan);
		let count = 1;
		for (; cuts[count]! < this.#length; count++) cuts[count + 1] = this.cut(cuts[count]!, space);
		this.#chain.begin(plan, this.#packet, this.#length, first, this.#firstLength, cuts, count);
		this.#index = 0;
	}

	private nextChained(plan: ChainPlan, chain: ChainSender, out: Uint8Array, offset: number): number {
		const index = this.#index++;
		const isFirst = index === 0;
		out[offset] = Dispatch.page | EXPERIMENTAL_PAGE;
		let at = this.putHeader(isFirst, out, offset + PAGE_SWITCH_BYTES);
		const first = this.#first!;
		const firstLength = this.#firstLength;
		if (isFirst) at = encodeChainedFirst(plan, plan.nonce, out, at);
		at = chain.putToken(index, out, at);
		const to = this.#cuts![index + 1]!;
		const from = this.#sent;
		this.#sent = to;
		if (!isFirst) {
			copyBytes(this.#packet, from, out, at, to - from);
			return at + to - from;
		}
		if (plan.keyed) {
			at = chain.putMic(
				this.#source,
				this.#destination,
				this.#length,
				this.#tag,
				first,
				firstLength,
				out,
				at,
			);
		}
		copyBytes(first, 0, out, at, firstLength);
		return at + firstLength;
	}
}
