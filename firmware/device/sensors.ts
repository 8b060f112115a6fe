import type { Sensor } from "../ports.js";

export { syntheticSensors } from "../app/synthetic-sensor.js";

/** One quantity that a driver measures. */
export interface Quantity<Sample> {
	/** SenML name and unit (RFC 8428, section 12.1). */
	readonly name: string;
	readonly unit: string;
	/** The smallest step that the sensor means, in `unit`: values are rounded to it. */
	readonly step: number;
	/** Takes the quantity out of a sample; undefined where the driver could not measure it. */
	value(sample: Sample): number | undefined;
}

/** A sample serves all quantities that are read within this time of it: drivers measure them together. */
const KEPT_US = 1_000_000;

/** Takes samples of a driver, and keeps the last one. */
class Sampler<Sample> {
	readonly #take: () => Sample | undefined;
	readonly #nowUs: () => number;
	#sample: Sample | undefined;
	#takenUs: number;

	constructor(take: () => Sample | undefined, nowUs: () => number, first: Sample) {
		this.#take = take;
		this.#nowUs = nowUs;
		this.#sample = first;
		this.#takenUs = nowUs();
	}

	/** The sample to read from; undefined when the driver failed, as it does when its sensor is unplugged. */
	sample(): Sample | undefined {
		const nowUs = this.#nowUs();
		if (nowUs - this.#takenUs < KEPT_US) return this.#sample;
		this.#takenUs = nowUs;
		try {
			this.#sample = this.#take();
		} catch {
			this.#sample = undefined;
		}
		return this.#sample;
	}
}

/**
 * One {@link Sensor} for each quantity that `first`, a sample of the driver, has a value of.
 *
 * `take` measures again, and may throw. A measurement that fails repeats the last value, since a node reports numbers.
 */
export function sensorsOf<Sample>(
	first: Sample,
	take: () => Sample | undefined,
	quantities: readonly Quantity<Sample>[],
	nowUs: () => number,
): Sensor[] {
	const sampler = new Sampler(take, nowUs, first);
	const sensors: Sensor[] = [];
	for (const { name, unit, step, value } of quantities) {
		let last = rounded(value(first), step);
		if (last === undefined) continue;
		sensors.push({
			name,
			unit,
			read: () => {
				const sample = sampler.sample();
				return (last = (sample === undefined ? undefined : rounded(value(sample), step)) ?? last!);
			},
		});
	}
	return sensors;
}

/** A value in whole steps; undefined for none, and for what is no number. */
function rounded(value: number | undefined, step: number): number | undefined {
	if (value === undefined || !Number.isFinite(value)) return undefined;
	// Divided by steps a unit: multiples of 0.01 would come out as 21.400000000000002.
	const stepsPerUnit = Math.round(1 / step);
	return Math.round(value * stepsPerUnit) / stepsPerUnit;
}
