import type {
	Clock,
	FrameReceiver,
	Radio,
	RadioConfig,
	TransmitOptions,
	TransmitOutcome,
	TransmitWaiter,
} from "../../ports.js";

/** Takes a frame that was received or sent; `psdu` is valid only during the call. */
export type FrameTaker = (
	timeUs: number,
	isSent: boolean,
	channel: number,
	rssiDbm: number,
	lqi: number,
	psdu: Uint8Array,
) => void;

/** Told what became of a transmission, and when that was to begin; a node asks for the outcome only. */
export interface AttemptWaiter {
	transmitted(outcome: TransmitOutcome, beganUs: number): void;
}

/** One transmission that was asked for. */
interface Attempt {
	readonly psdu: Uint8Array;
	readonly options: TransmitOptions;
	readonly waiter: AttemptWaiter;
}

/**
 * A radio that its node shares with the console: it counts, shows frames, and sends frames of others between the node's.
 *
 * A transmission that is asked for while the radio sends another one begins when that one is over.
 */
export class ConsoleRadio implements Radio, FrameReceiver, TransmitWaiter {
	received = 0;
	sent = 0;
	unacknowledged = 0;
	channelBusy = 0;
	readonly #radio: Radio;
	readonly #clock: Clock;
	readonly #onFrame: FrameTaker;
	#receiver: FrameReceiver | undefined;
	#taps = false;
	#channel = 0;
	#psdu: Uint8Array | undefined;
	#waiter: AttemptWaiter | undefined;
	#atUs = 0;
	#waiting: Attempt | undefined;

	constructor(radio: Radio, clock: Clock, onFrame: FrameTaker) {
		this.#radio = radio;
		this.#clock = clock;
		this.#onFrame = onFrame;
		radio.onReceive(this);
	}

	frameReceived(psdu: Uint8Array, rssiDbm: number, lqi: number, sfdTimeUs: number): void {
		this.received++;
		if (this.#taps) this.#onFrame(sfdTimeUs, false, this.#channel, rssiDbm, lqi, psdu);
		this.#receiver?.frameReceived(psdu, rssiDbm, lqi, sfdTimeUs);
	}

	/** Whether frames are shown. */
	set taps(on: boolean) {
		this.#taps = on;
	}

	configure(config: RadioConfig): void {
		this.#channel = config.channel;
		this.#radio.configure(config);
	}

	receive(on: boolean): void {
		this.#radio.receive(on);
	}

	receiveAt(timeUs: number, durationUs: number): void {
		this.#radio.receiveAt(timeUs, durationUs);
	}

	transmit(psdu: Uint8Array, options: TransmitOptions, waiter: AttemptWaiter): void {
		if (this.#waiter === undefined) this.send(psdu, options, waiter);
		else this.#waiting = { psdu, options, waiter };
	}

	/** Registers who gets frames; the one before gets none any more. */
	onReceive(receiver: FrameReceiver): void {
		this.#receiver = receiver;
	}

	/** Lets nobody have frames until the next {@link onReceive}. */
	detach(): void {
		this.#receiver = undefined;
	}

	private send(psdu: Uint8Array, options: TransmitOptions, waiter: AttemptWaiter): void {
		this.#psdu = psdu;
		this.#waiter = waiter;
		this.#atUs = Math.max(options.atUs, this.#clock.nowUs());
		this.#radio.transmit(psdu, options, this);
	}

	transmitted(outcome: TransmitOutcome): void {
		const psdu = this.#psdu as Uint8Array;
		const waiter = this.#waiter as AttemptWaiter;
		if (outcome === "channel-busy") this.channelBusy++;
		else {
			this.sent++;
			if (outcome === "no-ack") this.unacknowledged++;
			if (this.#taps) this.#onFrame(this.#atUs, true, this.#channel, Number.NaN, Number.NaN, psdu);
		}
		this.#psdu = undefined;
		this.#waiter = undefined;
		const beganUs = this.#atUs;
		const waiting = this.#waiting;
		this.#waiting = undefined;
		// Before the call, which may ask for the next one.
		if (waiting !== undefined) this.send(waiting.psdu, waiting.options, waiting.waiter);
		waiter.transmitted(outcome, beganUs);
	}
}
