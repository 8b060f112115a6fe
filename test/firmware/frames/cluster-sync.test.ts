import test from "ava";
import fc from "fast-check";
import {
	decodeSync,
	encodeSync,
	SYNC_BYTES,
	SYNC_TYPE,
	Sync,
} from "../../../firmware/frames/cluster-sync.js";
import { bytesOf } from "./bytes-of.js";
import { checkProperties, checkVector, type MessageCodec } from "./codec-checks.js";

interface Value {
	sequence: number;
	round: number;
	elapsedUs: number;
	hops: number;
	charge: number;
	cost256: number;
}

const codec: MessageCodec<Value> = {
	truncated: "sync-truncated",
	otherType: "sync-type",
	encode({ sequence, round, elapsedUs, hops, charge, cost256 }, bytes, offset) {
		const sync = Object.assign(new Sync(), { hops, charge, cost256 });
		Object.assign(sync.time, { sequence, round, elapsedUs });
		return encodeSync(sync, bytes, offset);
	},
	decode(bytes, offset, end) {
		const found = decodeSync(bytes, offset, end);
		if (typeof found === "string") return found;
		const { time, hops, charge, cost256 } = found;
		return { ...time, hops, charge, cost256 };
	},
};

test("SYNC, both ways", (t) => {
	const octets = bytesOf(`
		ff 02          // page 15, SYNC
		0102           // sequence 258
		fffe           // round 65,534
		00 0f 42 40    // 1 s since the round began
		03             // three hops
		c8             // charge 200
		0480           // 4.5 transmissions
	`);
	t.is(octets.length, SYNC_BYTES);
	checkVector(t, codec, octets, {
		sequence: 0x0102,
		round: 0xfffe,
		elapsedUs: 1_000_000,
		hops: 3,
		charge: 200,
		cost256: 0x0480,
	});
});

test("a time beyond 31 bits is not negative", (t) => {
	const octets = bytesOf("ff 02 0000 0000 ff ff ff ff 00 00 0000");
	const value = { sequence: 0, round: 0, elapsedUs: 0xffffffff, hops: 0, charge: 0, cost256: 0 };
	checkVector(t, codec, octets, value);
});

test("SYNC survives its codec, and arbitrary octets do no harm", (t) => {
	const u8 = fc.nat({ max: 0xff });
	const u16 = fc.nat({ max: 0xffff });
	const values = fc.record({
		sequence: u16,
		round: u16,
		elapsedUs: fc.nat({ max: 0xffffffff }),
		hops: u8,
		charge: u8,
		cost256: u16,
	});
	checkProperties(t, codec, SYNC_TYPE, values);
});
