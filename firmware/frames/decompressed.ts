/** IPv6 headers within each other that a compressed frame may carry. */
export const MAX_NESTED = 4;

/** Why compressed headers are refused. */
export type DecompressDrop =
	/** Ends within the compressed headers. */
	| "header-truncated"
	/** Does not begin with the dispatch that the caller said. */
	| "header-dispatch"
	/** Names a context that is not set. */
	| "unknown-context"
	/** A combination that RFC 6282 reserves. */
	| "reserved-address-mode"
	/** Elides an address that the frame does not carry. */
	| "no-link-address"
	/** A next header compression that nobody has defined, or that is reserved. */
	| "unknown-nhc"
	/** An extension header whose length its type does not allow. */
	| "extension-length"
	/** More IPv6 headers within each other than {@link MAX_NESTED}. */
	| "nested-too-deep"
	/** The headers alone are longer than datagram_size. */
	| "headers-beyond-size"
	/** The packet does not fit in the output. */
	| "packet-too-long"
	/** An uncompressed packet that is not IPv6, or whose length is not what its header says. */
	| "ipv6-version"
	| "ipv6-length";

/** Uncompressed headers, and where the rest of the packet begins. */
export class Decompressed {
	/** Input offset after the compressed headers: the octets from there on follow unchanged. */
	next = 0;
	/** Octets of the IPv6 packet written to the output; from {@link decompressDatagram} all of it. */
	length = 0;
	/** The UDP checksum is not in the frame: it stands as 0 until the packet is whole. */
	checksumElided = false;
	/** Offset of the UDP header in the output, -1 when none was compressed. */
	udpOffset = -1;
	/** Offset of the innermost IPv6 header in the output. */
	ipv6Offset = 0;
	/** Offsets of all IPv6 headers, outermost first; `nested` + 1 of them count. */
	readonly ipv6Offsets = new Int32Array(MAX_NESTED + 1);
	nested = 0;
	/** Output offset of the next header field that the header being read determines. */
	nextHeaderOffset = 0;
	/** The size of the packet is known from a fragment header. */
	sizeKnown = false;
	/** The header that comes next is compressed by NHC. */
	nhc = false;

	/** Begins anew at input offset `next`, with the size of the packet if a fragment header gave it. */
	reset(next: number, datagramSize: number): void {
		this.sizeKnown = datagramSize > 0;
		this.next = next;
		this.length = 0;
		this.checksumElided = false;
		this.udpOffset = -1;
		this.ipv6Offset = 0;
		this.nested = 0;
		this.nextHeaderOffset = 6;
		this.nhc = false;
	}
}
