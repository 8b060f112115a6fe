import test from "ava";
import fc from "fast-check";
import { Timeline } from "../../../host-tools/device/timeline.js";

test("times are the board's own until it starts anew, and go on by the host's clock after that", (t) => {
	let hostUs = 1_000_000;
	const line = new Timeline(
		() => hostUs,
		() => 5_000_000_000 + hostUs,
	);
	t.is(line.at(700_000), 700_000);
	hostUs += 10_000_000;
	t.is(line.at(10_712_345), 10_712_345);
	t.is(line.calendarUs(10_712_345), 5_000_000_000 + 1_000_000 - 700_000 + 10_712_345);
	hostUs += 20_000_000;
	line.restart();
	t.is(line.at(250_000), 30_700_000);
	t.is(line.at(300_000), 30_750_000);
});

test("a board that was only unplugged keeps its own clock", (t) => {
	let hostUs = 0;
	const line = new Timeline(
		() => hostUs,
		() => 0,
	);
	line.at(5_000_000);
	hostUs = 3_040_000;
	line.restart();
	t.is(line.at(8_000_000), 8_000_000);
});

test("whatever starts and when, the first time of a life is not before the last one's", (t) => {
	fc.assert(
		fc.property(fc.array(fc.tuple(fc.nat(100_000_000), fc.nat(5_000_000)), { minLength: 1 }), (lives) => {
			let hostUs = 0;
			let last = 0;
			const line = new Timeline(
				() => hostUs,
				() => 0,
			);
			for (const [livedUs, bootUs] of lives) {
				line.restart();
				hostUs += bootUs;
				const first = line.at(bootUs);
				t.true(first >= last, `${first} after ${last}`);
				hostUs += livedUs;
				last = line.at(bootUs + livedUs);
			}
		}),
	);
});
