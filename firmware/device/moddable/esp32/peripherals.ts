import Analog from "embedded:io/analog";
import device from "embedded:provider/builtin";
import BME68x from "embedded:sensor/Barometer-Humidity-Temperature/BME68x";
import SHT3x from "embedded:sensor/Humidity-Temperature/SHT3x";
import TMP117 from "embedded:sensor/Temperature/TMP117";
import Timer from "timer";
import type { Sensor } from "../../../ports.js";
import { MAINS, MeasuredBattery } from "../../battery.js";
import { type Quantity, sensorsOf, syntheticSensors } from "../../sensors.js";
import type { OpenBattery, OpenSensors } from "../host-parts.js";

/** Full scale of Moddable's ADC at the attenuation that it takes when told none, in millivolts. */
const FULL_SCALE_MILLIVOLTS = 2_450;

export const openBattery: OpenBattery = (settings, nowUs) => {
	const { batteryPin, batteryDivider, batteryEmptyMv, batteryFullMv } = settings;
	if (batteryPin === null) return MAINS;
	const input = new Analog({ pin: batteryPin });
	const steps = (1 << input.resolution) - 1;
	const range = { divider: batteryDivider, emptyMillivolts: batteryEmptyMv, fullMillivolts: batteryFullMv };
	return new MeasuredBattery(range, () => (input.read() * FULL_SCALE_MILLIVOLTS) / steps, nowUs);
};

/** What all drivers' samples have in common. */
interface Sample {
	readonly temperature?: number | undefined;
	readonly humidity?: number | undefined;
	readonly pressure?: number | undefined;
}

const QUANTITIES: readonly Quantity<Sample>[] = [
	{ name: "temp", unit: "Cel", step: 0.01, value: (sample) => sample.temperature },
	{ name: "hum", unit: "%RH", step: 0.1, value: (sample) => sample.humidity },
	{ name: "pres", unit: "Pa", step: 1, value: (sample) => sample.pressure },
];

/** Opens a driver on the board's default I2C bus and returns how to take its samples. Throws when nothing answers. */
type Driver = () => () => Sample | undefined;

const sht3x: Driver = () => {
	const sensor = new SHT3x({ sensor: device.I2C.default });
	return () => {
		const { thermometer, hygrometer } = sensor.sample();
		return { temperature: thermometer.temperature, humidity: hygrometer.humidity };
	};
};

const tmp117: Driver = () => {
	let isOther = false;
	const sensor = new TMP117({
		sensor: { ...device.I2C.default, io: device.io.SMBus },
		onError: () => {
			isOther = true;
		},
	});
	if (isOther) throw new Error("no TMP117");
	return () => sensor.sample();
};

const bme68x: Driver = () => {
	const sensor = new BME68x({ sensor: device.I2C.default });
	return () => {
		const sample = sensor.sample();
		if (sample === undefined) return undefined;
		const { thermometer, hygrometer, barometer } = sample;
		return {
			temperature: thermometer.temperature,
			humidity: hygrometer.humidity * 100,
			pressure: barometer.pressure,
		};
	};
};

/** A sensor that was just opened may need this long for its first sample, in milliseconds, and this many tries. */
const FIRST_SAMPLE_MS = 250;
const FIRST_SAMPLE_TRIES = 8;

/** The sensors of a driver; undefined when nothing answers, or it measures nothing. */
function probe(driver: Driver, nowUs: () => number): Sensor[] | undefined {
	try {
		const take = driver();
		for (let count = 0; count < FIRST_SAMPLE_TRIES; count++) {
			const first = take();
			const sensors = first === undefined ? [] : sensorsOf(first, take, QUANTITIES, nowUs);
			if (sensors.length > 0) return sensors;
			Timer.delay(FIRST_SAMPLE_MS);
		}
	} catch {
		// Nothing answers at its address.
	}
	return undefined;
}

export const openSensors: OpenSensors = ({ sensor: kind }, clock, random) => {
	if (kind === "none") return [];
	const drivers: readonly (readonly [string, Driver])[] = [
		["sht3x", sht3x],
		["tmp117", tmp117],
		["bme68x", bme68x],
	];
	for (const [name, driver] of drivers) {
		if (kind !== name && kind !== "auto") continue;
		const sensors = probe(driver, () => clock.nowUs());
		if (sensors !== undefined) return sensors;
		if (kind === name) throw new Error(`sensor: expected a ${name} on the I2C bus, and nothing answers`);
	}
	return syntheticSensors(clock, random);
};
