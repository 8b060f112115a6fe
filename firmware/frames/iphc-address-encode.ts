import type { LinkAddress } from "../address.js";
import { copyBytes, equalBytes } from "../bytes.js";
import { CONTEXTS, type ContextTable } from "./context-table.js";
import { writePrefixMulticast } from "./iphc-address.js";

/** Bits of the second IPHC octet, for the destination (RFC 6282, section 3.1). */
const MULTICAST = 0x08;
const STATEFUL = 0x04;
/** fe80::/64, the prefix of stateless compression, and the interface identifier of a short address up to that. */
const LINK_LOCAL_BITS = 64;
const SHORT_IDENTIFIER: readonly number[] = [0, 0, 0, 0xff, 0xfe, 0];
const IDENTIFIER_AT = 8;
const ADDRESS_BYTES = 16;
/** Where the addresses lie in an IPv6 header. */
const SOURCE_AT = 8;
const DESTINATION_AT = 24;

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
	for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
	return true;
}

/**
 * How one address of an IPv6 header is compressed: reused, so that a packet costs no allocation.
 *
 * Tell it the packet, then have it plan the address at an offset, then write what stays in-line.
 */
export class AddressPlan {
	/** SAC or DAC with M, and the mode bits, as they stand in the second IPHC octet. */
	bits = 0;
	/** Context, 0 when there is none. */
	cid = 0;
	/** Octets in-line. */
	bytes = ADDRESS_BYTES;
	readonly #contexts: ContextTable;
	readonly #isSource: boolean;
	/** The interface identifier that the link-layer address stands for; then room for a multicast address. */
	readonly #scratch = new Uint8Array(2 * ADDRESS_BYTES);
	#hasIdentifier = false;
	#packet: Uint8Array = this.#scratch;
	/** Where the interface identifier lies that an elided one is taken for, and what in; -1 for none. */
	#elided: Uint8Array = this.#scratch;
	#elidedAt = 0;

	constructor(contexts: ContextTable, isSource: boolean) {
		this.#contexts = contexts;
		this.#isSource = isSource;
	}

	/** The next addresses are of this packet, in a frame with this address of its link. */
	begin(packet: Uint8Array, link: LinkAddress): void {
		this.#packet = packet;
		this.#hasIdentifier = link.byteLength > 0;
		if (this.#hasIdentifier) link.writeInterfaceId(this.#scratch, 0);
	}

	/**
	 * Plans the shortest form of the address at `offset` (RFC 6282, sections 3.1.1 and 3.2.2).
	 *
	 * Bits are those of a destination: SAC and SAM lie four places higher. With `firstOnly`, only context 0 is considered,
	 * which needs no context identifier octet. `outer` is the offset of the encapsulating IPv6 header, or -1.
	 */
	plan(offset: number, outer: number, firstOnly: boolean): void {
		this.bits = 0;
		this.cid = 0;
		this.bytes = ADDRESS_BYTES;
		const contexts = firstOnly ? 1 : CONTEXTS;
		if (!this.#isSource && isMulticast(this.#packet, offset)) {
			this.planMulticast(offset, contexts);
			return;
		}
		if (this.#isSource && isZero(this.#packet, offset, offset + ADDRESS_BYTES)) {
			this.bits = STATEFUL;
			this.bytes = 0;
			return;
		}
		// An encapsulating multicast address has no interface identifier.
		const around = outer + (this.#isSource ? SOURCE_AT : DESTINATION_AT);
		const isInner = outer >= 0 && this.#packet[around] !== 0xff;
		this.#elided = isInner ? this.#packet : this.#scratch;
		this.#elidedAt = isInner ? around + IDENTIFIER_AT : this.#hasIdentifier ? 0 : -1;
		this.planUnicast(offset, contexts);
	}

	/** Writes the in-line octets of the planned address at `offset`, and returns the next output offset. */
	write(offset: number, out: Uint8Array, at: number): number {
		const { bits, bytes } = this;
		const packet = this.#packet;
		if ((bits & MULTICAST) === 0 || bytes === ADDRESS_BYTES || bytes === 1) {
			copyBytes(packet, offset + ADDRESS_BYTES - bytes, out, at, bytes);
		} else if ((bits & STATEFUL) !== 0) {
			copyBytes(packet, offset + 1, out, at, 2);
			copyBytes(packet, offset + 12, out, at + 2, 4);
		} else {
			out[at] = packet[offset + 1]!;
			copyBytes(packet, offset + 17 - bytes, out, at + 1, bytes - 1);
		}
		return at + bytes;
	}

	/** Tries the three compressed forms under each prefix, without a context first, and keeps the first of the shortest. */
	private planUnicast(offset: number, contexts: number): void {
		for (let cid = -1; cid < contexts && this.bytes > 0; cid++) {
			const isUnder = cid < 0 ? this.isLinkLocal(offset) : this.#contexts.matches(cid, this.#packet, offset);
			if (!isUnder) continue;
			const prefixBits = cid < 0 ? LINK_LOCAL_BITS : this.#contexts.lengthBits(cid);
			for (let mode = 3; mode > 0; mode--) {
				const bytes = mode === 3 ? 0 : mode === 2 ? 2 : 8;
				if (bytes >= this.bytes) break;
				if (!this.isRestored(offset, mode, prefixBits)) continue;
				this.bits = (cid < 0 ? 0 : STATEFUL) | mode;
				this.cid = Math.max(cid, 0);
				this.bytes = bytes;
			}
		}
	}

	private isLinkLocal(offset: number): boolean {
		const packet = this.#packet;
		return packet[offset] === 0xfe && packet[offset + 1] === 0x80 && isZero(packet, offset + 2, offset + 8);
	}

	/** Whether a decompressor makes the address at `offset` of its form in a mode; the first `prefixBits` are right. */
	private isRestored(offset: number, mode: number, prefixBits: number): boolean {
		if (mode === 3 && this.#elidedAt < 0) return false;
		for (let i = prefixBits >>> 3; i < ADDRESS_BYTES; i++) {
			const actual = this.#packet[offset + i]!;
			let restored = actual;
			if (i < IDENTIFIER_AT) restored = 0;
			else if (mode === 3) restored = this.#elided[this.#elidedAt + i - IDENTIFIER_AT]!;
			else if (mode === 2) restored = SHORT_IDENTIFIER[i - IDENTIFIER_AT] ?? actual;
			const unknown = 0xff >>> Math.max(0, prefixBits - 8 * i);
			if (((restored ^ actual) & unknown) !== 0) return false;
		}
		return true;
	}

	private planMulticast(offset: number, contexts: number): void {
		const packet = this.#packet;
		this.bits = MULTICAST;
		if (packet[offset + 1] === 2 && isZero(packet, offset + 2, offset + 15)) {
			this.bits = MULTICAST | 3;
			this.bytes = 1;
		} else if (isZero(packet, offset + 2, offset + 13)) {
			this.bits = MULTICAST | 2;
			this.bytes = 4;
		} else if (isZero(packet, offset + 2, offset + 11)) {
			this.bits = MULTICAST | 1;
			this.bytes = 6;
		}
		for (let cid = 0; cid < contexts && this.bytes > 6; cid++) {
			if (!this.#contexts.has(cid)) continue;
			writePrefixMulticast(cid, this.#contexts, this.#scratch, ADDRESS_BYTES);
			if (!equalBytes(this.#scratch, ADDRESS_BYTES + 3, packet, offset + 3, 9)) continue;
			this.bits = MULTICAST | STATEFUL;
			this.cid = cid;
			this.bytes = 6;
		}
	}
}

/** Whether the address at `offset` is multicast (RFC 4291, section 2.7). */
export function isMulticast(address: Uint8Array, offset: number): boolean {
	return address[offset] === 0xff;
}
