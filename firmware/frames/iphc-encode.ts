import type { LinkAddress } from "../address.js";
import { u16be } from "../bytes.js";
import type { ContextTable } from "./context-table.js";
import { AddressPlan } from "./iphc-address-encode.js";
import { IPV6_BYTES } from "./ipv6.js";
import { Dispatch } from "./lowpan.js";
import { EXTENSION_PROTOCOLS } from "./nhc.js";
import { canCompress, encodeExtension, encodeUdpNhc, extensionBytes } from "./nhc-encode.js";
import { IPV6_IN_IPV6, UDP } from "./protocols.js";
import { UDP_HEADER_BYTES } from "./udp.js";

/** The most octets of one IPHC header: two of its own, then every field in-line. */
const MAX_IPHC_BYTES = 40;

/**
 * Compresses the headers of IPv6 packets (RFC 6282), one packet after the other.
 *
 * Always the shortest form that a decompressor turns back into the same octets; what it could not, stays as it is: a
 * header that does not fit its packet ends the compression, and what is no IPv6 packet of just its length follows a 0x41
 * dispatch whole.
 */
export class HeaderCompressor {
	/** Output offset after the dispatch octet and the compressed headers. */
	next = 0;
	/** Octets of the packet that the compressed headers stand for, 0 when it follows 0x41 as it is. */
	consumed = 0;
	readonly #elidesChecksum: boolean;
	readonly #source: AddressPlan;
	readonly #destination: AddressPlan;
	#datagram: Uint8Array = new Uint8Array(0);
	#length = 0;
	#out: Uint8Array = this.#datagram;

	/**
	 * `elidesChecksum`: leaves UDP checksums out that are right (RFC 6282, section 4.3.2, says when a node may); else they
	 * stay in-line.
	 */
	constructor(contexts: ContextTable, elidesChecksum = false) {
		this.#elidesChecksum = elidesChecksum;
		this.#source = new AddressPlan(contexts, true);
		this.#destination = new AddressPlan(contexts, false);
	}

	/** {@link begin} and {@link encode} in one. */
	compress(
		datagram: Uint8Array,
		length: number,
		source: LinkAddress,
		destination: LinkAddress,
		out: Uint8Array,
		offset: number,
	): this {
		this.begin(datagram, length, source, destination, out, offset);
		return this.encode();
	}

	/**
	 * Takes `datagram[0..length)`, whose headers go to `out` from `offset` on. `source` and `destination` are those of the
	 * frame. `out` needs room for at least 41 octets, else RangeError.
	 */
	begin(
		datagram: Uint8Array,
		length: number,
		source: LinkAddress,
		destination: LinkAddress,
		out: Uint8Array,
		offset: number,
	): void {
		if (out.length - offset <= MAX_IPHC_BYTES) {
			throw new RangeError(`HeaderCompressor: expected room for 41 octets, got ${out.length - offset}`);
		}
		this.#datagram = datagram;
		this.#length = length;
		this.#out = out;
		this.next = offset;
		this.consumed = 0;
		this.#source.begin(datagram, source);
		this.#destination.begin(datagram, destination);
	}

	/**
	 * Compresses header after header, up to the first that cannot be: {@link next} and {@link consumed} tell how far. A call
	 * of its own, since a chip's stack has no room for more arguments below it.
	 */
	encode(): this {
		const datagram = this.#datagram;
		const length = this.#length;
		const out = this.#out;
		if (length < IPV6_BYTES || datagram[0]! >>> 4 !== 6 || u16be(datagram, 4) !== length - IPV6_BYTES) {
			out[this.next++] = Dispatch.ipv6;
			return this;
		}
		let base = 0;
		let nested = 0;
		let protocol = datagram[6]!;
		this.consumed = IPV6_BYTES;
		let isCompressed = this.canCompress(protocol, length, nested, MAX_IPHC_BYTES);
		this.planBoth(base, -1);
		this.encodeHeader(base, isCompressed);
		while (isCompressed) {
			const at = this.consumed;
			if (protocol === UDP) {
				this.next = encodeUdpNhc(datagram, at, length, base + 8, this.#elidesChecksum, out, this.next);
				this.consumed += UDP_HEADER_BYTES;
				break;
			}
			if (protocol === IPV6_IN_IPV6) {
				const outer = base;
				base = at;
				nested++;
				out[this.next++] = 0xee;
				protocol = datagram[base + 6]!;
				this.consumed += IPV6_BYTES;
				isCompressed = this.canCompress(protocol, length, nested, MAX_IPHC_BYTES);
				this.planBoth(base, outer);
				this.encodeHeader(base, isCompressed);
				continue;
			}
			const bytes = extensionBytes(EXTENSION_PROTOCOLS.indexOf(protocol), datagram, at);
			const following = datagram[at]!;
			this.consumed += bytes;
			isCompressed = this.canCompress(following, length, nested, bytes + 1);
			this.next = encodeExtension(protocol, isCompressed, datagram, at, out, this.next);
			protocol = following;
		}
		return this;
	}

	/** Whether the header behind what is consumed can be compressed, with so many octets before it still to be written. */
	private canCompress(protocol: number, length: number, nested: number, reserved: number): boolean {
		const room = this.#out.length - this.next - reserved;
		return canCompress(protocol, this.#datagram, this.consumed, length, room, nested);
	}

	/** Compresses the IPv6 header at `base`, its addresses as planned. */
	private encodeHeader(base: number, isNextCompressed: boolean): void {
		const datagram = this.#datagram;
		const out = this.#out;
		const source = this.#source;
		const destination = this.#destination;
		const contextIds = (source.cid << 4) | destination.cid;
		const start = this.next;
		let at = start + 2;
		if (contextIds !== 0) out[at++] = contextIds;
		const first = datagram[base + 1]!;
		const dscp = ((datagram[base]! & 0xf) << 2) | (first >>> 6);
		const ecn = (first >>> 4) & 3;
		const label = first & 0xf;
		const hasLabel = label !== 0 || datagram[base + 2] !== 0 || datagram[base + 3] !== 0;
		const traffic = hasLabel ? (dscp === 0 ? 1 : 0) : dscp === 0 && ecn === 0 ? 3 : 2;
		if (traffic === 0 || traffic === 2) out[at++] = (ecn << 6) | dscp;
		if (traffic < 2) {
			out[at++] = (traffic === 1 ? ecn << 6 : 0) | label;
			out[at++] = datagram[base + 2]!;
			out[at++] = datagram[base + 3]!;
		}
		if (!isNextCompressed) out[at++] = datagram[base + 6]!;
		const hopLimit = datagram[base + 7]!;
		const hops = hopLimit === 1 ? 1 : hopLimit === 64 ? 2 : hopLimit === 255 ? 3 : 0;
		if (hops === 0) out[at++] = hopLimit;
		out[start] = Dispatch.iphc | (traffic << 3) | (isNextCompressed ? 4 : 0) | hops;
		out[start + 1] = (contextIds !== 0 ? 0x80 : 0) | (source.bits << 4) | destination.bits;
		at = source.write(base + 8, out, at);
		this.next = destination.write(base + 24, out, at);
	}

	/**
	 * Plans both addresses of the IPv6 header at `base`: contexts other than 0 only where they save more than their own
	 * octet. `outer` is the encapsulating header, or -1.
	 */
	private planBoth(base: number, outer: number): void {
		const source = this.#source;
		const destination = this.#destination;
		source.plan(base + 8, outer, false);
		destination.plan(base + 24, outer, false);
		if (source.cid === 0 && destination.cid === 0) return;
		const bytes = source.bytes + destination.bytes + 1;
		source.plan(base + 8, outer, true);
		destination.plan(base + 24, outer, true);
		if (source.bytes + destination.bytes <= bytes) return;
		source.plan(base + 8, outer, false);
		destination.plan(base + 24, outer, false);
	}
}
