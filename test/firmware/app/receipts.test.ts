import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import {
	decodeReceipt,
	encodeReceipt,
	encodeReceiptEntry,
	RECEIPT_BYTES,
	RECEIPT_KEYED,
	Receipt,
	ReceiptEntry,
	receiptEntry,
} from "../../../firmware/frames/cluster-receipt.js";
import { Cmac } from "../../../firmware/mac/cmac.js";
import { ReceiptCode } from "../../../firmware/mac/receipt-code.js";
import { hostCipher } from "../../../host-tools/crypto.js";
import { LossyField, SINK } from "./support/lossy-field.js";

/** The same on both sides of a link between a node and the sink, another for each node. */
function keyOf(own: number): (other: LinkAddress) => Uint8Array {
	return ({ low }) => new Uint8Array(16).fill(own === 0 ? low : own + 1);
}

/** Key of place i with the sink. */
const keyOfPlace = (i: number): Uint8Array => new Uint8Array(16).fill(i + 1);

interface Made {
	readonly issue?: number;
	readonly newest: number;
	readonly arrived: number;
	readonly key?: Uint8Array;
	readonly node?: LinkAddress;
}

/** One RECEIPT of one entry, page switch included. */
function receiptOf({ issue = 1, newest, arrived, key, node = LinkAddress.short(2) }: Made): Uint8Array {
	const receipt = new Receipt();
	receipt.issue = issue;
	receipt.flags = key === undefined ? 0 : RECEIPT_KEYED;
	receipt.entries = 1;
	const entry = new ReceiptEntry();
	entry.node.set(node);
	entry.newest = newest;
	entry.arrived = arrived;
	if (key !== undefined)
		entry.code.set(new ReceiptCode().of(new Cmac(hostCipher.key(key)), issue, entry).subarray(0, 4));
	const bytes = new Uint8Array(127);
	const at = encodeReceiptEntry(receipt, entry, bytes, encodeReceipt(receipt, bytes, 0));
	return bytes.slice(0, at);
}

function entriesOf(said: readonly Uint8Array[]): { node: string; newest: number; arrived: number }[] {
	return said.flatMap((bytes) => {
		const receipt = decodeReceipt(bytes, 1, bytes.length) as Receipt;
		return Array.from({ length: receipt.entries }, (_, i) => {
			const { node, newest, arrived } = receiptEntry(receipt, i, bytes, new ReceiptEntry());
			return { node: node.toString(), newest, arrived: arrived >>> 0 };
		});
	});
}

/** One member (place 1) under a head (place 2) that swallows what `isSwallowed` says of each reading. */
function served(readings: number, isSwallowed: (i: number) => boolean, keyed = false): LossyField {
	const field = new LossyField(2, 64, 0, keyed ? keyOf : undefined);
	for (let i = 0; i < readings; i++) {
		field.accept(1);
		field.fate = () => (isSwallowed(i) ? "swallowed" : "arrives");
		field.slot(1, 2);
	}
	field.fate = () => "arrives";
	field.forward(2);
	return field;
}

function hear(field: LossyField, bytes: Uint8Array): boolean {
	return field.places[1]!.service!.onReceipt(bytes, 1, bytes.length);
}

const confirmed = (field: LossyField): unknown[] => field.recorder.values("readingConfirmed", "sequence", 1);

for (const keyed of [false, true]) {
	test(`a receipt tells what arrived and what did not, ${keyed ? "under keys" : "without keys"}`, (t) => {
		const field = served(12, (i) => i % 4 === 1, keyed);
		const said = field.receipts(() => true);
		t.is(said.length, 1);
		t.deepEqual(entriesOf(said), [{ node: "0x0002", newest: 11, arrived: 0b101110111011 }]);
		t.deepEqual(confirmed(field), [0, 2, 3, 4, 6, 7, 8, 10, 11]);
		// Judged when the phase is over.
		t.deepEqual(
			field.judgements.filter(([, completion]) => completion >= 0),
			[],
		);
		field.slot(1, 2);
		t.deepEqual(
			field.judgements.map(([head, completion, isProven]) => [head, Math.round(completion * 255), isProven]),
			[
				...Array.from({ length: 9 }, () => ["0x0003", -255, true]),
				...Array.from({ length: 3 }, () => ["0x0003", 242, keyed]),
			],
		);
		// They went again, in that slot.
		field.forward(2);
		field.receipts(() => true);
		t.deepEqual(confirmed(field).slice(9), [1, 5, 9]);
		t.is(field.places[1]!.service!.buffer.readings.length, 0);
	});
}

test("a receipt never confirms what it does not cover", (t) => {
	const field = served(40, () => true);
	field.beginTerm();
	// All ones: readings 3 to 34 arrived, says the sink; of 0 to 2 and 35 to 39 it says nothing of the kind.
	hear(field, receiptOf({ newest: 34, arrived: -1 }));
	t.deepEqual(
		confirmed(field),
		Array.from({ length: 32 }, (_, i) => 3 + i),
	);
	field.slot(1, 2);
	// Nobody can tell of the oldest any more; those behind the newest are missing.
	t.deepEqual(
		field.recorder.of("readingAbandoned").map(({ sequence, reason }) => [sequence, reason]),
		[
			[0, "unconfirmed"],
			[1, "unconfirmed"],
			[2, "unconfirmed"],
		],
	);
	t.is(field.judgements.filter(([, completion]) => completion >= 0).length, 5);
});

test("one true receipt refutes any number of forged ones", (t) => {
	const field = served(8, () => false);
	field.beginTerm();
	for (let issue = 0; issue < 5; issue++) hear(field, receiptOf({ issue, newest: 7, arrived: 0 }));
	hear(field, receiptOf({ newest: 7, arrived: 0xff }));
	field.slot(1, 2);
	t.is(confirmed(field).length, 8);
	t.deepEqual(
		field.judgements.filter(([, completion]) => completion >= 0),
		[],
	);
	t.is(field.recorder.of("readingHandedOver", 1).length, 8);
});

test("heads are judged when the phase of receipts ends, before anybody joins one", (t) => {
	const field = served(8, () => true);
	field.beginTerm();
	hear(field, receiptOf({ newest: 7, arrived: 0 }));
	t.deepEqual(field.judgements, []);
	field.places[1]!.service!.onReceiptsEnd();
	t.is(field.judgements.length, 8);
	t.false(hear(field, receiptOf({ newest: 7, arrived: 0xff })));
});

test("a forged receipt confirms nothing that was not on the air", (t) => {
	const field = new LossyField(2, 8);
	field.accept(1);
	field.beginTerm();
	hear(field, receiptOf({ newest: 0, arrived: 1 }));
	t.deepEqual(confirmed(field), []);
});

test("outside the phase of receipts none is believed", (t) => {
	const field = served(8, () => true);
	field.beginTerm();
	field.slot(1, 2);
	t.false(hear(field, receiptOf({ newest: 7, arrived: 0xff })));
	t.deepEqual(confirmed(field), []);
	t.is(field.places[1]!.service!.receipts.untimely, 1);
});

test("under a key, forged entries, those of others' keys and those without a code are none", (t) => {
	const field = served(8, () => true, true);
	field.beginTerm();
	const right = receiptOf({ newest: 7, arrived: 0xff, key: keyOfPlace(1) });
	t.false(hear(field, receiptOf({ newest: 7, arrived: 0xff, key: keyOfPlace(2) })));
	t.false(hear(field, receiptOf({ newest: 7, arrived: 0xff })));
	t.false(hear(field, receiptOf({ newest: 7, arrived: 0, key: keyOfPlace(2) })));
	for (let bit = 0; bit < (right.length - RECEIPT_BYTES) * 8; bit++) {
		const altered = right.slice();
		altered[RECEIPT_BYTES + (bit >> 3)]! ^= 1 << (bit & 7);
		hear(field, altered);
	}
	// The issue is covered too.
	const other = right.slice();
	other[5]! ^= 1;
	t.false(hear(field, other));
	field.slot(1, 2);
	t.deepEqual(confirmed(field), []);
	t.deepEqual(field.judgements, []);
});

test("under a key an old receipt cannot be used again, not after the sink's power cycle either", (t) => {
	const field = served(8, (i) => i >= 4, true);
	const [old] = field.receipts(() => true);
	t.is(confirmed(field).length, 4);
	field.slot(1, 2);
	field.forward(2);
	field.receipts(() => true);
	t.is(confirmed(field).length, 8);
	for (let i = 0; i < 3; i++) field.accept(1);
	field.slot(1, 2);
	field.forward(2);
	field.beginTerm();
	// It says that the last three did not arrive: by its time they had not.
	t.false(hear(field, old!));
	t.is(field.places[1]!.service!.receipts.replayed, 1);
	field.slot(1, 2);
	t.is(field.judgements.filter(([, completion]) => completion >= 0).length, 4);
	field.restartSink();
	field.places[2]!.service!.held.clear();
	const again = field.receipts(() => true);
	const issues = [old!, ...again].map((bytes) => (decodeReceipt(bytes, 1, bytes.length) as Receipt).issue);
	t.true(issues[1]! > issues[0]!);
	t.is(confirmed(field).length, 11);
});

test("echoes are news once; a forged one does not keep the true one from being passed on", (t) => {
	const field = served(4, () => false);
	field.beginTerm();
	const right = receiptOf({ newest: 3, arrived: 0xf });
	t.true(hear(field, receiptOf({ newest: 3, arrived: 0 })));
	t.true(hear(field, right));
	t.false(hear(field, right));
	const strangers = receiptOf({ newest: 3, arrived: 0xf, node: LinkAddress.short(9) });
	t.true(hear(field, strangers));
	t.false(hear(field, strangers));
});

test("truncated and arbitrary receipts are refused, and do nothing", (t) => {
	const field = served(8, () => true);
	field.beginTerm();
	const right = receiptOf({ newest: 7, arrived: 0xff });
	for (let length = 2; length < right.length; length++) t.false(hear(field, right.slice(0, length)));
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 2, maxLength: 127 }), (bytes) => {
			bytes[1] = 6;
			// Not by chance ours.
			if (bytes[7]! > 0) bytes[7] = 255;
			if (hear(field, bytes)) throw new Error("taken");
		}),
		{ seed: 1 },
	);
	t.deepEqual(confirmed(field), []);
});

test("a reading that is lost again and again is given up, after five hand-overs", (t) => {
	const field = new LossyField(2, 8);
	field.accept(1);
	field.slot(1, 2);
	field.forward(2);
	field.fate = () => "swallowed";
	field.accept(1);
	for (let term = 0; term < 8; term++) {
		field.slot(1, 2);
		field.receipts(() => true);
	}
	t.is(field.recorder.of("readingHandedOver").filter(({ sequence }) => sequence === 1).length, 5);
	t.deepEqual(
		field.recorder.of("readingAbandoned").map(({ sequence, reason }) => [sequence, reason]),
		[[1, "undelivered"]],
	);
});

/** One whose first reading arrived, and who heard so; the others are its head's, and receipts reach it no more. */
function cutOff(
	readings: number,
	capacity: number,
): { field: LossyField; handedOver: (terms: number) => number } {
	const field = new LossyField(2, capacity);
	field.accept(1);
	field.slot(1, 0);
	field.receipts(() => true);
	field.fate = () => "swallowed";
	for (let i = 0; i < readings; i++) {
		field.accept(1);
		field.slot(1, 2);
	}
	const handedOver = (terms: number): number => {
		for (let term = 0; term < terms; term++) {
			field.receipts(() => false);
			field.slot(1, 2);
		}
		return field.recorder.of("readingHandedOver").length - 1;
	};
	return { field, handedOver };
}

test("what no receipt mentions is sent again after eight terms at the latest", (t) => {
	const { field, handedOver } = cutOff(1, 8);
	t.is(handedOver(8), 1);
	t.is(handedOver(1), 2);
	// Nobody said that it was missing: nobody is to blame.
	t.deepEqual(field.judgements, []);
});

test("what no receipt mentions is sent again after three terms when the buffer is more than half full", (t) => {
	const { field, handedOver } = cutOff(2, 4);
	t.is(handedOver(5), 2);
	field.accept(1);
	t.is(handedOver(1), 5);
	t.deepEqual(field.judgements, []);
});

test("what a sink that tells of others and never of us has not got is sent again, and nobody is to blame", (t) => {
	const field = new LossyField(3, 8);
	field.accept(1);
	field.fate = () => "swallowed";
	field.slot(1, 2);
	field.fate = () => "arrives";
	for (let term = 0; term < 5; term++) {
		field.accept(3);
		field.slot(3, 0);
		field.receipts(() => true);
		field.slot(1, 0);
	}
	t.deepEqual(field.judgements, []);
	field.receipts(() => true);
	t.deepEqual(confirmed(field), [0]);
});

test("what does not fit a phase is told in the next one, whoever misses readings first", (t) => {
	const field = new LossyField(60, 64);
	for (let round = 0; round < 3; round++) {
		for (let i = 2; i <= 60; i++) {
			field.accept(i);
			// The last ten lose their second reading.
			field.fate = () => (round === 1 && i > 50 ? "swallowed" : "arrives");
			field.slot(i, 0);
		}
	}
	// Room for three receipts of 13 entries.
	const first = entriesOf(field.receiptsWithin(15_000));
	t.is(first.length, 39);
	t.deepEqual(
		first.slice(0, 10).map(({ node }) => Number.parseInt(node.slice(2), 16) - 1),
		Array.from({ length: 10 }, (_, k) => 51 + k),
	);
	const second = entriesOf(field.receiptsWithin(15_000));
	const told = new Set([...first, ...second].map(({ node }) => node));
	t.is(told.size, 59);
});

test("those with a key and those without are told apart", (t) => {
	const field = new LossyField(
		3,
		8,
		0,
		(own) => (other) => (own === 2 || other.low === 3 ? undefined : keyOf(own)(other)),
	);
	for (let i = 1; i <= 3; i++) {
		field.accept(i);
		field.slot(i, 0);
	}
	const said = field.receipts(() => true);
	t.deepEqual(said.map((bytes) => (decodeReceipt(bytes, 1, bytes.length) as Receipt).flags).sort(), [
		0,
		RECEIPT_KEYED,
	]);
	t.is(field.recorder.of("readingConfirmed").length, 3);
	t.is(SINK.low, 1);
});
