import { copyBytes, putU16be, u16be } from "../bytes.js";
import { checksumOk } from "./checksum.js";
import { MAX_NESTED } from "./decompressed.js";
import { IPV6_BYTES } from "./ipv6.js";
import { EID_FRAGMENT, EXTENSION_PROTOCOLS, PORT_PREFIX_4, PORT_PREFIX_8 } from "./nhc.js";
import { IPV6_IN_IPV6, UDP } from "./protocols.js";
import { UDP_HEADER_BYTES } from "./udp.js";

/** EID of hop-by-hop and destination options, whose trailing padding may be elided (RFC 6282, 4.2). */
const EID_HOP_BY_HOP = 0;
const EID_DESTINATION_OPTIONS = 3;
/** The most octets that the Length field of a compressed extension header counts. */
const MAX_EXTENSION_DATA = 255;

/**
 * Whether the header at `offset` can be compressed by NHC so that nothing is lost.
 *
 * `datagram[0..length)` is the IPv6 packet, `room` the octets that the output still has, and `nested`
 * how many IPv6 headers contain this one.
 */
export function canCompress(
	protocol: number,
	datagram: Uint8Array,
	offset: number,
	length: number,
	room: number,
	nested: number,
): boolean {
	const left = length - offset;
	if (protocol === UDP) {
		return left >= UDP_HEADER_BYTES && u16be(datagram, offset + 4) === left && room >= UDP_HEADER_BYTES;
	}
	if (protocol === IPV6_IN_IPV6) {
		return (
			nested < MAX_NESTED &&
			left >= IPV6_BYTES &&
			(datagram[offset] as number) >>> 4 === 6 &&
			u16be(datagram, offset + 4) === left - IPV6_BYTES &&
			room > IPV6_BYTES
		);
	}
	const eid = EXTENSION_PROTOCOLS.indexOf(protocol);
	if (eid < 0 || left < 8) return false;
	const bytes = extensionBytes(eid, datagram, offset);
	if (bytes > left || room < bytes + 1) return false;
	if (eid === EID_FRAGMENT) return datagram[offset + 1] === 0;
	return bytes - 2 - elidablePadding(eid, datagram, offset, bytes) <= MAX_EXTENSION_DATA;
}

/** Octets of the uncompressed extension header at `offset`. */
export function extensionBytes(eid: number, datagram: Uint8Array, offset: number): number {
	return eid === EID_FRAGMENT ? 8 : ((datagram[offset + 1] as number) + 1) * 8;
}

/** Octets of trailing padding that a decompressor would write just so, 0 to 7. */
function elidablePadding(eid: number, datagram: Uint8Array, offset: number, bytes: number): number {
	if (eid !== EID_HOP_BY_HOP && eid !== EID_DESTINATION_OPTIONS) return 0;
	const end = offset + bytes;
	let at = offset + 2;
	let last = at;
	while (at < end) {
		last = at;
		at += datagram[at] === 0 ? 1 : (datagram[at + 1] as number) + 2;
	}
	const padding = end - last;
	// at !== end: the last option claims more octets than there are.
	if (at !== end || padding > 7 || (datagram[last] as number) > 1) return 0;
	if (padding === 1) return 1;
	for (let i = last + 2; i < end; i++) if (datagram[i] !== 0) return 0;
	return padding;
}

/**
 * Compresses the extension header at `offset` (RFC 6282, section 4.2); returns the next output offset.
 *
 * `nhc`: the header behind it is compressed, so that its Next Header field is elided.
 */
export function encodeExtension(
	protocol: number,
	nhc: boolean,
	datagram: Uint8Array,
	offset: number,
	out: Uint8Array,
	at: number,
): number {
	const eid = EXTENSION_PROTOCOLS.indexOf(protocol);
	const bytes = extensionBytes(eid, datagram, offset);
	const data = bytes - 2 - elidablePadding(eid, datagram, offset, bytes);
	let next = at;
	out[next++] = 0xe0 | (eid << 1) | (nhc ? 1 : 0);
	if (!nhc) out[next++] = datagram[offset] as number;
	out[next++] = eid === EID_FRAGMENT ? 0 : data;
	copyBytes(datagram, offset + 2, out, next, data);
	return next + data;
}

/**
 * Compresses the UDP header at `offset` (RFC 6282, section 4.3); returns the next output offset.
 *
 * With `elideChecksum`, a checksum that the decompressor can compute again is left out: one that is
 * right. `addressOffset` is where the addresses of the pseudo-header are.
 */
export function encodeUdpNhc(
	datagram: Uint8Array,
	offset: number,
	length: number,
	addressOffset: number,
	elideChecksum: boolean,
	out: Uint8Array,
	at: number,
): number {
	const source = u16be(datagram, offset);
	const destination = u16be(datagram, offset + 2);
	const elide = elideChecksum && checksumOk(datagram, length, offset, UDP, addressOffset, addressOffset + 16);
	const control = 0xf0 | (elide ? 4 : 0);
	let next = at + 1;
	if (source >>> 4 === PORT_PREFIX_4 >>> 4 && destination >>> 4 === PORT_PREFIX_4 >>> 4) {
		out[at] = control | 3;
		out[next++] = ((source & 0xf) << 4) | (destination & 0xf);
	} else if (source >>> 8 === PORT_PREFIX_8 >>> 8) {
		out[at] = control | 2;
		out[next] = source;
		putU16be(out, next + 1, destination);
		next += 3;
	} else if (destination >>> 8 === PORT_PREFIX_8 >>> 8) {
		out[at] = control | 1;
		putU16be(out, next, source);
		out[next + 2] = destination;
		next += 3;
	} else {
		out[at] = control;
		copyBytes(datagram, offset, out, next, 4);
		next += 4;
	}
	if (elide) return next;
	copyBytes(datagram, offset + 6, out, next, 2);
	return next + 2;
}
