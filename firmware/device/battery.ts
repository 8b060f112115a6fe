import type { Battery } from "../ports.js";

/** Mains, or a power source that nothing measures: always full. */
export const MAINS: Battery = { level: () => 255 };

/** How a voltage at a pin tells of a battery's charge. */
export interface BatteryRange {
	/** Voltage of the battery divided by that at the pin, 1 and above; 2 for a divider of equal resistors. */
	readonly divider: number;
	/** Voltages of an empty and of a full battery, in millivolts. */
	readonly emptyMillivolts: number;
	readonly fullMillivolts: number;
}

/** A reading is kept this long: an ADC costs current, and charge moves slowly. */
const KEPT_US = 10_000_000;
/** Readings whose mean is taken: a transmission in between pulls the voltage down. */
const READINGS = 4;

/**
 * A {@link Battery} behind a voltage divider, linear between empty and full.
 *
 * `readMillivolts` measures the voltage at the pin; `nowUs` is the node's clock.
 * @throws RangeError for a divider below 1, or a full battery whose voltage is not above that of an empty one
 */
export class MeasuredBattery implements Battery {
	readonly #range: BatteryRange;
	readonly #readMillivolts: () => number;
	readonly #nowUs: () => number;
	#level = 255;
	#readUs = -KEPT_US;

	constructor(range: BatteryRange, readMillivolts: () => number, nowUs: () => number) {
		if (!(range.divider >= 1)) throw new RangeError(`divider: expected at least 1, got ${range.divider}`);
		if (!(range.fullMillivolts > range.emptyMillivolts)) {
			throw new RangeError(
				`fullMillivolts: expected more than emptyMillivolts (${range.emptyMillivolts}), got ${range.fullMillivolts}`,
			);
		}
		this.#range = range;
		this.#readMillivolts = readMillivolts;
		this.#nowUs = nowUs;
	}

	level(): number {
		const nowUs = this.#nowUs();
		if (nowUs - this.#readUs < KEPT_US) return this.#level;
		this.#readUs = nowUs;
		const { divider, emptyMillivolts, fullMillivolts } = this.#range;
		let sum = 0;
		for (let reading = 0; reading < READINGS; reading++) sum += this.#readMillivolts();
		const millivolts = (sum / READINGS) * divider;
		const level = Math.round(((millivolts - emptyMillivolts) * 255) / (fullMillivolts - emptyMillivolts));
		this.#level = level < 0 ? 0 : level > 255 ? 255 : level;
		return this.#level;
	}
}
