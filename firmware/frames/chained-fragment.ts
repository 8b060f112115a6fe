import { i32be, putI32be, putU16be, u16be } from "../bytes.js";

/*
 * Chained fragments, on page 15 (RFC 8025 sets it aside for experiments). All integers big-endian:
 *
 *   first: 0xff · FRAG1 header (4) · flags (1) · nonce (2, keyed 4) · token t₂ (b) · [μ (4), keyed only] · P₁
 *   next:  0xff · FRAGN header (5) · token tᵢ₊₁ (b) · Pᵢ
 *
 * The last token is all zero. P is what RFC 4944 carries behind the same header. flags: bit 0 keyed, bits 1 and 2
 * the token length b (4, 8, 12, 16), all others zero. A next fragment does not say b: its first one did.
 */

/** Octets of the flags field. */
const FLAGS_BYTES = 1;
/** Octets of a page switch. */
export const PAGE_SWITCH_BYTES = 1;
/** Octets of the code μ of a keyed first fragment. */
export const ANCHOR_MIC_BYTES = 4;
/** The longest token, in octets. */
export const MAX_TOKEN_BYTES = 16;
/** The shortest token without a key: 4 octets fall to one precomputed table. */
export const MIN_UNKEYED_TOKEN_BYTES = 8;

/** Why octets are no chained fragment. */
export type ChainedFragmentDrop = "chain-truncated" | "chain-flags";

/** How the fragments of one packet are chained. */
export interface ChainShape {
	readonly keyed: boolean;
	/** b: 4, 8, 12 or 16 octets. */
	readonly tokenBytes: number;
}

/** Octets that the chain adds to a first fragment. */
export function chainedFirstBytes({ keyed, tokenBytes }: ChainShape): number {
	return PAGE_SWITCH_BYTES + FLAGS_BYTES + nonceBytes(keyed) + tokenBytes + (keyed ? ANCHOR_MIC_BYTES : 0);
}

/** Octets that the chain adds to a next fragment. */
export function chainedNextBytes({ tokenBytes }: ChainShape): number {
	return PAGE_SWITCH_BYTES + tokenBytes;
}

/** Octets of the nonce: 2, or 4 with a key. */
export function nonceBytes(keyed: boolean): number {
	return keyed ? 4 : 2;
}

/** The flags octet of a shape. Throws a RangeError for a token length that it cannot say. */
export function chainFlags({ keyed, tokenBytes }: ChainShape): number {
	if (tokenBytes < 4 || tokenBytes > MAX_TOKEN_BYTES || (tokenBytes & 3) !== 0) {
		throw new RangeError(`chainFlags: expected tokenBytes 4, 8, 12 or 16, got ${tokenBytes}`);
	}
	return ((tokenBytes / 4 - 1) << 1) | (keyed ? 1 : 0);
}

/** What stands between the fragment header and P in a chained first fragment. */
export class ChainedFirst implements ChainShape {
	flags = 0;
	keyed = false;
	tokenBytes = 0;
	/** 0 to 65,535, with a key 0 to 2^32 - 1. */
	nonce = 0;
	/** Offset of t₂. */
	tokenOffset = 0;
	/** Offset of μ, -1 without a key. */
	micOffset = -1;
	/** Offset of P₁. */
	next = 0;
}

/** Decodes what follows a FRAG1 header at `bytes[offset..end)`. */
export function decodeChainedFirst(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: ChainedFirst = new ChainedFirst(),
): ChainedFirst | ChainedFragmentDrop {
	if (offset >= end) return "chain-truncated";
	const flags = bytes[offset]!;
	if (flags >>> 3 !== 0) return "chain-flags";
	into.flags = flags;
	into.keyed = (flags & 1) !== 0;
	into.tokenBytes = ((flags >>> 1) + 1) * 4;
	const nonceOffset = offset + FLAGS_BYTES;
	into.tokenOffset = nonceOffset + nonceBytes(into.keyed);
	const tokenEnd = into.tokenOffset + into.tokenBytes;
	into.micOffset = into.keyed ? tokenEnd : -1;
	into.next = into.keyed ? tokenEnd + ANCHOR_MIC_BYTES : tokenEnd;
	if (into.next > end) return "chain-truncated";
	into.nonce = into.keyed ? i32be(bytes, nonceOffset) >>> 0 : u16be(bytes, nonceOffset);
	return into;
}

/** Writes flags and nonce behind a FRAG1 header; returns the offset of t₂. */
export function encodeChainedFirst(
	shape: ChainShape,
	nonce: number,
	bytes: Uint8Array,
	offset: number,
): number {
	bytes[offset] = chainFlags(shape);
	const at = offset + FLAGS_BYTES;
	if (shape.keyed) putI32be(bytes, at, nonce | 0);
	else putU16be(bytes, at, nonce);
	return at + nonceBytes(shape.keyed);
}
