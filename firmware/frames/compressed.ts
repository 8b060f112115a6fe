/** Compressed headers, and the part of the packet that they stand for. */
export class Compressed {
	/** Output offset after the dispatch octet and the compressed headers. */
	next = 0;
	/** Octets of the packet that the compressed headers stand for, 0 when it follows 0x41 as it is. */
	consumed = 0;
}

/** How the addresses of one IPv6 header are compressed: reused, so that a packet costs no allocation. */
export class AddressPlan {
	/** SAC or DAC with M, and the mode bits, as they stand in the second IPHC octet. */
	bits = 0;
	/** Context, 0 when there is none. */
	cid = 0;
	/** Octets in-line. */
	bytes = 16;
}
