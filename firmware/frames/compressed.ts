/** How the addresses of one IPv6 header are compressed: reused, so that a packet costs no allocation. */
export class AddressPlan {
	/** SAC or DAC with M, and the mode bits, as they stand in the second IPHC octet. */
	bits = 0;
	/** Context, 0 when there is none. */
	cid = 0;
	/** Octets in-line. */
	bytes = 16;
	/** Room for the address that a decompressor would make, to be compared with the one that is there. */
	readonly candidate: Uint8Array;

	constructor(candidate: Uint8Array) {
		this.candidate = candidate;
	}
}

/** Compressed headers, and the part of the packet that they stand for; with what it takes to make them. */
export class Compressed {
	/** Output offset after the dispatch octet and the compressed headers. */
	next = 0;
	/** Octets of the packet that the compressed headers stand for, 0 when it follows 0x41 as it is. */
	consumed = 0;
	/** Plans of the addresses of the header under way, one after the other: they share their room. */
	readonly source: AddressPlan;
	readonly destination: AddressPlan;

	constructor() {
		const candidate = new Uint8Array(16);
		this.source = new AddressPlan(candidate);
		this.destination = new AddressPlan(candidate);
	}
}
