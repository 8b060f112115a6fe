import { u16be } from "../bytes.js";

const GROUPS = 8;

/** The recommended text of the IPv6 address at `offset` (RFC 5952): lower case, longest run of zeros as `::`. */
export function formatIpv6(bytes: Uint8Array, offset = 0): string {
	let runAt = -1;
	let runLength = 1;
	for (let i = 0; i < GROUPS; i++) {
		let length = 0;
		while (i + length < GROUPS && u16be(bytes, offset + 2 * (i + length)) === 0) length++;
		if (length > runLength) {
			runAt = i;
			runLength = length;
		}
		i += length;
	}
	let text = "";
	for (let i = 0; i < GROUPS; ) {
		if (i === runAt) {
			text += "::";
			i += runLength;
			continue;
		}
		if (text !== "" && !text.endsWith(":")) text += ":";
		text += u16be(bytes, offset + 2 * i).toString(16);
		i++;
	}
	return text;
}

/** Reads groups between colons into `groups`; a dotted IPv4 address may stand for the last two. */
function readGroups(text: string, groups: number[], dottedAllowed: boolean): boolean {
	if (text === "") return true;
	const parts = text.split(":");
	for (let i = 0; i < parts.length; i++) {
		const part = parts[i]!;
		if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
		else {
			if (i !== parts.length - 1 || !dottedAllowed) return false;
			const octets = part.split(".");
			if (octets.length !== 4) return false;
			for (const octet of octets)
				if (!/^(0|[1-9][0-9]{0,2})$/.test(octet) || Number(octet) > 255) return false;
			groups.push((Number(octets[0]) << 8) | Number(octets[1]), (Number(octets[2]) << 8) | Number(octets[3]));
		}
	}
	return true;
}

/** Reads the text of an IPv6 address (RFC 4291, section 2.2) to 16 octets; undefined for anything else. */
export function parseIpv6(text: string): Uint8Array | undefined {
	const halves = text.split("::");
	if (halves.length > 2) return undefined;
	const head: number[] = [];
	const tail: number[] = [];
	if (!readGroups(halves[0]!, head, halves.length === 1)) return undefined;
	if (halves.length === 2 && !readGroups(halves[1]!, tail, true)) return undefined;
	const missing = GROUPS - head.length - tail.length;
	if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
	const groups = [...head, ...new Array<number>(halves.length === 2 ? missing : 0).fill(0), ...tail];
	const bytes = new Uint8Array(16);
	for (let i = 0; i < GROUPS; i++) {
		bytes[2 * i] = groups[i]! >>> 8;
		bytes[2 * i + 1] = groups[i]!;
	}
	return bytes;
}

/** An IPv6 prefix: its 16 octets and its length in bits, 0 to 128. */
export interface Ipv6Prefix {
	readonly prefix: Uint8Array;
	readonly lengthBits: number;
}

/** Reads `2001:db8::/64` (RFC 4291, section 2.3); undefined for anything else. */
export function parseIpv6Prefix(text: string): Ipv6Prefix | undefined {
	const slash = text.indexOf("/");
	const digits = text.slice(slash + 1);
	if (slash < 0 || !/^(0|[1-9][0-9]{0,2})$/.test(digits) || Number(digits) > 128) return undefined;
	const prefix = parseIpv6(text.slice(0, slash));
	return prefix === undefined ? undefined : { prefix, lengthBits: Number(digits) };
}
