import test from "ava";
import fc from "fast-check";
import {
	ADVERTISEMENT_BYTES,
	ADVERTISEMENT_TYPE,
	Advertisement,
	decodeAdvertisement,
	encodeAdvertisement,
	TENTATIVE,
} from "../../../firmware/frames/cluster-advertisement.js";
import { bytesOf } from "./bytes-of.js";
import { checkProperties, checkVector, type MessageCodec } from "./codec-checks.js";

const NAMES = ["flags", "charge", "merit", "section", "hops", "completion"] as const;
type Value = Record<(typeof NAMES)[number] | "sequence" | "round" | "elapsedUs", number>;

const codec: MessageCodec<Value> = {
	truncated: "advertisement-truncated",
	otherType: "advertisement-type",
	encode({ sequence, round, elapsedUs, ...fields }, bytes, offset) {
		const advertisement = Object.assign(new Advertisement(), fields);
		Object.assign(advertisement.time, { sequence, round, elapsedUs });
		return encodeAdvertisement(advertisement, bytes, offset);
	},
	decode(bytes, offset, end) {
		const found = decodeAdvertisement(bytes, offset, end);
		if (typeof found === "string") return found;
		const { time, flags, charge, merit, section, hops, completion } = found;
		return { ...time, flags, charge, merit, section, hops, completion };
	},
};

test("ADV, both ways", (t) => {
	const octets = bytesOf(`
		ff 03          // page 15, ADV
		0a0b           // sequence 2,571
		0007           // round 7
		00 03 0d 40    // 200 ms since the round began
		01             // tentative
		fe             // charge 254
		2a             // merit 42
		05             // section 5
		02             // two hops
		80             // completion 128/255
	`);
	t.is(octets.length, ADVERTISEMENT_BYTES);
	checkVector(t, codec, octets, {
		sequence: 0x0a0b,
		round: 7,
		elapsedUs: 200_000,
		flags: TENTATIVE,
		charge: 254,
		merit: 42,
		section: 5,
		hops: 2,
		completion: 128,
	});
});

test("ADV survives its codec, and arbitrary octets do no harm", (t) => {
	const u8 = fc.nat({ max: 0xff });
	const u16 = fc.nat({ max: 0xffff });
	const values = fc.record({
		sequence: u16,
		round: u16,
		elapsedUs: fc.nat({ max: 0xffffffff }),
		flags: u8,
		charge: u8,
		merit: u8,
		section: u8,
		hops: u8,
		completion: u8,
	});
	checkProperties(t, codec, ADVERTISEMENT_TYPE, values);
});
