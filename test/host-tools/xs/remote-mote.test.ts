import test from "ava";
import fc from "fast-check";
import { LinkAddress } from "../../../firmware/address.js";
import { nodeEventSink } from "../../../firmware/device/serial/event-sink.js";
import { type EventType, type FieldKind, NODE_EVENTS, type NodeEvents } from "../../../firmware/events.js";
import { CborWriter } from "../../../firmware/frames/cbor.js";
import { CborReader } from "../../../firmware/frames/cbor-reader.js";
import { EventDecoder } from "../../../host-tools/xs/event-decoder.js";
import { writePlain } from "../../../host-tools/xs/plain-data.js";
import { XsMotes } from "../../../host-tools/xs/xs-motes.js";
import { readPlain } from "../../xs/machine/plain-data.js";
import { logged, same } from "../../xs/support/equality.js";
import { LocalMachine } from "./local-machine.js";

test("a simulation cannot tell motes behind messages from its own", async (t) => {
	const set = [
		"durationS=30",
		"traffic[0].stopS=28",
		"reassembly.policy=predictive-csm-keyed",
		"attacks[0].kind=early-injection",
		"lifecycle.reboots.count=3",
		"node.clockDriftPpm=40",
	];
	const v8 = await logged("lab-25", set);
	const every = (kept: (node: number) => boolean) => new XsMotes(kept, () => new LocalMachine());
	same(
		t,
		await logged(
			"lab-25",
			set,
			every(() => true),
		),
		v8,
		["nodeStopped reboot", "contextClosed completed"],
	);
	same(
		t,
		await logged(
			"lab-25",
			set,
			every((node) => node % 3 === 0),
		),
		v8,
	);
});

test("plain data comes out of a machine's messages as it went in, without what is absent", (t) => {
	const scalar = fc.oneof(
		fc.double(),
		fc.maxSafeInteger(),
		fc.string({ unit: "binary" }),
		fc.boolean(),
		fc.constant(null),
		fc.uint8Array(),
	);
	const plain = fc.letrec((tie) => ({
		value: fc.oneof(
			scalar,
			fc.array(tie("value"), { maxLength: 3 }),
			fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), tie("value"), { maxKeys: 4, noNullPrototype: true }),
		),
	})).value;
	fc.assert(
		fc.property(plain, (value) => {
			const cbor = new CborWriter(new Uint8Array(1 << 16));
			writePlain(cbor, value);
			t.false(cbor.overflowed);
			const reader = new CborReader(cbor.buffer, 0, cbor.length);
			t.deepEqual(readPlain(reader, cbor.buffer), value);
			t.is(reader.offset, cbor.length);
			t.false(reader.failed);
		}),
	);
	const cbor = new CborWriter(new Uint8Array(64));
	writePlain(cbor, { a: undefined, b: 1 });
	t.deepEqual(readPlain(new CborReader(cbor.buffer, 0, cbor.length), cbor.buffer), { b: 1 });
});

const VALUES: Readonly<Record<FieldKind, fc.Arbitrary<unknown>>> = {
	uint: fc.maxSafeNat(),
	int: fc.maxSafeInteger(),
	float: fc.double(),
	text: fc.string({ unit: "binary" }),
	bytes: fc.uint8Array(),
	address: fc.oneof(
		fc.constant(new LinkAddress()),
		fc.nat(0xffff).map((short) => LinkAddress.short(short)),
		fc.tuple(fc.integer(), fc.integer()).map(([high, low]) => LinkAddress.extended(high, low)),
	),
};

for (const [name, { fields }] of Object.entries<EventType>(NODE_EVENTS)) {
	test(`${name} is told with the fields that it had`, (t) => {
		const cbor = new CborWriter(new Uint8Array(1 << 16));
		const told: unknown[][] = [];
		const taker = { begin: () => cbor.reset(cbor.buffer), end: () => {} };
		const encoder = nodeEventSink(taker) as unknown as Record<string, (...values: unknown[]) => void>;
		const decoder = new EventDecoder({
			[name]: (...values: unknown[]) => told.push(values),
		} as unknown as NodeEvents);
		fc.assert(
			fc.property(fc.tuple(...fields.map(([, kind]) => VALUES[kind])), (values) => {
				encoder[name]!(...values);
				decoder.take(new CborReader(cbor.buffer, 0, cbor.length));
				t.deepEqual(told.pop(), values);
			}),
			{ numRuns: 30 },
		);
	});
}
