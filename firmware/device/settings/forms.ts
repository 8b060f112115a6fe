import { AddressMode, type LinkAddress, NO_SHORT_ADDRESS, parseLinkAddress } from "../../address.js";
import { parseIpv6, parseIpv6Prefix } from "../../frames/ipv6-text.js";

/** Octets of a key of AES-128. */
const KEY_BYTES = 16;
const CONTEXTS = 16;

/** Whether a character is a hexadecimal digit. */
function isHexDigit(code: number): boolean {
	const lower = code | 0x20;
	return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

/** 32 hexadecimal digits in lower case; undefined for any other text. */
export function normalKey(text: string): string | undefined {
	if (text.length !== 2 * KEY_BYTES) return undefined;
	for (let i = 0; i < text.length; i++) if (!isHexDigit(text.charCodeAt(i))) return undefined;
	return text.toLowerCase();
}

/** One key of a list of pair keys. */
export interface PairKey {
	readonly neighbour: LinkAddress;
	/** 32 hexadecimal digits. */
	readonly hex: string;
}

/** Reads `0x0002=KEY,0x0003=KEY`; undefined for anything else, for nobody's addresses and for one that comes twice. */
export function parsePairKeys(text: string): PairKey[] | undefined {
	const pairs: PairKey[] = [];
	if (text === "") return pairs;
	for (const item of text.split(",")) {
		const at = item.indexOf("=");
		const neighbour = parseLinkAddress(item.slice(0, Math.max(at, 0)));
		const hex = normalKey(item.slice(at + 1));
		if (at < 0 || neighbour === undefined || hex === undefined) return undefined;
		if (neighbour.mode === AddressMode.short && neighbour.low >= NO_SHORT_ADDRESS) return undefined;
		for (const known of pairs) if (known.neighbour.equals(neighbour)) return undefined;
		pairs.push({ neighbour, hex });
	}
	return pairs;
}

/** The text that {@link parsePairKeys} reads. */
export function formatPairKeys(pairs: readonly PairKey[]): string {
	let text = "";
	for (const { neighbour, hex } of pairs) text += `${text === "" ? "" : ","}${neighbour}=${hex}`;
	return text;
}

export function normalPairKeys(text: string): string | undefined {
	const pairs = parsePairKeys(text);
	return pairs === undefined ? undefined : formatPairKeys(pairs);
}

/** Reads `0=2001:db8::/64,1=fd00::/48` to prefixes by context number; undefined for anything else. */
export function parseContexts(text: string): Record<string, string> | undefined {
	const contexts: Record<string, string> = {};
	if (text === "" || text === "none") return contexts;
	for (const item of text.split(",")) {
		const at = item.indexOf("=");
		const number = Number(item.slice(0, Math.max(at, 0)));
		const prefix = item.slice(at + 1);
		if (at < 1 || !Number.isInteger(number) || number < 0 || number >= CONTEXTS) return undefined;
		if (parseIpv6Prefix(prefix) === undefined || contexts[number] !== undefined) return undefined;
		contexts[number] = prefix;
	}
	return contexts;
}

export function normalContexts(text: string): string | undefined {
	return parseContexts(text) === undefined ? undefined : text;
}

/** A prefix of 64 bits, or `none`. */
export function normalPrefix(text: string): string | undefined {
	return text === "none" || parseIpv6Prefix(text)?.lengthBits === 64 ? text : undefined;
}

/** An IPv6 address, or `auto`. */
export function normalSinkAddress(text: string): string | undefined {
	return text === "auto" || parseIpv6(text) !== undefined ? text : undefined;
}

/** An IPv4 address between 224.0.0.0 and 239.255.255.255 (RFC 5771). */
export function normalGroup(text: string): string | undefined {
	const octets = text.split(".");
	if (octets.length !== 4) return undefined;
	for (const octet of octets) {
		const number = Number(octet);
		if (String(number) !== octet || !Number.isInteger(number) || number < 0 || number > 255) return undefined;
	}
	const first = Number(octets[0]);
	return first >= 224 && first <= 239 ? text : undefined;
}

/** A text of at most `most` octets of printable ASCII. */
export function printable(most: number): (text: string) => string | undefined {
	return (text) => {
		if (text.length > most) return undefined;
		for (let i = 0; i < text.length; i++) {
			const code = text.charCodeAt(i);
			if (code < 0x20 || code > 0x7e) return undefined;
		}
		return text;
	};
}
