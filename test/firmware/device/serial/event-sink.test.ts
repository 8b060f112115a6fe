import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../../firmware/address.js";
import { eventSinkOf, nodeEventSink } from "../../../../firmware/device/serial/event-sink.js";
import { type EventTable, type FieldKind, NODE_EVENTS } from "../../../../firmware/events.js";
import { CborWriter } from "../../../../firmware/frames/cbor.js";
import { LogWriter } from "../../../../host-tools/trace/log-writer.js";

type Methods = Record<string, (...fields: unknown[]) => void>;

const VALUES: Record<FieldKind, fc.Arbitrary<unknown>> = {
	uint: fc.oneof(fc.nat(300), fc.maxSafeNat()),
	int: fc.maxSafeInteger(),
	float: fc.double(),
	text: fc.string({ unit: "grapheme", maxLength: 40 }),
	bytes: fc.uint8Array({ maxLength: 127 }),
	address: fc.oneof(
		fc.constant(new LinkAddress()),
		fc.nat(0xffff).map((short) => LinkAddress.short(short)),
		fc.tuple(fc.maxSafeInteger(), fc.maxSafeInteger()).map(([h, l]) => LinkAddress.extended(h | 0, l | 0)),
	),
};

/** Every event of the table, with values of each field's kind. */
const EVENTS = fc.oneof(
	...Object.entries(NODE_EVENTS as EventTable).map(([name, { fields }]) =>
		fc.tuple(fc.constant(name), fc.tuple(...fields.map(([, kind]) => VALUES[kind]))),
	),
);

test("an encoded event is the item that a log has for it, octet by octet", (t) => {
	const cbor = new CborWriter(new Uint8Array(1024));
	let encoded: Uint8Array | undefined;
	const sink = nodeEventSink({
		begin: () => cbor.reset(cbor.buffer),
		end: () => {
			t.false(cbor.overflowed);
			encoded = cbor.buffer.slice(0, cbor.length);
		},
	}) as unknown as Methods;
	fc.assert(
		fc.property(EVENTS, ([name, fields]) => {
			const chunks: Uint8Array[] = [];
			const log = new LogWriter(NODE_EVENTS, { write: (chunk) => chunks.push(chunk.slice()) });
			log.finish();
			const head = Buffer.concat(chunks).length;
			(log.sink as unknown as Methods)[name]!(...fields);
			log.finish();
			sink[name]!(...fields);
			t.deepEqual(Buffer.from(encoded!), Buffer.concat(chunks).subarray(head));
		}),
	);
});

test("two sinks of one table do not share their takers", (t) => {
	const heard: string[] = [];
	const taker = (name: string) => {
		const cbor = new CborWriter(new Uint8Array(64));
		return { begin: () => cbor.reset(cbor.buffer), end: () => heard.push(`${name} ${cbor.length}`) };
	};
	const a = nodeEventSink(taker("a"));
	const b = nodeEventSink(taker("b"));
	a.datagramForwarded(1, 2, 3);
	b.datagramForwarded(1, 2, 1000);
	t.deepEqual(heard, ["a 5", "b 7"]);
});

test("an integer that is none is encoded as what it is, and nothing throws", (t) => {
	const cbor = new CborWriter(new Uint8Array(64));
	const sink = nodeEventSink({ begin: () => cbor.reset(cbor.buffer), end: () => {} });
	sink.datagramForwarded(-1, 1.5, Number.NaN);
	t.is(Buffer.from(cbor.buffer.subarray(0, cbor.length)).toString("hex"), "840420f93e00f97e00");
});

test("an event of more fields than the methods take is refused when its table is read", (t) => {
	const fields = Array.from({ length: 9 }, (_, i) => [`f${i}`, "uint"] as const);
	t.throws(() => eventSinkOf({ wide: { code: 1, fields } }), {
		instanceOf: RangeError,
		message: "eventSinkOf: expected up to 8 fields in wide, got 9",
	});
});
