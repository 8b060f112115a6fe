import type { Clock, Radio, Random, TransmitOptions, TransmitOutcome, TransmitWaiter } from "../ports.js";
import {
	ACK_WAIT_US,
	airtimeUs,
	BACKOFF_UNIT_US,
	CCA_US,
	LIFS_US,
	MAX_PSDU_BYTES,
	MAX_SIFS_FRAME_BYTES,
	SIFS_US,
	TURNAROUND_US,
} from "./timing.js";

/** Parameters of unslotted CSMA/CA (IEEE 802.15.4-2020, table 8-94, with the standard's defaults). */
export interface CsmaOptions {
	/** macMinBe, 0 to maxBe. */
	readonly minBe: number;
	/** macMaxBe, 3 to 8. */
	readonly maxBe: number;
	/** macMaxCsmaBackoffs: busy assessments that a frame survives, 0 to 5. */
	readonly maxBackoffs: number;
	/** macMaxFrameRetries, 0 to 7. */
	readonly maxRetries: number;
}

export const CSMA_DEFAULTS: CsmaOptions = { minBe: 3, maxBe: 5, maxBackoffs: 4, maxRetries: 3 };

/** The longest that a frame of full length may take, retransmissions included, in µs. */
export function longestDeliveryUs({ maxBe, maxBackoffs, maxRetries }: CsmaOptions): number {
	const accessUs = (maxBackoffs + 1) * (((1 << maxBe) - 1) * BACKOFF_UNIT_US + CCA_US);
	return (maxRetries + 1) * (accessUs + TURNAROUND_US + airtimeUs(MAX_PSDU_BYTES) + ACK_WAIT_US);
}

/** What became of a frame: on the air (and acknowledged, where that was asked), given up, or out of time. */
export type CsmaOutcome = "sent" | "mac-retries" | "mac-channel-busy" | "mac-late";

/** What one attempt with a frame needs besides the frame: assessment, turnaround, acknowledgement. */
const AROUND_FRAME_US = CCA_US + TURNAROUND_US + ACK_WAIT_US;
/** What one attempt with the longest frame needs, its backoff excepted. */
export const LONGEST_ATTEMPT_US: number = AROUND_FRAME_US + airtimeUs(MAX_PSDU_BYTES);

/** Whoever sends a frame. */
export interface FrameSender {
	/** Told once how the frame ended, and how often it was on the air. */
	frameDone(outcome: CsmaOutcome, transmissions: number): void;
}

/** A frame on its way by CSMA/CA, and how far it has come; one object does for frame after frame, of whatever sender. */
export class Transmission implements TransmitOptions {
	cca = true;
	atUs = 0;
	sender: FrameSender | undefined;
	psdu: Uint8Array | undefined;
	busyCount = 0;
	exponent = 0;
	/** How often it was on the air. */
	count = 0;
	/** The frame has one attempt, at the instant that it was made for. */
	isOnce = false;

	constructor(sender?: FrameSender) {
		this.sender = sender;
	}
}

/**
 * Unslotted CSMA/CA with retransmission, for one frame at a time (IEEE 802.15.4-2020, 6.2.5.1).
 *
 * Backoffs are drawn here; the radio assesses the channel at the microsecond that they lead to.
 */
export class Csma implements TransmitWaiter {
	readonly #radio: Radio;
	readonly #clock: Clock;
	readonly #random: Random;
	readonly #options: CsmaOptions;
	/** The frame that is under way. */
	#transmission: Transmission | undefined;
	/** No transmission before the interframe space after the last one is over. */
	#spacedUs = 0;
	/**
	 * No attempt may end later than this: backoffs are cut short for the first one of a frame, and a frame whose next one
	 * does not fit ends as `mac-late`. Until then a busy channel is waited for, however often it is found so, and a frame has
	 * twice its attempts. Undefined while any attempt will do.
	 */
	untilUs: number | undefined;

	constructor(radio: Radio, clock: Clock, random: Random, options: CsmaOptions = CSMA_DEFAULTS) {
		this.#radio = radio;
		this.#clock = clock;
		this.#random = random;
		this.#options = options;
	}

	/** Whether a frame is under way. */
	get busy(): boolean {
		return this.#transmission !== undefined;
	}

	/**
	 * Sends one frame, and tells its sender how it ended, once, later.
	 *
	 * Throws an Error while another frame is under way. Neither `psdu` nor `transmission` may be touched until then.
	 */
	send(psdu: Uint8Array, transmission: Transmission): void {
		this.take("send", psdu, transmission);
		this.begin(transmission, this.#options.minBe);
	}

	/** The earliest time at which an assessment may begin. */
	readyUs(): number {
		return Math.max(this.#clock.nowUs(), this.#spacedUs);
	}

	/**
	 * Sends one frame whose assessment begins at `atUs`, not before {@link readyUs}: no backoff, and no second attempt when
	 * the channel is busy. Else as {@link send}.
	 */
	sendAt(psdu: Uint8Array, atUs: number, transmission: Transmission): void {
		this.take("sendAt", psdu, transmission);
		transmission.isOnce = true;
		this.attempt(transmission, atUs);
	}

	/** The radio is done with an attempt. */
	transmitted(outcome: TransmitOutcome): void {
		const transmission = this.#transmission!;
		if (outcome === "channel-busy") {
			transmission.busyCount++;
			const isOver = transmission.busyCount > this.#options.maxBackoffs && !this.isPatient;
			if (transmission.isOnce || isOver) this.finish(transmission, "mac-channel-busy");
			else {
				transmission.exponent = Math.min(transmission.exponent + 1, this.#options.maxBe);
				this.backOff(transmission);
			}
			return;
		}
		const count = ++transmission.count;
		if (outcome === "no-ack") {
			// The wait for the acknowledgement was longer than any interframe space.
			const { minBe, maxBe, maxRetries } = this.#options;
			if (count <= maxRetries) this.begin(transmission, minBe);
			// Whoever was not heard so often may be hidden from somebody who sends a long datagram: waits longer from now on.
			else if (this.isPatient && count <= 2 * maxRetries + 1) this.begin(transmission, maxBe);
			else this.finish(transmission, "mac-retries");
			return;
		}
		const spaceUs = transmission.psdu!.length <= MAX_SIFS_FRAME_BYTES ? SIFS_US : LIFS_US;
		this.#spacedUs = this.#clock.nowUs() + spaceUs;
		this.finish(transmission, "sent");
	}

	private take(method: string, psdu: Uint8Array, transmission: Transmission): void {
		if (this.#transmission !== undefined) throw new Error(`Csma.${method}: a frame is under way`);
		this.#transmission = transmission;
		transmission.psdu = psdu;
		transmission.busyCount = 0;
		transmission.count = 0;
		transmission.isOnce = false;
	}

	private begin(transmission: Transmission, exponent: number): void {
		transmission.busyCount = 0;
		transmission.exponent = exponent;
		this.backOff(transmission);
	}

	private get isPatient(): boolean {
		return this.untilUs !== undefined;
	}

	private backOff(transmission: Transmission): void {
		const units = this.#random.below(1 << transmission.exponent);
		const fromUs = this.readyUs();
		let atUs = fromUs + units * BACKOFF_UNIT_US;
		const latestUs = this.latestUs(transmission);
		if (latestUs !== undefined && atUs > latestUs) {
			const isFirst = transmission.count === 0 && transmission.busyCount === 0;
			// The first attempt is made in any case: whoever sends is told how it ended later, never at once.
			if (!isFirst) {
				this.finish(transmission, "mac-late");
				return;
			}
			atUs = Math.max(fromUs, latestUs);
		}
		this.attempt(transmission, atUs);
	}

	/** When the last attempt that is in time begins; undefined where any is. */
	private latestUs({ psdu }: Transmission): number | undefined {
		const { untilUs } = this;
		return untilUs === undefined ? undefined : untilUs - AROUND_FRAME_US - airtimeUs(psdu!.length);
	}

	private attempt(transmission: Transmission, atUs: number): void {
		transmission.atUs = atUs;
		this.#radio.transmit(transmission.psdu!, transmission, this);
	}

	private finish(transmission: Transmission, outcome: CsmaOutcome): void {
		this.#transmission = undefined;
		transmission.psdu = undefined;
		transmission.sender!.frameDone(outcome, transmission.count);
	}
}
