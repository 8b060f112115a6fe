import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import type { EventTable } from "../../../firmware/events.js";
import { CborWriter } from "../../../firmware/frames/cbor.js";
import { EventEncoder } from "../../../host-tools/trace/event-encoder.js";

const TABLE = {
	every: {
		code: 300,
		fields: [
			["time", "uint"],
			["level", "int"],
			["octets", "bytes"],
			["source", "address"],
			["text", "text"],
			["value", "float"],
			["last", "uint"],
			["again", "bytes"],
		],
	},
	bare: { code: 7, fields: [] },
	short: { code: 24, fields: [["text", "text"]] },
} as const satisfies EventTable;

/** Both sides of every length of an integer. */
const EDGES = [0, 23, 24, 255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
const uint = fc.oneof(fc.constantFrom(...EDGES), fc.maxSafeNat());
const int = fc.oneof(
	uint,
	uint.map((value) => -value),
);
const octets = fc.uint8Array({ maxLength: 300, size: "max" });
const text = fc.oneof(
	fc.string({ maxLength: 40, size: "max" }),
	fc.string({ unit: "binary", maxLength: 40, size: "max" }),
	fc.constantFrom("a".repeat(23), "a".repeat(24), "ü", "a\u{1f4e1}"),
);
const address = fc.oneof(
	fc.constant(new LinkAddress()),
	fc.nat(0xffff).map((low) => LinkAddress.short(low)),
	fc.tuple(fc.integer(), fc.integer()).map(([high, low]) => LinkAddress.extended(high, low)),
);
const every = fc.tuple(uint, int, octets, address, text, fc.double(), uint, octets);
type Every = typeof every extends fc.Arbitrary<infer V> ? V : never;
type Happening = { readonly every: Every } | { readonly short: string } | "bare";
const happenings = fc.array(
	fc.oneof<fc.Arbitrary<Happening>[]>(
		every.map((fields) => ({ every: fields })),
		text.map((short) => ({ short })),
		fc.constant("bare"),
	),
	{ maxLength: 40, size: "max" },
);

/** The same with the firmware's writer, item by item. */
function expected(events: readonly Happening[]): Buffer {
	const cbor = new CborWriter(new Uint8Array(1 << 17));
	for (const event of events) {
		if (event === "bare") {
			cbor.array(1);
			cbor.uint(7);
		} else if ("short" in event) {
			cbor.array(2);
			cbor.uint(24);
			cbor.text(event.short);
		} else {
			const [time, level, first, source, name, value, last, again] = event.every;
			cbor.array(9);
			cbor.uint(300);
			cbor.uint(time);
			cbor.int(level);
			cbor.bytes(first);
			const reversed = new Uint8Array(8);
			const length = source.writeLittleEndian(reversed, 0);
			cbor.bytes(reversed.subarray(0, length).reverse());
			cbor.text(name);
			cbor.float(value);
			cbor.uint(last);
			cbor.bytes(again);
		}
	}
	return Buffer.from(cbor.buffer.subarray(0, cbor.length));
}

test("events are encoded as the firmware's CBOR writer does, whatever the size of the buffer", (t) => {
	fc.assert(
		fc.property(happenings, fc.integer({ min: 1, max: 1000 }), (events, chunkBytes) => {
			const chunks: Buffer[] = [];
			const encoder = new EventEncoder(chunkBytes, (chunk) => chunks.push(Buffer.from(chunk)));
			const sink = encoder.sinkOf(TABLE);
			for (const event of events) {
				if (event === "bare") sink.bare();
				else if ("short" in event) sink.short(event.short);
				else sink.every(...event.every);
			}
			encoder.flush();
			t.deepEqual(Buffer.concat(chunks), expected(events));
		}),
		{ numRuns: 300 },
	);
});

test("octets that are encoded already lie between the events as they are, long ones too", (t) => {
	const chunks: Buffer[] = [];
	const encoder = new EventEncoder(200, (chunk) => chunks.push(Buffer.from(chunk)));
	const { bare } = encoder.sinkOf(TABLE);
	const long = new Uint8Array(1000).fill(0xf6);
	encoder.raw(Uint8Array.of(0xf5));
	bare();
	encoder.raw(long);
	bare();
	encoder.flush();
	const whole = Buffer.concat(chunks);
	t.is(whole.toString("hex"), `f58107${"f6".repeat(1000)}8107`);
	t.true(chunks.every(({ length }) => length > 0));
});
