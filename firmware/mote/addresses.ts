import { LinkAddress, NO_SHORT_ADDRESS, parseLinkAddress } from "../address.js";
import { parseIpv6, parseIpv6Prefix } from "../frames/ipv6-text.js";
import type { AddressRange } from "./plan.js";

/** Addresses follow from numbers: short ones from 1 on, and EUI-64s of a local range that end alike. */
export const ADDRESS_BASE = 1;
/** 02:4c:47:00 … is locally administered. */
export const EUI64_HIGH = 0x024c4700;

/** Link-layer addresses of 16 bits, as far as a PAN has them, or EUI-64s. */
export type Addressing = "short" | "extended";

/**
 * The short address of node `index`; {@link NO_SHORT_ADDRESS} where it uses its EUI-64, as nodes beyond the 65,533 that
 * have a short address do in any case (IEEE 802.15.4-2020, table 8-94).
 */
export function shortAddressOf(index: number, addressing: Addressing): number {
	return addressing === "short" ? Math.min(index + ADDRESS_BASE, NO_SHORT_ADDRESS) : NO_SHORT_ADDRESS;
}

/** The address that node `index` uses. */
export function addressOf(index: number, addressing: Addressing): LinkAddress {
	const shortAddress = shortAddressOf(index, addressing);
	return shortAddress < NO_SHORT_ADDRESS
		? LinkAddress.short(shortAddress)
		: LinkAddress.extended(EUI64_HIGH, index + ADDRESS_BASE);
}

/** Whether an address is one of a range. */
export function isWithin({ extendedHigh, low, count }: AddressRange, address: LinkAddress): boolean {
	if (address.byteLength === 0 || (address.byteLength === 8 && address.high !== (extendedHigh | 0)))
		return false;
	return address.low >= low && address.low < low + count;
}

/** Reads a link-layer address of a plan; throws a RangeError that names the key. */
export function plannedAddress(key: string, text: string): LinkAddress {
	const address = parseLinkAddress(text);
	if (address === undefined) {
		throw new RangeError(`${key}: expected 0x0002 or eight octets in hex with colons, got ${text}`);
	}
	return address;
}

/** Reads an IPv6 address of a plan to 16 octets; throws a RangeError that names the key. */
export function plannedIpv6(key: string, text: string): Uint8Array {
	const address = parseIpv6(text);
	if (address === undefined) throw new RangeError(`${key}: expected an IPv6 address, got ${text}`);
	return address;
}

/** Reads a prefix of a plan; throws a RangeError that names the key. */
export function plannedPrefix(key: string, text: string): { prefix: Uint8Array; lengthBits: number } {
	const prefix = parseIpv6Prefix(text);
	if (prefix === undefined) throw new RangeError(`${key}: expected a prefix, got ${text}`);
	return prefix;
}
