import { LinkAddress } from "../address.js";
import { copyBytes, i32be, putI32be, putU16be, u16be } from "../bytes.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "./lowpan.js";

/** Message type on page 15. */
export const RECEIPT_TYPE = 0x06;
/** Octets of a RECEIPT without entries, page switch included. */
export const RECEIPT_BYTES = 8;
/** Octets of the code that authenticates an entry. */
export const RECEIPT_CODE_BYTES = 4;
/** Readings that one entry tells of. */
export const RECEIPT_READINGS = 32;

/** Flag: nodes are named by their EUI-64, 8 octets each, else by short address, 2 octets each. */
export const RECEIPT_LONG_NAMES = 0x01;
/** Flag: each entry ends with a code under the key that the sink shares with its node. */
export const RECEIPT_KEYED = 0x02;

export type ReceiptDrop = "receipt-truncated" | "receipt-type" | "receipt-entries";

/**
 * RECEIPT: the sink tells nodes which of their readings arrived; those who hear it echo it.
 *
 * On the air, big-endian: 0xff, type 0x06, sequence of the sender's broadcasts (2), issue (2), flags (1), entries (1), then
 * each entry: address (2 or 8), newest (2), arrived (4), and where keyed a code (4). What follows is from later versions.
 */
export class Receipt {
	/** Rises with each broadcast of whoever sends it: an echo bears its own. */
	sequence = 0;
	/** Rises with each receipt of the sink; the same in all echoes. */
	issue = 0;
	flags = 0;
	entries = 0;
	/** Where they begin in the decoded bytes. */
	entriesAt = 0;

	get entryBytes(): number {
		const name = (this.flags & RECEIPT_LONG_NAMES) === 0 ? 2 : 8;
		return name + 6 + ((this.flags & RECEIPT_KEYED) === 0 ? 0 : RECEIPT_CODE_BYTES);
	}
}

/** What a receipt says of one node. */
export class ReceiptEntry {
	readonly node = new LinkAddress();
	/** Number of the newest reading that it tells of, 16 bits that wrap. */
	newest = 0;
	/** Bit k, from the least significant on: whether reading `newest` - k arrived. */
	arrived = 0;
	/** First octets of AES-CMAC(key, 4 ‖ address as 8 octets ‖ issue ‖ newest ‖ arrived); zero where not keyed. */
	readonly code = new Uint8Array(RECEIPT_CODE_BYTES);
}

/** Encodes all of a RECEIPT but its entries, for which {@link encodeReceiptEntry} is called in turn. */
export function encodeReceipt(receipt: Receipt, bytes: Uint8Array, offset: number): number {
	bytes[offset] = Dispatch.page | EXPERIMENTAL_PAGE;
	bytes[offset + 1] = RECEIPT_TYPE;
	putU16be(bytes, offset + 2, receipt.sequence);
	putU16be(bytes, offset + 4, receipt.issue);
	bytes[offset + 6] = receipt.flags;
	bytes[offset + 7] = receipt.entries;
	return offset + RECEIPT_BYTES;
}

/** Writes the next entry; returns the next offset. */
export function encodeReceiptEntry(
	receipt: Receipt,
	entry: ReceiptEntry,
	bytes: Uint8Array,
	offset: number,
): number {
	let at = offset;
	if ((receipt.flags & RECEIPT_LONG_NAMES) === 0) {
		putU16be(bytes, at, entry.node.low);
		at += 2;
	} else {
		putI32be(bytes, at, entry.node.high);
		putI32be(bytes, at + 4, entry.node.low);
		at += 8;
	}
	putU16be(bytes, at, entry.newest);
	putI32be(bytes, at + 2, entry.arrived);
	if ((receipt.flags & RECEIPT_KEYED) !== 0) copyBytes(entry.code, 0, bytes, at + 6, RECEIPT_CODE_BYTES);
	return offset + receipt.entryBytes;
}

/** Decodes a RECEIPT whose type octet is at `offset`, behind the page switch. */
export function decodeReceipt(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: Receipt = new Receipt(),
): Receipt | ReceiptDrop {
	if (offset + RECEIPT_BYTES - 1 > end) return "receipt-truncated";
	if (bytes[offset] !== RECEIPT_TYPE) return "receipt-type";
	into.sequence = u16be(bytes, offset + 1);
	into.issue = u16be(bytes, offset + 3);
	into.flags = bytes[offset + 5]!;
	into.entries = bytes[offset + 6]!;
	into.entriesAt = offset + 7;
	if (into.entriesAt + into.entries * into.entryBytes > end) return "receipt-entries";
	return into;
}

/** Reads an entry, from 0 on, of a RECEIPT that was decoded from these bytes. */
export function receiptEntry(
	receipt: Receipt,
	index: number,
	bytes: Uint8Array,
	into: ReceiptEntry,
): ReceiptEntry {
	let at = receipt.entriesAt + index * receipt.entryBytes;
	if ((receipt.flags & RECEIPT_LONG_NAMES) === 0) {
		into.node.setShort(u16be(bytes, at));
		at += 2;
	} else {
		into.node.setExtended(i32be(bytes, at), i32be(bytes, at + 4));
		at += 8;
	}
	into.newest = u16be(bytes, at);
	into.arrived = i32be(bytes, at + 2);
	if ((receipt.flags & RECEIPT_KEYED) === 0) into.code.fill(0);
	else copyBytes(bytes, at + 6, into.code, 0, RECEIPT_CODE_BYTES);
	return into;
}
