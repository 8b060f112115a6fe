import test from "ava";
import fc from "fast-check";
import { recordCheck, Slip, SlipReader } from "../../../../firmware/device/serial/slip.js";

const MAX = 64;

/** A record as it goes on the line, framed independently of the code under test. */
function framed(record: Uint8Array): number[] {
	const check = recordCheck(record, 0, record.length);
	const line: number[] = [Slip.end];
	for (const octet of [...record, check & 0xff, check >>> 8]) {
		if (octet === 0xc0) line.push(0xdb, 0xdc);
		else if (octet === 0xdb) line.push(0xdb, 0xdd);
		else line.push(octet);
	}
	return [...line, Slip.end];
}

function reader() {
	const records: string[] = [];
	const slip = new SlipReader(MAX, (bytes, length) =>
		records.push(Buffer.from(bytes.subarray(0, length)).toString("hex")),
	);
	const push = (octets: readonly number[]): void => slip.push(Uint8Array.from(octets), 0, octets.length);
	return { slip, records, push };
}

const RECORD = fc.uint8Array({ minLength: 1, maxLength: MAX });

test("the check is CRC-16/X-25, whose published check value is 0x906e", (t) => {
	t.is(recordCheck(Buffer.from("123456789"), 0, 9), 0x906e);
});

test("records come through whole, in pieces of any size", (t) => {
	fc.assert(
		fc.property(fc.array(RECORD, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (sent, pieceBytes) => {
			const { slip, records, push } = reader();
			const line = sent.flatMap(framed);
			for (let at = 0; at < line.length; at += pieceBytes) push(line.slice(at, at + pieceBytes));
			t.deepEqual(
				records,
				sent.map((record) => Buffer.from(record).toString("hex")),
			);
			t.is(slip.spoiled, 0);
		}),
	);
});

test("whatever comes before, the record after the next END is read", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 300 }), RECORD, (garbage, record) => {
			const { records, push } = reader();
			push([...garbage]);
			push(framed(record));
			t.is(records.at(-1), Buffer.from(record).toString("hex"));
		}),
	);
});

test("a record with one octet changed is not taken", (t) => {
	fc.assert(
		fc.property(RECORD, fc.nat(), fc.integer({ min: 1, max: 255 }), (record, place, change) => {
			const line = framed(record);
			line[1 + (place % (line.length - 2))]! ^= change;
			const { records, push } = reader();
			push(line);
			t.false(records.includes(Buffer.from(record).toString("hex")));
		}),
	);
});

test("a record that is too long, one that ends within an escape and a wrong escape are counted, each once", (t) => {
	const { slip, records, push } = reader();
	push(framed(new Uint8Array(MAX + 1)));
	t.is(slip.spoiled, 1);
	push([Slip.end, 1, 2, 3, 4, Slip.escape, Slip.end]);
	t.is(slip.spoiled, 2);
	push([Slip.end, 1, Slip.escape, 1, 2, 3, Slip.end]);
	t.is(slip.spoiled, 3);
	push([Slip.end, 0x6e, 0x90, Slip.end]);
	t.is(slip.spoiled, 4);
	t.deepEqual(records, []);
	push(framed(new Uint8Array(MAX)));
	t.is(records.length, 1);
});
