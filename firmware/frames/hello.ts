import { putU16be, u16be } from "../bytes.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "./lowpan.js";

/** Message type on page 15; types from 0x01 to 0x3f are Lowguard's own. */
export const HELLO_TYPE = 0x01;
/** Octets of a HELLO, page switch included, and of one that tells of charge. */
export const HELLO_BYTES = 7;
export const CLUSTER_HELLO_BYTES = HELLO_BYTES + 2;

/** Capability bit: puts chained fragments together. */
export const CHAINS = 0x01;
/** Capability bit: takes part in elections, and tells its charge here. */
export const CLUSTERS = 0x02;

export type HelloDrop = "hello-truncated" | "hello-type";

/**
 * What a node says of itself to all its neighbours, unasked.
 *
 * On the air, big-endian: 0xff (page 15, RFC 8025), type 0x01, capabilities (1), boot (2), sequence of the sender's
 * broadcasts (2); with the capability CLUSTERS then charge (1) and neighbours (1). What follows is from later versions,
 * and passed over.
 */
export class Hello {
	/** {@link CHAINS}, {@link CLUSTERS}; unknown bits are ignored. */
	capabilities = 0;
	/**
	 * Another at each start of the sender, 4 bits that count and 12 random ones: whoever shares a key with it must skip
	 * nonces after a power cycle, and nobody else can say its next number first.
	 */
	boot = 0;
	/** Rises with each broadcast of this sender: shows its neighbours what they missed. */
	sequence = 0;
	/** With {@link CLUSTERS}: charge of the sender, 0 to 255 (full), and neighbours within its cluster radius; else 0. */
	charge = 0;
	neighbours = 0;
}

/** Encodes a HELLO, page switch first; returns the next offset. */
export function encodeHello(hello: Hello, bytes: Uint8Array, offset: number): number {
	bytes[offset] = Dispatch.page | EXPERIMENTAL_PAGE;
	bytes[offset + 1] = HELLO_TYPE;
	bytes[offset + 2] = hello.capabilities;
	putU16be(bytes, offset + 3, hello.boot);
	putU16be(bytes, offset + 5, hello.sequence);
	if ((hello.capabilities & CLUSTERS) === 0) return offset + HELLO_BYTES;
	bytes[offset + 7] = hello.charge;
	bytes[offset + 8] = hello.neighbours;
	return offset + CLUSTER_HELLO_BYTES;
}

/** Decodes a HELLO whose type octet is at `offset`, behind the page switch. */
export function decodeHello(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: Hello = new Hello(),
): Hello | HelloDrop {
	if (offset + HELLO_BYTES - 1 > end) return "hello-truncated";
	if (bytes[offset] !== HELLO_TYPE) return "hello-type";
	into.capabilities = bytes[offset + 1]!;
	into.boot = u16be(bytes, offset + 2);
	into.sequence = u16be(bytes, offset + 4);
	const tellsCharge = (into.capabilities & CLUSTERS) !== 0;
	if (tellsCharge && offset + CLUSTER_HELLO_BYTES - 1 > end) return "hello-truncated";
	into.charge = tellsCharge ? bytes[offset + 6]! : 0;
	into.neighbours = tellsCharge ? bytes[offset + 7]! : 0;
	return into;
}
