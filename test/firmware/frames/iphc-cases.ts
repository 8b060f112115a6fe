import { LinkAddress } from "../../../firmware/address.js";
import { ContextTable } from "../../../firmware/frames/context-table.js";
import { decompressDatagram } from "../../../firmware/frames/decompress.js";
import { HeaderCompressor } from "../../../firmware/frames/iphc-encode.js";
import { parseIpv6Prefix } from "../../../firmware/frames/ipv6-text.js";
import { bytesOf, hexOf } from "./bytes-of.js";

/** Source of every case: 02:00:00:00:00:00:00:0a, whose interface identifier is ::a. */
export const SOURCE = LinkAddress.extended(0x02000000, 0x0000000a);
/** Destination of every case: 0x00b1, whose interface identifier is ::ff:fe00:b1. */
export const DESTINATION = LinkAddress.short(0x00b1);

/** A table from CID to prefix text. */
export function contextsOf(prefixes: Readonly<Record<number, string>>): ContextTable {
	const table = new ContextTable();
	for (const [cid, text] of Object.entries(prefixes)) {
		const parsed = parseIpv6Prefix(text);
		if (parsed === undefined) throw new Error(text);
		table.set(Number(cid), parsed.prefix, parsed.lengthBits);
	}
	return table;
}

/** Contexts of every case: /64, /32 (zeros up to the identifier), /75 and /128. */
export const CONTEXTS = contextsOf({
	0: "2001:db8::/64",
	1: "2001:db8:1::/32",
	2: "fd00:0:0:1:ffff:ffff::/75",
	3: "2001:db8:2::3/128",
});

/** The packet that a compressed one stands for, in hex, or why it is refused. */
export function decompressed(hex: string, contexts: ContextTable = CONTEXTS): string {
	const bytes = bytesOf(hex);
	// Buffers are lent again with whatever was in them.
	const out = new Uint8Array(1280).fill(0xa5);
	const kind = bytes[0] === 0x41 ? "ipv6" : bytes[0] === 0x42 ? "hc1" : "iphc";
	const result = decompressDatagram(kind, bytes, 0, bytes.length, SOURCE, DESTINATION, contexts, out);
	return typeof result === "string" ? result : hexOf(out, result.length);
}

/** A packet compressed, in hex. */
export function compressed(hex: string, contexts: ContextTable = CONTEXTS, elideChecksum = false): string {
	const datagram = bytesOf(hex);
	const out = new Uint8Array(datagram.length + 64);
	const length = datagram.length;
	const compressor = new HeaderCompressor(contexts, elideChecksum);
	const result = compressor.compress(datagram, length, SOURCE, DESTINATION, out, 0);
	out.set(datagram.subarray(result.consumed), result.next);
	return hexOf(out, result.next + length - result.consumed);
}
