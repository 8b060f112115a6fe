import { AddressMode, LinkAddress } from "../address.js";
import { i32be, putI32be, putU16be, u16be } from "../bytes.js";

/** Hops-left nibble that says that a whole octet follows (RFC 4944, section 5.2). */
const DEEP_HOPS = 0xf;

/** Why octets are no mesh header. */
export type MeshDrop = "mesh-truncated" | "not-mesh";

/** A mesh addressing header: the ends of a path below IPv6 (RFC 4944, section 5.2). */
export class MeshHeader {
	/** Hops that the frame may still take, 0 to 255. */
	hopsLeft = 0;
	/** Where the frame began, in place of the MAC source. */
	readonly originator = new LinkAddress();
	/** Where it shall end, in place of the MAC destination. */
	readonly final = new LinkAddress();
	/** Offset after the header. */
	next = 0;
}

function readAddress(into: LinkAddress, short: boolean, bytes: Uint8Array, offset: number): number {
	if (short) {
		into.setShort(u16be(bytes, offset));
		return offset + 2;
	}
	into.setExtended(i32be(bytes, offset), i32be(bytes, offset + 4));
	return offset + 8;
}

function writeAddress(address: LinkAddress, bytes: Uint8Array, offset: number): number {
	if (address.mode === AddressMode.short) {
		putU16be(bytes, offset, address.low);
		return offset + 2;
	}
	putI32be(bytes, offset, address.high);
	putI32be(bytes, offset + 4, address.low);
	return offset + 8;
}

/** Decodes a mesh addressing header, the one with more than 14 hops included. */
export function decodeMesh(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: MeshHeader = new MeshHeader(),
): MeshHeader | MeshDrop {
	if (offset >= end) return "mesh-truncated";
	const octet = bytes[offset] as number;
	if (octet >>> 6 !== 0b10) return "not-mesh";
	const shortOriginator = (octet & 0x20) !== 0;
	const shortFinal = (octet & 0x10) !== 0;
	const deep = (octet & 0x0f) === DEEP_HOPS;
	let at = offset + (deep ? 2 : 1);
	if (at + (shortOriginator ? 2 : 8) + (shortFinal ? 2 : 8) > end) return "mesh-truncated";
	into.hopsLeft = deep ? (bytes[offset + 1] as number) : octet & 0x0f;
	at = readAddress(into.originator, shortOriginator, bytes, at);
	into.next = readAddress(into.final, shortFinal, bytes, at);
	return into;
}

/**
 * Encodes a mesh addressing header and returns the next offset.
 *
 * Throws RangeError when an address is missing or hopsLeft is outside 0 to 255.
 */
export function encodeMesh(
	header: Pick<MeshHeader, "hopsLeft" | "originator" | "final">,
	bytes: Uint8Array,
	offset: number,
): number {
	const { hopsLeft, originator, final } = header;
	if (!(hopsLeft >= 0 && hopsLeft <= 255)) {
		throw new RangeError(`encodeMesh: expected hopsLeft from 0 to 255, got ${hopsLeft}`);
	}
	if (originator.byteLength === 0 || final.byteLength === 0) {
		throw new RangeError("encodeMesh: expected a short or extended originator and final, got none");
	}
	const deep = hopsLeft >= DEEP_HOPS;
	bytes[offset] =
		0x80 |
		(originator.mode === AddressMode.short ? 0x20 : 0) |
		(final.mode === AddressMode.short ? 0x10 : 0) |
		(deep ? DEEP_HOPS : hopsLeft);
	let at = offset + 1;
	if (deep) bytes[at++] = hopsLeft;
	at = writeAddress(originator, bytes, at);
	return writeAddress(final, bytes, at);
}
