import test from "ava";
import { decode } from "cbor-x";
import fc from "fast-check";
import { CborWriter } from "../../../firmware/frames/cbor.js";
import { CborReader } from "../../../firmware/frames/cbor-reader.js";

/** RFC 8949, appendix A: those within 53 bits, of definite length. */
const NUMBERS: readonly (readonly [number, string])[] = [
	[0, "00"],
	[1, "01"],
	[10, "0a"],
	[23, "17"],
	[24, "1818"],
	[25, "1819"],
	[100, "1864"],
	[1000, "1903e8"],
	[1000000, "1a000f4240"],
	[1000000000000, "1b000000e8d4a51000"],
	[-1, "20"],
	[-10, "29"],
	[-100, "3863"],
	[-1000, "3903e7"],
	[-0, "f98000"],
	[1.1, "fb3ff199999999999a"],
	[1.5, "f93e00"],
	[1.0e300, "fb7e37e43c8800759c"],
	[2 ** -24, "f90001"],
	[2 ** -14, "f90400"],
	[-4.1, "fbc010666666666666"],
	[Number.POSITIVE_INFINITY, "f97c00"],
	[Number.NaN, "f97e00"],
	[Number.NEGATIVE_INFINITY, "f9fc00"],
];
const FLOATS: readonly (readonly [number, string])[] = [
	[0, "f90000"],
	[1, "f93c00"],
	[65504, "f97bff"],
	[100000, "fa47c35000"],
	[3.4028234663852886e38, "fa7f7fffff"],
	[-4, "f9c400"],
];
const TEXTS: readonly (readonly [string, string])[] = [
	["", "60"],
	["a", "6161"],
	["IETF", "6449455446"],
	['"\\', "62225c"],
	["\u00fc", "62c3bc"],
	["\u6c34", "63e6b0b4"],
	["\ud800\udd51", "64f0908591"],
];

function written(write: (writer: CborWriter) => void): string {
	const writer = new CborWriter(new Uint8Array(64));
	write(writer);
	return Buffer.from(writer.buffer.subarray(0, writer.length)).toString("hex");
}

function reader(hex: string): CborReader {
	const bytes = Buffer.from(hex, "hex");
	return new CborReader(bytes, 0, bytes.length);
}

test("numbers of RFC 8949 appendix A, both ways", (t) => {
	for (const [value, hex] of NUMBERS) {
		t.is(
			written((w) => w.number(value)),
			hex,
		);
		t.is(reader(hex).number(), value);
	}
	for (const [value, hex] of FLOATS) {
		t.is(
			written((w) => w.float(value)),
			hex,
		);
		t.is(reader(hex).number(), value);
	}
});

test("texts of RFC 8949 appendix A, both ways", (t) => {
	for (const [value, hex] of TEXTS) {
		t.is(
			written((w) => w.text(value)),
			hex,
		);
		t.is(reader(hex).text(), value);
	}
});

test("other items of RFC 8949 appendix A", (t) => {
	const nested = written((w) => {
		w.array(3);
		w.uint(1);
		w.array(2);
		w.uint(2);
		w.uint(3);
		w.array(2);
		w.uint(4);
		w.uint(5);
	});
	t.is(nested, "8301820203820405");
	const map = written((w) => {
		w.map(2);
		w.uint(1);
		w.uint(2);
		w.uint(3);
		w.uint(4);
	});
	t.is(map, "a201020304");
	t.is(
		written((w) => w.bytes(Uint8Array.of(1, 2, 3, 4))),
		"4401020304",
	);
	t.deepEqual(Buffer.from(reader("4401020304").bytes() ?? []), Buffer.from([1, 2, 3, 4]));
	t.is(
		written((w) => w.boolean(false)),
		"f4",
	);
	t.true(reader("f5").boolean());
	t.is(
		written((w) => w.null()),
		"f6",
	);
	const tagged = written((w) => {
		w.tag(1);
		w.uint(1363896240);
	});
	t.is(tagged, "c11a514b67b0");
});

test("a reader passes over every item of appendix A that it does not want", (t) => {
	const skipped = [
		"c249010000000000000000",
		"f0",
		"f8ff",
		"d74401020304",
		"826161a161626163",
		"9f018202039f0405ffff",
		"bf61610161629f0203ffff",
		"a26161016162820203",
	];
	for (const hex of skipped) {
		const r = reader(`${hex}07`);
		r.skip();
		t.is(r.number(), 7, hex);
		t.false(r.failed, hex);
	}
	for (const hex of ["1bffffffffffffffff", "5f42010243030405ff", "ff", "1c", "df", "62ff", "1f", ""]) {
		const r = reader(hex);
		r.skip();
		t.true(r.failed, hex);
	}
});

test("a float has the shortest form that keeps its value", (t) => {
	const anyFloat = fc.oneof(
		fc.double(),
		fc.float(),
		fc.integer().map((n) => n / 16384),
	);
	fc.assert(
		fc.property(anyFloat, (value) => {
			const hex = written((w) => w.float(value));
			const length = hex.length / 2;
			t.true(Object.is(reader(hex).number(), value), `${value}`);
			t.true(Object.is(decode(Buffer.from(hex, "hex")), value), `${value}`);
			if (!Number.isNaN(value)) t.is(length > 5, Math.fround(value) !== value, `${value}`);
		}),
	);
	// Every half-precision number keeps to three octets.
	for (let half = 0; half < 0x10000; half++) {
		const value = reader(`f9${half.toString(16).padStart(4, "0")}`).number();
		const hex = written((w) => w.float(value));
		if (hex.length !== 6 || !Object.is(reader(hex).number(), value)) t.fail(`${half}: ${hex}`);
	}
});

test("what the writer writes, cbor-x reads", (t) => {
	const item = fc.oneof(fc.maxSafeInteger(), fc.double(), fc.string({ unit: "binary" }), fc.uint8Array());
	fc.assert(
		fc.property(fc.array(item), (items) => {
			const writer = new CborWriter(new Uint8Array(4096));
			writer.array(items.length);
			for (const value of items) {
				if (typeof value === "number") writer.number(value);
				else if (typeof value === "string") writer.text(value);
				else writer.bytes(value);
			}
			const read = decode(writer.buffer.subarray(0, writer.length)) as unknown[];
			t.deepEqual(
				read.map((value) => (typeof value === "bigint" ? Number(value) : value)).map(plain),
				items.map(plain),
			);
		}),
	);
});

function plain(value: unknown): unknown {
	return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
}

test("a writer over a short buffer counts on and writes nothing past the end", (t) => {
	const memory = new Uint8Array(8);
	const writer = new CborWriter(memory.subarray(0, 4));
	writer.text("abcdef");
	t.is(writer.length, 7);
	t.true(writer.overflowed);
	t.deepEqual([...memory.subarray(4)], [0, 0, 0, 0]);
});

test("random bytes never throw, and reading ends", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
			const r = new CborReader(bytes, 0, bytes.length);
			while (r.peek() !== undefined) r.skip();
			t.true(r.failed || r.offset === bytes.length);
		}),
	);
	const deep = new Uint8Array(10_000).fill(0x81);
	const r = new CborReader(deep, 0, deep.length);
	r.skip();
	t.true(r.failed);
});
