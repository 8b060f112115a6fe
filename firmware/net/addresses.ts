import { AddressMode, LinkAddress } from "../address.js";
import { copyBytes, equalBytes, i32be, putI32be } from "../bytes.js";

const LINK_LOCAL_HIGH = 0xfe800000 | 0;

/** Whether the address at `offset` is in fe80::/64. */
export function isLinkLocal(bytes: Uint8Array, offset: number): boolean {
	return i32be(bytes, offset) === LINK_LOCAL_HIGH && i32be(bytes, offset + 4) === 0;
}

/** Whether the address at `offset` is a multicast address (RFC 4291, section 2.7). */
export function isMulticast(bytes: Uint8Array, offset: number): boolean {
	return bytes[offset] === 0xff;
}

/** Whether the address at `offset` is :: or ::1, which name no other node (RFC 4291, sections 2.5.2 and 2.5.3). */
export function isNobody(bytes: Uint8Array, offset: number): boolean {
	for (let i = 0; i < 15; i++) if (bytes[offset + i] !== 0) return false;
	return bytes[offset + 15]! <= 1;
}

/** The link-layer address from which an interface identifier was made (RFC 6282, section 3.2.2). */
export function linkAddressOf(bytes: Uint8Array, offset: number, into: LinkAddress): LinkAddress {
	return into.setInterfaceId(bytes, offset + 8);
}

/** An IPv6 address of 16 octets: the first 64 bits of `prefix`, then the identifier of `address`. */
export function addressUnder(prefix: Uint8Array, address: LinkAddress): Uint8Array {
	const bytes = new Uint8Array(16);
	putAddress(prefix, address, bytes, 0);
	return bytes;
}

/** The link-local address of a link-layer address (RFC 4944, section 7). */
export function linkLocalOf(address: LinkAddress): Uint8Array {
	const bytes = new Uint8Array(16);
	putAddress(undefined, address, bytes, 0);
	return bytes;
}

/** Whether the address at `offset` is the one that `address` has under fe80::/64 or under `prefix`, if there is one. */
export function isAddressOf(
	address: LinkAddress,
	prefix: Uint8Array | undefined,
	bytes: Uint8Array,
	offset: number,
): boolean {
	if (!address.hasInterfaceId(bytes, offset + 8)) return false;
	return isLinkLocal(bytes, offset) || (prefix !== undefined && equalBytes(bytes, offset, prefix, 0, 8));
}

/** Writes the address that {@link addressUnder} makes at `offset`; `prefix` undefined for the link-local one. */
export function putAddress(
	prefix: Uint8Array | undefined,
	address: LinkAddress,
	bytes: Uint8Array,
	offset: number,
): void {
	if (prefix === undefined) {
		putI32be(bytes, offset, LINK_LOCAL_HIGH);
		putI32be(bytes, offset + 4, 0);
	} else copyBytes(prefix, 0, bytes, offset, 8);
	address.writeInterfaceId(bytes, offset + 8);
}

export const NO_ADDRESS: LinkAddress = Object.freeze(new LinkAddress());

/** Whether an address is set. */
export function isSet(address: LinkAddress): boolean {
	return address.mode !== AddressMode.none;
}
