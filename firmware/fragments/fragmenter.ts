import type { LinkAddress } from "../address.js";
import { copyBytes } from "../bytes.js";
import { Compressed } from "../frames/compressed.js";
import type { ContextTable } from "../frames/context-table.js";
import { encodeFragmentHeader, FRAG1_BYTES, FRAGN_BYTES, FragmentHeader } from "../frames/fragment.js";
import { compressIphc } from "../frames/iphc-encode.js";
import { Dispatch } from "../frames/lowpan.js";

/** Room for the compressed headers of one packet; longer chains of extension headers go uncompressed. */
const HEADER_ROOM_BYTES = 128;
/** The least that a first fragment must have room for behind its headers. */
const UNIT_BYTES = 8;

/**
 * Turns one IPv6 packet into MAC payloads: compressed (RFC 6282) and, if need be, cut into fragments
 * (RFC 4944, section 5.3). One packet at a time; nothing is built before it is asked for.
 */
export class Fragmenter {
	readonly #contexts: ContextTable;
	readonly #elideUdpChecksum: boolean;
	readonly #headers = new Uint8Array(HEADER_ROOM_BYTES);
	readonly #compressed = new Compressed();
	readonly #fragment = new FragmentHeader();
	#packet: Uint8Array = this.#headers;
	#length = 0;
	#tag = 0;
	#headerBytes = 0;
	/** Octets of the packet that are sent; 0 before the first payload. */
	#sent = 0;
	#whole = false;

	constructor(contexts: ContextTable, elideUdpChecksum = false) {
		this.#contexts = contexts;
		this.#elideUdpChecksum = elideUdpChecksum;
	}

	/**
	 * Begins with `packet[0..length)`, which must not change until the last payload is written.
	 *
	 * `room`: octets that a MAC payload may have, at least 32. `source` and `destination` are those of the frames.
	 */
	begin(
		packet: Uint8Array,
		length: number,
		source: LinkAddress,
		destination: LinkAddress,
		tag: number,
		room: number,
	): void {
		if (!(room >= 32)) throw new RangeError(`Fragmenter.begin: expected room of at least 32, got ${room}`);
		compressIphc(
			packet,
			length,
			source,
			destination,
			this.#contexts,
			this.#headers,
			0,
			this.#compressed,
			this.#elideUdpChecksum,
		);
		if (FRAG1_BYTES + this.#compressed.next + UNIT_BYTES > room) {
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
	}

	/** Whether every payload of the packet has been written. */
	get done(): boolean {
		return this.#sent >= this.#length;
	}

	/** Writes the next payload, at most `room` octets, at `offset`; returns the offset after it. */
	next(out: Uint8Array, offset: number, room: number): number {
		let at = offset;
		const first = this.#sent === 0;
		if (!this.#whole) {
			this.#fragment.first = first;
			this.#fragment.size = this.#length;
			this.#fragment.tag = this.#tag;
			this.#fragment.offset = this.#sent;
			at = encodeFragmentHeader(this.#fragment, out, at);
		}
		let from = this.#sent;
		if (first) {
			copyBytes(this.#headers, 0, out, at, this.#headerBytes);
			at += this.#headerBytes;
			from = this.#compressed.consumed;
		}
		let to = this.#length;
		if (!this.#whole) {
			const space = room - (first ? FRAG1_BYTES + this.#headerBytes : FRAGN_BYTES);
			// Every fragment but the last ends on a multiple of 8 octets of the packet.
			if (to - from > space) to = (from + space) & ~7;
		}
		copyBytes(this.#packet, from, out, at, to - from);
		this.#sent = to;
		return at + to - from;
	}
}
