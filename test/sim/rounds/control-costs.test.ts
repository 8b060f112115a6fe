import test from "ava";
import { controlBits } from "../../../sim/rounds/control-costs.js";

test("frames: 6 octets before the PSDU, 9 of MAC header, 2 of checksum, and the payload that the firmware encodes", (t) => {
	const bits = controlBits("frames", 1);
	// HELLO 9 octets, ADV 16, JOIN 6, SCHEDULE 17 and two for each member.
	t.is(bits.hello, 8 * (17 + 9));
	t.is(bits.advertisement, 8 * (17 + 16));
	t.is(bits.join, 8 * (17 + 6));
	t.is(bits.schedule(0), 8 * (17 + 17));
	t.is(bits.schedule(10), 8 * (17 + 17 + 20));
});

test("a SCHEDULE of more members than a frame of 127 octets holds is two frames", (t) => {
	const { schedule } = controlBits("frames", 1);
	t.is(schedule(49), 8 * (6 + 126));
	t.is(schedule(50), 8 * (2 * 34 + 100));
});

test("a fixed length, and nothing", (t) => {
	const fixed = controlBits("bits", 200);
	t.deepEqual([fixed.hello, fixed.advertisement, fixed.join, fixed.schedule(30)], [200, 200, 200, 200]);
	const free = controlBits("none", 200);
	t.deepEqual([free.hello, free.advertisement, free.join, free.schedule(30)], [0, 0, 0, 0]);
});
