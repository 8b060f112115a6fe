import type { Clock, Random, Sensor } from "../ports.js";

/** A quantity that changes slowly between two bounds, once up and down in a period. */
export interface SyntheticQuantity {
	/** SenML name and unit. */
	readonly name: string;
	readonly unit: string;
	readonly low: number;
	readonly high: number;
	readonly periodUs: number;
}

/** Makes up a quantity in steps of 1/8, another at each node. */
export class SyntheticSensor implements Sensor {
	readonly #quantity: SyntheticQuantity;
	readonly #phaseUs: number;
	readonly #clock: Clock;

	/** `random` gives the part of the period that is over when `clock` shows 0. */
	constructor(quantity: SyntheticQuantity, clock: Clock, random: Random) {
		this.#quantity = quantity;
		this.#phaseUs = random.below(Math.round(quantity.periodUs / 1000)) * 1000;
		this.#clock = clock;
	}

	get name(): string {
		return this.#quantity.name;
	}

	get unit(): string {
		return this.#quantity.unit;
	}

	read(): number {
		const { low, high, periodUs } = this.#quantity;
		const turn = ((this.#clock.nowUs() + this.#phaseUs) % periodUs) / periodUs;
		const triangle = turn < 0.5 ? 2 * turn : 2 - 2 * turn;
		return Math.round((low + (high - low) * triangle) * 8) / 8;
	}
}

const DAY_US = 86_400_000_000;
const TEMPERATURE: SyntheticQuantity = { name: "temp", unit: "Cel", low: 12, high: 28, periodUs: DAY_US };
const HUMIDITY: SyntheticQuantity = { name: "hum", unit: "%RH", low: 35, high: 85, periodUs: DAY_US };

/** What a node without sensors reports: temperature and humidity, made up, once around in a day. */
export function syntheticSensors(clock: Clock, random: Random): Sensor[] {
	return [new SyntheticSensor(TEMPERATURE, clock, random), new SyntheticSensor(HUMIDITY, clock, random)];
}
