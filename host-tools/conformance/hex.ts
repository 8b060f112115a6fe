import { LinkAddress } from "../../firmware/address.js";
import { ContextTable } from "../../firmware/frames/context-table.js";
import { parseIpv6Prefix } from "../../firmware/frames/ipv6-text.js";

/** The octets of a hexadecimal text; throws TypeError for anything else. */
export function fromHex(text: string): Uint8Array {
	if (!/^([0-9a-fA-F]{2})*$/.test(text))
		throw new TypeError(`expected octets in hex, got ${JSON.stringify(text)}`);
	return Uint8Array.from(Buffer.from(text, "hex"));
}

/** `bytes[from..end)` in hex. */
export function toHex(bytes: Uint8Array, from = 0, end = bytes.length): string {
	return Buffer.from(bytes.subarray(from, end)).toString("hex");
}

/** The two MAC addresses of a vector, as 2 or 8 octets in hex, network order. */
export interface Link {
	readonly src: string;
	readonly dst: string;
}

/** An address of a vector; none when it is absent. */
export function linkAddress(text: string | null | undefined): LinkAddress {
	return text === undefined || text === null || text === ""
		? new LinkAddress()
		: LinkAddress.fromBytes(fromHex(text));
}

/** A context table from `{"0": "2001:db8::/64"}`; throws TypeError for a prefix that is none. */
export function contextTable(contexts: Readonly<Record<string, string>> | null | undefined): ContextTable {
	const table = new ContextTable();
	for (const [cid, text] of Object.entries(contexts ?? {})) {
		const parsed = parseIpv6Prefix(text);
		if (parsed === undefined) throw new TypeError(`expected context ${cid} as prefix/length, got ${text}`);
		table.set(Number(cid), parsed.prefix, parsed.lengthBits);
	}
	return table;
}
