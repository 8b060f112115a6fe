import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import {
	decodeReceipt,
	encodeReceipt,
	encodeReceiptEntry,
	RECEIPT_BYTES,
	RECEIPT_CODE_BYTES,
	RECEIPT_KEYED,
	RECEIPT_LONG_NAMES,
	RECEIPT_TYPE,
	Receipt,
	ReceiptEntry,
	receiptEntry,
} from "../../../firmware/frames/cluster-receipt.js";
import { bytesOf, hexOf } from "./bytes-of.js";
import { checkProperties, checkVector, type MessageCodec } from "./codec-checks.js";

interface Entry {
	readonly node: string;
	readonly newest: number;
	/** As 32 bits without sign. */
	readonly arrived: number;
	readonly code: string;
}
interface Value {
	sequence: number;
	issue: number;
	flags: number;
	entries: readonly Entry[];
}

const UNKEYED = "00000000";
const textOf = (address: LinkAddress): string => String(address).replace(/^0x|[:-]/g, "");

const codec: MessageCodec<Value> = {
	truncated: "receipt-truncated",
	otherType: "receipt-type",
	listTruncated: "receipt-entries",
	encode({ sequence, issue, flags, entries }, bytes, offset) {
		const receipt = Object.assign(new Receipt(), { sequence, issue, flags, entries: entries.length });
		let at = encodeReceipt(receipt, bytes, offset);
		for (const { node, newest, arrived, code } of entries) {
			const entry = Object.assign(new ReceiptEntry(), { newest, arrived });
			entry.node.set(LinkAddress.fromBytes(bytesOf(node)));
			entry.code.set(bytesOf(code));
			at = encodeReceiptEntry(receipt, entry, bytes, at);
		}
		return at;
	},
	decode(bytes, offset, end) {
		const found = decodeReceipt(bytes, offset, end);
		if (typeof found === "string") return found;
		const { sequence, issue, flags } = found;
		// One object for all, as a node uses it: no entry may show through the next.
		const into = new ReceiptEntry();
		const entries = Array.from({ length: found.entries }, (_, i) => {
			const { node, newest, arrived, code } = receiptEntry(found, i, bytes, into);
			return { node: textOf(node), newest, arrived: arrived >>> 0, code: hexOf(code) };
		});
		return { sequence, issue, flags, entries };
	},
};

test("RECEIPT with short names, both ways", (t) => {
	const octets = bytesOf(`
		ff 06          // page 15, RECEIPT
		0102           // sequence 258
		0304           // issue 772
		00             // short names, no codes
		02             // two entries
		0001 0020 ffffffff
		0203 0000 00000001
	`);
	t.is(octets.length, RECEIPT_BYTES + 2 * 8);
	checkVector(t, codec, octets, {
		sequence: 258,
		issue: 772,
		flags: 0,
		entries: [
			{ node: "0001", newest: 32, arrived: 0xffffffff, code: UNKEYED },
			{ node: "0203", newest: 0, arrived: 1, code: UNKEYED },
		],
	});
});

test("RECEIPT with long names and codes, both ways", (t) => {
	const octets = bytesOf(`
		ff 06 0001 ffff
		03             // long names, codes
		02
		02 4c 47 00 00 00 00 09   fffe   80000000   de ad be ef
		02 4c 47 00 00 00 00 0a   0001   00000003   00 01 02 03
	`);
	t.is(octets.length, RECEIPT_BYTES + 2 * (8 + 6 + RECEIPT_CODE_BYTES));
	checkVector(t, codec, octets, {
		sequence: 1,
		issue: 0xffff,
		flags: RECEIPT_LONG_NAMES | RECEIPT_KEYED,
		entries: [
			{ node: "024c470000000009", newest: 0xfffe, arrived: 0x80000000, code: "deadbeef" },
			{ node: "024c47000000000a", newest: 1, arrived: 3, code: "00010203" },
		],
	});
});

test("an entry without a code shows none of the one before", (t) => {
	const into = new ReceiptEntry();
	into.code.fill(7);
	const bytes = bytesOf("ff 06 0000 0000 00 01 0001 0000 00000000");
	const receipt = decodeReceipt(bytes, 1, bytes.length);
	if (typeof receipt === "string") return t.fail(receipt);
	t.is(hexOf(receiptEntry(receipt, 0, bytes, into).code), UNKEYED);
});

test("RECEIPT survives its codec, and arbitrary octets do no harm", (t) => {
	const u16 = fc.nat({ max: 0xffff });
	const octets = (length: number) =>
		fc
			.uint8Array({ minLength: length, maxLength: length })
			.map((bytes) => Buffer.from(bytes).toString("hex"));
	const values = fc.nat({ max: 0xff }).chain((flags) => {
		const isLong = (flags & RECEIPT_LONG_NAMES) !== 0;
		const isKeyed = (flags & RECEIPT_KEYED) !== 0;
		const entry = fc.record({
			node: octets(isLong ? 8 : 2),
			newest: u16,
			arrived: fc.nat({ max: 0xffffffff }),
			code: isKeyed ? octets(RECEIPT_CODE_BYTES) : fc.constant(UNKEYED),
		});
		const entries = fc.array(entry, { maxLength: isLong ? 6 : 8 });
		return fc.record({ sequence: u16, issue: u16, flags: fc.constant(flags), entries });
	});
	checkProperties(t, codec, RECEIPT_TYPE, values);
});
