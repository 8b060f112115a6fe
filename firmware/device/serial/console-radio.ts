import type {
	Clock,
	Radio,
	RadioConfig,
	ReceiveHandler,
	TransmitOptions,
	TransmitOutcome,
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

/** Is told what became of a transmission, and when that was to begin; a node asks for the outcome only. */
type Done = (outcome: TransmitOutcome, beganUs: number) => void;

/** One transmission that was asked for. */
interface Attempt {
	readonly psdu: Uint8Array;
	readonly options: TransmitOptions;
	readonly done: Done;
}

/**
 * A radio that its node shares with the console: it counts, shows frames, and sends frames of others between the node's.
 *
 * A transmission that is asked for while the radio sends another one begins when that one is over.
 */
export class ConsoleRadio implements Radio {
	received = 0;
	sent = 0;
	unacknowledged = 0;
	channelBusy = 0;
	readonly #radio: Radio;
	readonly #clock: Clock;
	readonly #onFrame: FrameTaker;
	#handler: ReceiveHandler | undefined;
	#taps = false;
	#channel = 0;
	#psdu: Uint8Array | undefined;
	#done: Done | undefined;
	#atUs = 0;
	#waiting: Attempt | undefined;
	readonly #onDone = (outcome: TransmitOutcome): void => this.finish(outcome);

	constructor(radio: Radio, clock: Clock, onFrame: FrameTaker) {
		this.#radio = radio;
		this.#clock = clock;
		this.#onFrame = onFrame;
		radio.onReceive((psdu, rssiDbm, lqi, sfdTimeUs) => {
			this.received++;
			if (this.#taps) this.#onFrame(sfdTimeUs, false, this.#channel, rssiDbm, lqi, psdu);
			this.#handler?.(psdu, rssiDbm, lqi, sfdTimeUs);
		});
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

	transmit(psdu: Uint8Array, options: TransmitOptions, done: Done): void {
		if (this.#done === undefined) this.send(psdu, options, done);
		else this.#waiting = { psdu, options, done };
	}

	/** Registers who gets frames; the one before gets none any more. */
	onReceive(handler: ReceiveHandler): void {
		this.#handler = handler;
	}

	/** Lets nobody have frames until the next {@link onReceive}. */
	detach(): void {
		this.#handler = undefined;
	}

	private send(psdu: Uint8Array, options: TransmitOptions, done: Done): void {
		this.#psdu = psdu;
		this.#done = done;
		this.#atUs = Math.max(options.atUs, this.#clock.nowUs());
		this.#radio.transmit(psdu, options, this.#onDone);
	}

	private finish(outcome: TransmitOutcome): void {
		const psdu = this.#psdu as Uint8Array;
		const done = this.#done as Done;
		if (outcome === "channel-busy") this.channelBusy++;
		else {
			this.sent++;
			if (outcome === "no-ack") this.unacknowledged++;
			if (this.#taps) this.#onFrame(this.#atUs, true, this.#channel, Number.NaN, Number.NaN, psdu);
		}
		this.#psdu = undefined;
		this.#done = undefined;
		const beganUs = this.#atUs;
		const waiting = this.#waiting;
		this.#waiting = undefined;
		// Before the call, which may ask for the next one.
		if (waiting !== undefined) this.send(waiting.psdu, waiting.options, waiting.done);
		done(outcome, beganUs);
	}
}
