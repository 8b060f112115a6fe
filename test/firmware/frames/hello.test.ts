import test from "ava";
import fc from "fast-check";
import {
	CHAINS,
	CLUSTER_HELLO_BYTES,
	CLUSTERS,
	decodeHello,
	encodeHello,
	HELLO_BYTES,
	HELLO_TYPE,
	Hello,
} from "../../../firmware/frames/hello.js";
import { bytesOf } from "./bytes-of.js";
import { checkProperties, checkVector, type MessageCodec } from "./codec-checks.js";

type Value = Record<"capabilities" | "boot" | "sequence" | "charge" | "neighbours", number>;

const codec: MessageCodec<Value> = {
	truncated: "hello-truncated",
	otherType: "hello-type",
	encode: (value, bytes, offset) => encodeHello(Object.assign(new Hello(), value), bytes, offset),
	decode(bytes, offset, end) {
		const found = decodeHello(bytes, offset, end);
		return typeof found === "string" ? found : { ...found };
	},
};

test("HELLO of a node without clusters, both ways", (t) => {
	const octets = bytesOf(`
		ff 01          // page 15, HELLO
		01             // chains
		1003           // boot
		0009           // sequence 9
	`);
	t.is(octets.length, HELLO_BYTES);
	checkVector(t, codec, octets, {
		capabilities: CHAINS,
		boot: 0x1003,
		sequence: 9,
		charge: 0,
		neighbours: 0,
	});
});

test("HELLO with charge and neighbours, both ways", (t) => {
	const octets = bytesOf(`
		ff 01
		03             // chains, clusters
		fedc           // boot
		0100           // sequence 256
		c7             // charge 199
		0c             // twelve neighbours
	`);
	t.is(octets.length, CLUSTER_HELLO_BYTES);
	checkVector(t, codec, octets, {
		capabilities: CHAINS | CLUSTERS,
		boot: 0xfedc,
		sequence: 256,
		charge: 199,
		neighbours: 12,
	});
});

test("without the capability no charge is read from what follows", (t) => {
	const bytes = bytesOf("ff 01 01 0001 0001 c7 0c");
	const found = codec.decode(bytes, 1, bytes.length);
	t.deepEqual(found, { capabilities: CHAINS, boot: 1, sequence: 1, charge: 0, neighbours: 0 });
});

test("HELLO survives its codec, and arbitrary octets do no harm", (t) => {
	const u8 = fc.nat({ max: 0xff });
	const u16 = fc.nat({ max: 0xffff });
	const values = fc.record({ capabilities: u8, boot: u16, sequence: u16, charge: u8, neighbours: u8 });
	const told = values.map((hello) =>
		(hello.capabilities & CLUSTERS) === 0 ? { ...hello, charge: 0, neighbours: 0 } : hello,
	);
	checkProperties(t, codec, HELLO_TYPE, told);
});
