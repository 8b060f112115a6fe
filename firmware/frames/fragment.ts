import { putU16be, u16be } from "../bytes.js";

/** Octets of a first fragment header (RFC 4944, section 5.3). */
export const FRAG1_BYTES = 4;
/** Octets of a subsequent fragment header (RFC 4944, section 5.3). */
export const FRAGN_BYTES = 5;
/** The largest IPv6 packet that the 11 bits of datagram_size can name. */
export const MAX_DATAGRAM_SIZE = 0x7ff;

/** Top five bits of the dispatch octets. */
const FRAG1 = 0b11000;
const FRAGN = 0b11100;

/** Why octets are no fragment header. */
export type FragmentHeaderDrop = "fragment-truncated" | "not-fragment";

/** A fragment header: whose piece of which IPv6 packet follows (RFC 4944, section 5.3). */
export class FragmentHeader {
	/** FRAG1, whose offset is 0 and not on the air. */
	first = false;
	/** Octets of the whole uncompressed IPv6 packet, 0 to 2,047, as the sender claims. */
	size = 0;
	/** Names the packet among those of one sender, 0 to 65,535. */
	tag = 0;
	/** Where the piece lies in the uncompressed packet: octets, a multiple of 8, 0 to 2,040. */
	offset = 0;
	/** Offset after the header. */
	next = 0;
}

/**
 * Decodes a FRAG1 or FRAGN header.
 *
 * A size of 0, or an offset of 0 in a FRAGN, is decoded as it stands: the reassembler judges them.
 */
export function decodeFragmentHeader(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: FragmentHeader = new FragmentHeader(),
): FragmentHeader | FragmentHeaderDrop {
	if (offset >= end) return "fragment-truncated";
	const dispatch = (bytes[offset] as number) >>> 3;
	if (dispatch !== FRAG1 && dispatch !== FRAGN) return "not-fragment";
	const first = dispatch === FRAG1;
	const next = offset + (first ? FRAG1_BYTES : FRAGN_BYTES);
	if (next > end) return "fragment-truncated";
	into.first = first;
	into.size = u16be(bytes, offset) & MAX_DATAGRAM_SIZE;
	into.tag = u16be(bytes, offset + 2);
	into.offset = first ? 0 : (bytes[offset + 4] as number) << 3;
	into.next = next;
	return into;
}

/**
 * Encodes a FRAG1 or FRAGN header and returns the next offset.
 *
 * Throws RangeError for a size above 2,047 or an offset that is no multiple of 8 up to 2,040.
 */
export function encodeFragmentHeader(
	header: Pick<FragmentHeader, "first" | "size" | "tag" | "offset">,
	bytes: Uint8Array,
	offset: number,
): number {
	if (!(header.size >= 0 && header.size <= MAX_DATAGRAM_SIZE)) {
		throw new RangeError(`encodeFragmentHeader: expected size from 0 to 2047, got ${header.size}`);
	}
	if ((header.offset & 7) !== 0 || header.offset < 0 || header.offset > 2040) {
		throw new RangeError(
			`encodeFragmentHeader: expected offset as a multiple of 8 from 0 to 2040, got ${header.offset}`,
		);
	}
	putU16be(bytes, offset, ((header.first ? FRAG1 : FRAGN) << 11) | header.size);
	putU16be(bytes, offset + 2, header.tag);
	if (header.first) return offset + FRAG1_BYTES;
	bytes[offset + 4] = header.offset >>> 3;
	return offset + FRAGN_BYTES;
}
