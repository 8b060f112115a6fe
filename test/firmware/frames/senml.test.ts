import test from "ava";
import { decode } from "cbor-x";
import fc from "fast-check";
import {
	decodeSenml,
	encodeSenml,
	resolveSenml,
	type SenmlPack,
	type SenmlRecord,
	senmlLength,
} from "../../../firmware/frames/senml.js";

/** RFC 8428, section 6: the pack of section 5.1.2 in CBOR, base fields first. */
const RFC_PACK = Buffer.from(
	`87 a7 21 78 1b 75 72 6e 3a 64 65 76 3a 6f 77 3a 31 30 65 32 30 37 33 61 30 31 30 38 30 30 36 3a
	22 fb 41 d3 03 a1 5b 00 10 62 23 61 41 20 05 00 67 76 6f 6c 74 61 67 65 01 61 56 02 fb 40 5e 06 66 66 66 66 66
	a3 00 67 63 75 72 72 65 6e 74 06 24 02 fb 3f f3 33 33 33 33 33 33
	a3 00 67 63 75 72 72 65 6e 74 06 23 02 fb 3f f4 cc cc cc cc cc cd
	a3 00 67 63 75 72 72 65 6e 74 06 22 02 fb 3f f6 66 66 66 66 66 66
	a3 00 67 63 75 72 72 65 6e 74 06 21 02 f9 3e 00
	a3 00 67 63 75 72 72 65 6e 74 06 20 02 fb 3f f9 99 99 99 99 99 9a
	a3 00 67 63 75 72 72 65 6e 74 06 00 02 fb 3f fb 33 33 33 33 33 33`.replace(/\s/g, ""),
	"hex",
);
const RFC_RECORDS: SenmlRecord[] = [
	{
		baseName: "urn:dev:ow:10e2073a0108006:",
		baseTime: 1276020076.001,
		baseUnit: "A",
		baseVersion: 5,
		name: "voltage",
		unit: "V",
		value: 120.1,
	},
	{ name: "current", time: -5, value: 1.2 },
	{ name: "current", time: -4, value: 1.3 },
	{ name: "current", time: -3, value: 1.4 },
	{ name: "current", time: -2, value: 1.5 },
	{ name: "current", time: -1, value: 1.6 },
	{ name: "current", time: 0, value: 1.7 },
];

function bytesOf(records: SenmlRecord[]): Uint8Array {
	const bytes = new Uint8Array(senmlLength(records));
	encodeSenml(records, bytes, 0);
	return bytes;
}

test("the pack of RFC 8428 section 6 decodes", (t) => {
	t.deepEqual(decodeSenml(RFC_PACK, 0, RFC_PACK.length), { records: RFC_RECORDS, next: RFC_PACK.length });
});

test("the same pack encodes to as many octets, with its keys in deterministic order", (t) => {
	const bytes = bytesOf(RFC_RECORDS);
	t.is(bytes.length, RFC_PACK.length);
	t.deepEqual(decode(bytes), decode(RFC_PACK));
	t.is(Buffer.from(bytes.subarray(0, 12)).toString("hex"), "87a70067766f6c7461676501");
});

test("base fields hold for the records that follow (RFC 8428, section 4.6)", (t) => {
	const [voltage, current] = resolveSenml(RFC_RECORDS);
	t.deepEqual(voltage, {
		name: "urn:dev:ow:10e2073a0108006:voltage",
		unit: "V",
		value: 120.1,
		time: 1276020076.001,
	});
	t.deepEqual(current, {
		name: "urn:dev:ow:10e2073a0108006:current",
		unit: "A",
		value: 1.2,
		time: 1276020071.001,
	});
	const based = resolveSenml([
		{ baseName: "n1:", baseValue: 20 },
		{ name: "t", value: 1.5 },
		{ baseName: "n2:", name: "s", stringValue: "on" },
	]);
	t.deepEqual(
		based.map(({ name, value, stringValue }) => [name, value, stringValue]),
		[
			["n1:", 20, undefined],
			["n1:t", 21.5, undefined],
			["n2:s", undefined, "on"],
		],
	);
});

test("packs come back as they were, and cbor-x reads the same", (t) => {
	const record = fc.record(
		{
			baseName: fc.string(),
			baseTime: fc.double({ noNaN: true }),
			name: fc.string({ unit: "grapheme" }),
			unit: fc.string(),
			value: fc.oneof(fc.double(), fc.maxSafeInteger()),
			time: fc.integer(),
			stringValue: fc.string(),
			booleanValue: fc.boolean(),
			dataValue: fc.uint8Array(),
			updateTime: fc.nat(),
		},
		{ requiredKeys: [] },
	);
	fc.assert(
		fc.property(fc.array(record), fc.nat(5), (records, offset) => {
			const bytes = new Uint8Array(offset + senmlLength(records));
			t.is(encodeSenml(records, bytes, offset), bytes.length);
			const pack = decodeSenml(bytes, offset, bytes.length) as SenmlPack;
			t.deepEqual(pack.records, records as SenmlRecord[]);
			t.is(pack.next, bytes.length);
			const second = decode(bytes.subarray(offset)) as Record<string, unknown>[];
			t.deepEqual(
				second.map((map) => (typeof map["2"] === "bigint" ? Number(map["2"]) : map["2"])),
				records.map((given) => given.value),
			);
		}),
	);
});

test("an indefinite array is a pack too", (t) => {
	const bytes = Buffer.from("9fa20061740218 15ffff".replace(/ /g, ""), "hex");
	t.deepEqual(decodeSenml(bytes, 0, bytes.length), { records: [{ name: "t", value: 21 }], next: 9 });
});

test("what must be understood is refused, the rest is passed over", (t) => {
	const must = Buffer.from("81a26161 5f".replace(/ /g, ""), "hex");
	t.is(decodeSenml(must, 0, must.length), "senml-malformed");
	const underscore = Buffer.from("81a262615f010201", "hex");
	t.is(decodeSenml(underscore, 0, underscore.length), "senml-unknown-field");
	const unknown = Buffer.from("81a3616101186302 0203".replace(/ /g, ""), "hex");
	t.deepEqual(decodeSenml(unknown, 0, unknown.length), { records: [{ value: 3 }], next: unknown.length });
	const version = bytesOf([{ baseVersion: 11, value: 1 }]);
	t.is(decodeSenml(version, 0, version.length), "senml-version");
});

test("a pack cut anywhere is malformed, and random bytes never throw", (t) => {
	for (let end = 0; end < RFC_PACK.length; end++) t.is(decodeSenml(RFC_PACK, 0, end), "senml-malformed");
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 48 }), (bytes) => {
			const result = decodeSenml(bytes, 0, bytes.length);
			t.true(typeof result === "string" || result.next <= bytes.length);
		}),
	);
});

test("a short buffer is the caller's mistake, and says what it takes", (t) => {
	const error = t.throws(() => encodeSenml(RFC_RECORDS, new Uint8Array(10), 0), { instanceOf: RangeError });
	t.regex(error.message, new RegExp(`room for ${RFC_PACK.length} octets, got 10`));
});
