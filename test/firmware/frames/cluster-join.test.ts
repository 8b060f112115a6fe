import test from "ava";
import fc from "fast-check";
import {
	AS_INTERMEDIARY,
	CLASHES,
	decodeJoin,
	encodeJoin,
	INTERMEDIARY_JOIN_BYTES,
	JOIN_BYTES,
	JOIN_TYPE,
	Join,
} from "../../../firmware/frames/cluster-join.js";
import { bytesOf } from "./bytes-of.js";
import { checkProperties, checkVector, type MessageCodec } from "./codec-checks.js";

type Value = Record<"flags" | "charge" | "round" | "turns", number>;

const codec: MessageCodec<Value> = {
	truncated: "join-truncated",
	otherType: "join-type",
	encode: (value, bytes, offset) => encodeJoin(Object.assign(new Join(), value), bytes, offset),
	decode(bytes, offset, end) {
		const found = decodeJoin(bytes, offset, end);
		return typeof found === "string" ? found : { ...found };
	},
};

test("JOIN, both ways", (t) => {
	const octets = bytesOf(`
		ff 04          // page 15, JOIN
		02             // another head has the same section
		7b             // charge 123
		fff0           // round 65,520
	`);
	t.is(octets.length, JOIN_BYTES);
	checkVector(t, codec, octets, { flags: CLASHES, charge: 123, round: 0xfff0, turns: 0 });
});

test("JOIN to an intermediary, both ways", (t) => {
	const octets = bytesOf(`
		ff 04          // page 15, JOIN
		01             // as intermediary
		7b             // charge 123
		fff0           // round 65,520
		80000005       // turns 0, 2 and 31
	`);
	t.is(octets.length, INTERMEDIARY_JOIN_BYTES);
	const value = { flags: AS_INTERMEDIARY, charge: 123, round: 0xfff0, turns: 0x80000005 | 0 };
	const bytes = new Uint8Array(INTERMEDIARY_JOIN_BYTES + 4);
	t.is(codec.encode(value, bytes, 0), INTERMEDIARY_JOIN_BYTES);
	t.deepEqual(bytes.slice(0, INTERMEDIARY_JOIN_BYTES), octets);
	t.deepEqual(codec.decode(bytes, 1, bytes.length), value);
	// Without turns it asks for all of them.
	for (let end = JOIN_BYTES; end < INTERMEDIARY_JOIN_BYTES; end++)
		t.deepEqual(codec.decode(bytes, 1, end), { ...value, turns: -1 });
	for (let end = 1; end < JOIN_BYTES; end++) t.is(codec.decode(bytes, 1, end), "join-truncated");
});

test("JOIN survives its codec, and arbitrary octets do no harm", (t) => {
	const u8 = fc.nat({ max: 0xff });
	const values = fc
		.record({ flags: u8, charge: u8, round: fc.nat({ max: 0xffff }), turns: fc.integer() })
		.map((value) => ((value.flags & AS_INTERMEDIARY) === 0 ? { ...value, turns: 0 } : value));
	checkProperties(t, codec, JOIN_TYPE, values);
});
