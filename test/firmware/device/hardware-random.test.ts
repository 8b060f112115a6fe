import { getRandomValues } from "node:crypto";
import test from "ava";
import { HardwareRandom } from "../../../firmware/device/hardware-random.js";

test("numbers are the generator's octets, each used once", (t) => {
	let next = 0;
	const random = new HardwareRandom((into) => {
		for (let index = 0; index < into.length; index++) into[index] = next++;
	});
	t.is(random.int32(), 0x00010203);
	t.is(random.int32(), 0x04050607);
	for (let count = 2; count < 16; count++) random.int32();
	t.is(random.int32(), 0x40414243);
});

test("bounded numbers are below their bound, reach all of it, and favour none", (t) => {
	const random = new HardwareRandom((into) => getRandomValues(into));
	const counts = new Array<number>(7).fill(0);
	for (let count = 0; count < 70_000; count++) counts[random.below(7)]!++;
	for (const count of counts) t.true(count > 9_300 && count < 10_700, `${counts}`);
});

test("octets that would favour small numbers are drawn again", (t) => {
	// 3 · 2^30 = 0xc0000000 does not divide 2^32: 0xc0000000 and above are refused.
	const octets = [0xff, 0xff, 0xff, 0xff, 0xbf, 0xff, 0xff, 0xff];
	const random = new HardwareRandom((into) => into.set([...octets, ...into.subarray(octets.length)]));
	t.is(random.below(0xc000_0000), 0xbfff_ffff);
	t.is(new HardwareRandom((into) => into.fill(0xff)).below(0x1_0000_0000), 0xffff_ffff);
});
