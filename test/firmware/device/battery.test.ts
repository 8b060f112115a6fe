import test from "ava";
import { MAINS, MeasuredBattery } from "../../../firmware/device/battery.js";

const RANGE = { divider: 2, emptyMillivolts: 3_000, fullMillivolts: 4_200 };

test("the level is linear between empty and full, and ends there", (t) => {
	for (const [millivolts, level] of [
		[2_100, 255],
		[1_800, 128],
		[1_500, 0],
		[1_000, 0],
		[2_400, 255],
	] as const) {
		t.is(
			new MeasuredBattery(
				RANGE,
				() => millivolts,
				() => 0,
			).level(),
			level,
		);
	}
	t.is(MAINS.level(), 255);
});

test("it is measured at most each ten seconds, as the mean of several readings", (t) => {
	let nowUs = 0;
	let readings = 0;
	const battery = new MeasuredBattery(
		RANGE,
		() => (++readings % 2 === 0 ? 1_700 : 1_900),
		() => nowUs,
	);
	t.is(battery.level(), 128);
	const first = readings;
	nowUs = 9_999_999;
	battery.level();
	t.is(readings, first);
	nowUs = 10_000_000;
	battery.level();
	t.is(readings, 2 * first);
});

test("a range that cannot be is refused", (t) => {
	const make = (range: object) => () =>
		new MeasuredBattery(
			{ ...RANGE, ...range },
			() => 0,
			() => 0,
		);
	t.throws(make({ divider: 0.5 }), {
		instanceOf: RangeError,
		message: /divider: expected at least 1, got 0.5/,
	});
	t.throws(make({ fullMillivolts: 3_000 }), {
		message: /fullMillivolts: expected more than .*3000.*, got 3000/,
	});
	t.throws(make({ divider: Number.NaN }), { instanceOf: RangeError });
});
