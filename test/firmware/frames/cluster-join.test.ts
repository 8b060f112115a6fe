import test from "ava";
import fc from "fast-check";
import {
	AS_INTERMEDIARY,
	decodeJoin,
	encodeJoin,
	JOIN_BYTES,
	JOIN_TYPE,
	Join,
} from "../../../firmware/frames/cluster-join.js";
import { bytesOf } from "./bytes-of.js";
import { checkProperties, checkVector, type MessageCodec } from "./codec-checks.js";

type Value = Record<"flags" | "charge" | "round", number>;

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
		01             // as intermediary
		7b             // charge 123
		fff0           // round 65,520
	`);
	t.is(octets.length, JOIN_BYTES);
	checkVector(t, codec, octets, { flags: AS_INTERMEDIARY, charge: 123, round: 0xfff0 });
});

test("JOIN survives its codec, and arbitrary octets do no harm", (t) => {
	const u8 = fc.nat({ max: 0xff });
	checkProperties(t, codec, JOIN_TYPE, fc.record({ flags: u8, charge: u8, round: fc.nat({ max: 0xffff }) }));
});
