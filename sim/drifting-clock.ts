import { NODE_EVENTS, type NodeEvents } from "../firmware/events.js";
import type {
	Clock,
	FrameReceiver,
	Radio,
	RadioConfig,
	Timer,
	TransmitOptions,
	TransmitWaiter,
} from "../firmware/ports.js";
import { RandomStream } from "./kernel/random.js";

/** Where a clock may stand when its node starts, in microseconds: no two nodes share an origin of time. */
const EPOCH_SPAN_US = 0x100000000;

/**
 * The clock of one node, as its oscillator runs: true time times a rate that is the node's own.
 *
 * The rate is constant: a crystal's cut decides it, and temperature, which is not simulated, moves it by less. At each
 * start of the node the clock begins anew at a random value. It never runs backwards, and a timer never fires before its
 * time by this clock.
 */
export class DriftingClock implements Clock {
	/** How much the oscillator is off, in parts per million. */
	readonly driftPpm: number;
	readonly #clock: Clock;
	readonly #random: RandomStream;
	/** True time and own time when the node started last. */
	#startUs = 0;
	#epochUs = 0;

	/** `clock` keeps true time; the drift is drawn uniformly from -`mostPpm` to `mostPpm`, less than 1,000. */
	constructor(clock: Clock, mostPpm: number, seed: number, node: number) {
		this.#clock = clock;
		this.#random = new RandomStream(seed, "clock-drift", node);
		this.driftPpm = mostPpm * (2 * this.#random.uniform() - 1);
		this.restart();
	}

	/** The node starts anew: so does its clock. */
	restart(): void {
		this.#startUs = this.#clock.nowUs();
		this.#epochUs = this.#random.below(EPOCH_SPAN_US);
	}

	nowUs(): number {
		return this.ownUs(this.#clock.nowUs());
	}

	/** What this clock shows at a true time, in whole microseconds. */
	ownUs(trueUs: number): number {
		const elapsedUs = trueUs - this.#startUs;
		return this.#epochUs + elapsedUs + Math.floor((elapsedUs * this.driftPpm) / 1_000_000);
	}

	/** The first true microsecond at which this clock shows `ownUs` or more. */
	trueUs(ownUs: number): number {
		let trueUs = this.#startUs + Math.round((ownUs - this.#epochUs) / (1 + this.driftPpm / 1_000_000));
		while (this.ownUs(trueUs) >= ownUs) trueUs--;
		while (this.ownUs(trueUs) < ownUs) trueUs++;
		return trueUs;
	}

	at(timeUs: number, callback: () => void): Timer {
		return this.#clock.at(this.trueUs(timeUs), callback);
	}

	cancel(timer: Timer): void {
		this.#clock.cancel(timer);
	}
}

/** A node's radio, whose times are those of the node's own clock. */
export class DriftingRadio implements Radio, FrameReceiver {
	readonly #radio: Radio;
	readonly #clock: DriftingClock;
	readonly #options: TransmitOptions = { cca: true, atUs: 0 };
	#receiver: FrameReceiver | undefined;

	constructor(radio: Radio, clock: DriftingClock) {
		this.#radio = radio;
		this.#clock = clock;
	}

	configure(config: RadioConfig): void {
		this.#radio.configure(config);
	}

	receive(on: boolean): void {
		this.#radio.receive(on);
	}

	receiveAt(timeUs: number, durationUs: number): void {
		const fromUs = Math.max(timeUs, this.#clock.nowUs());
		const beginUs = this.#clock.trueUs(fromUs);
		this.#radio.receiveAt(beginUs, this.#clock.trueUs(fromUs + durationUs) - beginUs);
	}

	transmit(psdu: Uint8Array, { cca, atUs }: TransmitOptions, waiter: TransmitWaiter): void {
		this.#options.cca = cca;
		this.#options.atUs = this.#clock.trueUs(atUs);
		this.#radio.transmit(psdu, this.#options, waiter);
	}

	onReceive(receiver: FrameReceiver): void {
		this.#receiver = receiver;
		this.#radio.onReceive(this);
	}

	frameReceived(psdu: Uint8Array, rssiDbm: number, lqi: number, sfdTimeUs: number): void {
		this.#receiver?.frameReceived(psdu, rssiDbm, lqi, this.#clock.ownUs(sfdTimeUs));
	}
}

/** SenML times below this count from now (RFC 8428, section 4.5.3). */
const ABSOLUTE_TIME_S = 0x10000000;

/** A node's sink of events: what it tells by its own clock goes into the log at the true time. */
export function inTrueTime(sink: NodeEvents, own: DriftingClock, clock: Clock): NodeEvents {
	const inner = sink as unknown as Record<string, (...fields: unknown[]) => void>;
	const outer: Record<string, (...fields: unknown[]) => void> = {};
	for (const name of Object.keys(NODE_EVENTS)) {
		const tell = inner[name]!;
		outer[name] = (_ownUs, ...fields) => tell(clock.nowUs(), ...fields);
	}
	const aheadS = (): number => (own.nowUs() - clock.nowUs()) / 1_000_000;
	const { readingCollected } = sink;
	outer["readingCollected"] = ((_ownUs, node, name, unit, value, atS) =>
		readingCollected(
			clock.nowUs(),
			node,
			name,
			unit,
			value,
			atS < ABSOLUTE_TIME_S ? atS - aheadS() : atS,
		)) as NodeEvents["readingCollected"] as (...fields: unknown[]) => void;
	return outer as unknown as NodeEvents;
}
