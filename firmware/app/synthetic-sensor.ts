import type { Clock, Random, Sensor } from "../ports.js";

/** Slow changes of a quantity between two bounds, in steps of 1/8, another at each node. */
export class SyntheticSensor implements Sensor {
	readonly name: string;
	readonly unit: string;
	readonly #low: number;
	readonly #span: number;
	readonly #periodUs: number;
	readonly #phaseUs: number;
	readonly #clock: Clock;

	constructor(
		name: string,
		unit: string,
		low: number,
		high: number,
		periodUs: number,
		clock: Clock,
		random: Random,
	) {
		this.name = name;
		this.unit = unit;
		this.#low = low;
		this.#span = high - low;
		this.#periodUs = periodUs;
		this.#phaseUs = random.below(Math.round(periodUs / 1000)) * 1000;
		this.#clock = clock;
	}

	read(): number {
		const turn = ((this.#clock.nowUs() + this.#phaseUs) % this.#periodUs) / this.#periodUs;
		const triangle = turn < 0.5 ? 2 * turn : 2 - 2 * turn;
		return Math.round((this.#low + this.#span * triangle) * 8) / 8;
	}
}

const DAY_US = 86_400_000_000;

/** What a node without sensors reports: temperature and humidity, made up, once around in a day. */
export function syntheticSensors(clock: Clock, random: Random): Sensor[] {
	return [
		new SyntheticSensor("temp", "Cel", 12, 28, DAY_US, clock, random),
		new SyntheticSensor("hum", "%RH", 35, 85, DAY_US, clock, random),
	];
}
