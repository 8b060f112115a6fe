import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import type { EventTable, Field, FieldKind } from "../../../firmware/events.js";
import { CborWriter } from "../../../firmware/frames/cbor.js";
import { EventEncoder } from "../../../host-tools/trace/event-encoder.js";

/** Fields of these kinds, one after the other. */
const fields = (...kinds: FieldKind[]): Field[] => kinds.map((kind, i) => [`field${i}`, kind]);
const uints = (count: number): FieldKind[] => new Array<FieldKind>(count).fill("uint");

const TABLE: EventTable = {
	bare: { code: 7, fields: [] },
	...Object.fromEntries(
		[1, 2, 3, 4, 5, 6, 7, 8].map((count) => [
			`of${count}`,
			{ code: count + 20, fields: fields(...uints(count)) },
		]),
	),
	signed: { code: 255, fields: fields("int", "uint", "int") },
	frame: { code: 256, fields: fields("uint", "uint", "uint", "int", "bytes") },
	fragment: { code: 65535, fields: fields("uint", "uint", "address", "uint", "int", "uint") },
	another: { code: 65536, fields: fields("uint", "address", "uint", "uint", "uint", "uint") },
	text: { code: 9, fields: fields("text") },
	every: { code: 300, fields: fields("uint", "int", "bytes", "address", "text", "float", "uint", "bytes") },
};

/** Both sides of every length of an integer. */
const EDGES = [0, 23, 24, 255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
const uint = fc.oneof(fc.constantFrom(...EDGES), fc.maxSafeNat());
const VALUES: Readonly<Record<FieldKind, fc.Arbitrary<unknown>>> = {
	uint,
	int: fc.oneof(
		uint,
		uint.map((value) => -value),
	),
	bytes: fc.uint8Array({ maxLength: 300, size: "max" }),
	address: fc.oneof(
		fc.constant(new LinkAddress()),
		fc.nat(0xffff).map((low) => LinkAddress.short(low)),
		fc.tuple(fc.integer(), fc.integer()).map(([high, low]) => LinkAddress.extended(high, low)),
	),
	text: fc.oneof(
		fc.string({ maxLength: 40, size: "max" }),
		fc.string({ unit: "binary", maxLength: 40, size: "max" }),
		fc.constantFrom("a".repeat(23), "a".repeat(24), "ü", "a\u{1f4e1}"),
	),
	float: fc.double(),
};
const event = fc.constantFrom(...Object.keys(TABLE)).chain((name) => {
	const values = TABLE[name]!.fields.map(([, kind]) => VALUES[kind]);
	return fc.tuple(fc.constant(name), fc.tuple(...values));
});

type Sink = Record<string, (...values: unknown[]) => void>;
type Encoder = { readonly encoder: EventEncoder; readonly sink: Sink; readonly chunks: Buffer[] };

function makeEncoder(chunkBytes: number): Encoder {
	const chunks: Buffer[] = [];
	const encoder = new EventEncoder(chunkBytes, (chunk) => chunks.push(Buffer.from(chunk)));
	return { encoder, sink: encoder.sinkOf(TABLE) as unknown as Sink, chunks };
}

/** Writes a field as the firmware's writer of CBOR does. */
function put(cbor: CborWriter, kind: FieldKind, value: unknown): void {
	if (kind !== "address") {
		(cbor[kind] as (value: unknown) => void).call(cbor, value);
		return;
	}
	const octets = new Uint8Array(8);
	const length = (value as LinkAddress).writeLittleEndian(octets, 0);
	cbor.bytes(octets.subarray(0, length).reverse());
}

test("events are encoded as the firmware's CBOR writer does, whatever the size of the buffer", (t) => {
	fc.assert(
		fc.property(
			fc.array(event, { maxLength: 40, size: "max" }),
			fc.integer({ min: 1, max: 1000 }),
			(events, chunkBytes) => {
				const { encoder, sink, chunks } = makeEncoder(chunkBytes);
				const cbor = new CborWriter(new Uint8Array(1 << 16));
				for (const [name, values] of events) {
					sink[name]!(...values);
					const { code, fields } = TABLE[name]!;
					cbor.array(fields.length + 1);
					cbor.uint(code);
					for (const [i, [, kind]] of fields.entries()) put(cbor, kind, values[i]);
				}
				encoder.flush();
				t.deepEqual(Buffer.concat(chunks), Buffer.from(cbor.buffer.subarray(0, cbor.length)));
			},
		),
		{ numRuns: 300 },
	);
});

test("an integer that is none, or is negative and unsigned, is named by its field in every event", (t) => {
	const { sink } = makeEncoder(1000);
	const fitting = {
		uint: 1,
		int: 1,
		float: 1,
		text: "",
		bytes: new Uint8Array(0),
		address: new LinkAddress(),
	};
	for (const [name, { fields }] of Object.entries(TABLE)) {
		for (const [i, [field, kind]] of fields.entries()) {
			if (kind !== "uint" && kind !== "int") continue;
			for (const wrong of [0.5, Number.NaN, 2 ** 53, "1", undefined, ...(kind === "uint" ? [-1] : [])]) {
				const values: unknown[] = fields.map(([, other]) => fitting[other]);
				values[i] = wrong;
				const expected = `LogWriter: expected ${name}.${field} to be an ${kind === "uint" ? "unsigned " : ""}integer`;
				t.throws(() => sink[name]!(...values), {
					instanceOf: RangeError,
					message: `${expected}, got ${wrong}`,
				});
			}
		}
	}
});

test("octets that are encoded already lie between the events as they are, long ones too", (t) => {
	const { encoder, sink, chunks } = makeEncoder(200);
	const long = new Uint8Array(1000).fill(0xf6);
	encoder.raw(Uint8Array.of(0xf5));
	sink["bare"]!();
	encoder.raw(long);
	sink["bare"]!();
	encoder.flush();
	t.is(Buffer.concat(chunks).toString("hex"), `f58107${"f6".repeat(1000)}8107`);
	t.true(chunks.every(({ length }) => length > 0));
});
