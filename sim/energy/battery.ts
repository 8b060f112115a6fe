import type { Clock, Timer } from "../../firmware/ports.js";
import type { EnergyMeter } from "./meter.js";

/** How late a node may be found to be empty, in microseconds. */
const RESOLUTION_US = 1000;

/**
 * Tells when a node's battery is empty.
 *
 * Looks again when the battery could be empty at the earliest, so that a full one costs next to no events.
 */
export class BatteryWatch {
	readonly #meter: EnergyMeter;
	readonly #clock: Clock;
	readonly #capacityUj: number;
	readonly #onEmpty: (node: number) => void;
	readonly #timers = new Map<number, Timer>();
	/** No state draws more, in milliwatts. */
	readonly #mostMw: number;

	/** `capacityJ` is what every battery holds at the start of the run, in joules. */
	constructor(meter: EnergyMeter, clock: Clock, capacityJ: number, onEmpty: (node: number) => void) {
		this.#meter = meter;
		this.#clock = clock;
		this.#capacityUj = capacityJ * 1e6;
		this.#onEmpty = onEmpty;
		const { txMw, rxMw, sleepMw, cpuMw } = meter.powers;
		this.#mostMw = Math.max(txMw, rxMw, sleepMw) + cpuMw;
	}

	/** Begins to watch a node. */
	watch(node: number, nowUs: number): void {
		const remainingUj = this.#capacityUj - this.#meter.totalUj(node, nowUs);
		if (remainingUj <= 0) {
			this.#timers.delete(node);
			this.#onEmpty(node);
			return;
		}
		// Microjoules over milliwatts are milliseconds.
		const waitUs = Math.max(RESOLUTION_US, Math.floor((remainingUj / this.#mostMw) * 1000));
		const timer = this.#clock.at(nowUs + waitUs, () => this.watch(node, this.#clock.nowUs()));
		this.#timers.set(node, timer);
	}

	/** Stops watching a node that died of something else. */
	forget(node: number): void {
		this.#clock.cancel(this.#timers.get(node) ?? 0);
		this.#timers.delete(node);
	}

	/** Remaining charge from 0 to 255 (full), as the node's own battery port gives it. */
	level(node: number, nowUs: number): number {
		return Math.min(255, Math.floor(this.share(node, nowUs) * 256));
	}

	/** Remaining charge as a share of a full one. */
	share(node: number, nowUs: number): number {
		return Math.max(0, 1 - this.#meter.totalUj(node, nowUs) / this.#capacityUj);
	}
}
