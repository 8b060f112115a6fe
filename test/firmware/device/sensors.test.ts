import test from "ava";
import { syntheticSensors } from "../../../firmware/app/synthetic-sensor.js";
import { HardwareRandom } from "../../../firmware/device/hardware-random.js";
import { type Quantity, sensorsOf } from "../../../firmware/device/sensors.js";

interface Sample {
	temperature?: number;
	humidity?: number;
}

const QUANTITIES: readonly Quantity<Sample>[] = [
	{ name: "temp", unit: "Cel", step: 0.01, value: (sample) => sample.temperature },
	{ name: "hum", unit: "%RH", step: 0.1, value: (sample) => sample.humidity },
];

test("quantities read together come from one sample, and later ones from another", (t) => {
	let nowUs = 0;
	let taken = 0;
	const take = (): Sample => ({ temperature: 20 + ++taken, humidity: 50 + taken });
	const [temperature, humidity] = sensorsOf({ temperature: 20, humidity: 50 }, take, QUANTITIES, () => nowUs);
	t.is(temperature!.read(), 20);
	nowUs = 10_000_000;
	t.is(temperature!.read(), 21);
	t.is(humidity!.read(), 51);
	nowUs = 11_000_000;
	t.is(humidity!.read(), 52);
	t.is(taken, 2);
});

test("a sensor that fails, or measures no number, repeats its last value, and recovers", (t) => {
	let nowUs = 0;
	let take = (): Sample | undefined => {
		throw new Error("unplugged");
	};
	const [temperature] = sensorsOf<Sample>(
		{ temperature: 21.5 },
		() => take(),
		QUANTITIES,
		() => nowUs,
	);
	const readLater = (): number => {
		nowUs += 5_000_000;
		return temperature!.read();
	};
	t.is(readLater(), 21.5);
	take = () => undefined;
	t.is(readLater(), 21.5);
	take = () => ({ temperature: Number.NaN });
	t.is(readLater(), 21.5);
	take = () => ({ temperature: 22 });
	t.is(readLater(), 22);
});

test("what the first sample does not tell is no sensor", (t) => {
	const sensors = sensorsOf<Sample>(
		{ humidity: 40 },
		() => undefined,
		QUANTITIES,
		() => 0,
	);
	t.deepEqual(
		sensors.map((sensor) => sensor.name),
		["hum"],
	);
});

test("values are rounded to the steps of the sensor", (t) => {
	const [temperature] = sensorsOf<Sample>(
		{ temperature: 21.399999 },
		() => undefined,
		QUANTITIES,
		() => 0,
	);
	t.is(temperature!.read(), 21.4);
});

test("synthetic values stay between their bounds over the day and move", (t) => {
	let nowUs = 0;
	const clock = { nowUs: () => nowUs, at: () => 0, cancel: () => {} };
	const [temperature, humidity] = syntheticSensors(clock, new HardwareRandom((into) => into.fill(77)));
	const seen = new Set<number>();
	for (; nowUs < 86_400_000_000; nowUs += 600_000_000) {
		const value = temperature!.read();
		seen.add(value);
		t.true(value >= 12 && value <= 28 && humidity!.read() >= 35 && humidity!.read() <= 85);
	}
	t.true(seen.size > 50);
});
