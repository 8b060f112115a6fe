import type { Clock, Radio, Random, TransmitOptions, TransmitOutcome } from "../ports.js";
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

/**
 * Unslotted CSMA/CA with retransmission, for one frame at a time (IEEE 802.15.4-2020, 6.2.5.1).
 *
 * Backoffs are drawn here; the radio assesses the channel at the microsecond that they lead to.
 */
export class Csma {
	readonly #radio: Radio;
	readonly #clock: Clock;
	readonly #random: Random;
	readonly #options: CsmaOptions;
	readonly #attempt: TransmitOptions = { cca: true, atUs: 0 };
	#psdu: Uint8Array | undefined;
	#whenDone: ((outcome: CsmaOutcome, transmissions: number) => void) | undefined;
	#busyCount = 0;
	#exponent = 0;
	#transmissions = 0;
	/** No transmission before the interframe space after the last one is over. */
	#spacedUs = 0;
	/** The frame has one attempt, at the instant that it was made for. */
	#once = false;
	/**
	 * No attempt may end later than this: backoffs are cut short for the first one of a frame, and a frame whose next one
	 * does not fit ends as `mac-late`. Until then a busy channel is waited for, however often it is found so, and a frame has
	 * twice its attempts.
	 */
	untilUs: number = Number.POSITIVE_INFINITY;
	readonly #onDone = (outcome: TransmitOutcome): void => this.step(outcome);

	constructor(radio: Radio, clock: Clock, random: Random, options: CsmaOptions = CSMA_DEFAULTS) {
		this.#radio = radio;
		this.#clock = clock;
		this.#random = random;
		this.#options = options;
	}

	/** Whether a frame is under way. */
	get busy(): boolean {
		return this.#psdu !== undefined;
	}

	/**
	 * Sends one frame and calls `whenDone` once, later, with how often it was on the air.
	 *
	 * Throws an Error while another frame is under way. `psdu` must not change until then.
	 */
	send(psdu: Uint8Array, whenDone: (outcome: CsmaOutcome, transmissions: number) => void): void {
		if (this.#psdu !== undefined) throw new Error("Csma.send: a frame is under way");
		this.#psdu = psdu;
		this.#whenDone = whenDone;
		this.#transmissions = 0;
		this.#once = false;
		this.begin();
	}

	/** The earliest time at which an assessment may begin. */
	readyUs(): number {
		return Math.max(this.#clock.nowUs(), this.#spacedUs);
	}

	/**
	 * Sends one frame whose assessment begins at `atUs`, not before {@link readyUs}: no backoff, and no second attempt when
	 * the channel is busy. Else as {@link send}.
	 */
	sendAt(
		psdu: Uint8Array,
		atUs: number,
		whenDone: (outcome: CsmaOutcome, transmissions: number) => void,
	): void {
		if (this.#psdu !== undefined) throw new Error("Csma.sendAt: a frame is under way");
		this.#psdu = psdu;
		this.#whenDone = whenDone;
		this.#transmissions = 0;
		this.#once = true;
		this.#attempt.atUs = atUs;
		this.#radio.transmit(psdu, this.#attempt, this.#onDone);
	}

	private begin(): void {
		this.#busyCount = 0;
		this.#exponent = this.#options.minBe;
		this.backOff();
	}

	/** Whoever was not heard so often may be hidden from somebody who sends a long datagram: waits longer from now on. */
	private beginLate(): void {
		this.#busyCount = 0;
		this.#exponent = this.#options.maxBe;
		this.backOff();
	}

	private get isPatient(): boolean {
		return this.untilUs < Number.POSITIVE_INFINITY;
	}

	private backOff(): void {
		const units = this.#random.below(1 << this.#exponent);
		const fromUs = this.readyUs();
		let atUs = fromUs + units * BACKOFF_UNIT_US;
		const latestUs = this.untilUs - AROUND_FRAME_US - airtimeUs(this.#psdu!.length);
		if (atUs > latestUs) {
			const isFirst = this.#transmissions === 0 && this.#busyCount === 0;
			// The first attempt is made in any case: whoever sends is told how it ended later, never at once.
			if (!isFirst) {
				this.finish("mac-late");
				return;
			}
			atUs = Math.max(fromUs, latestUs);
		}
		this.#attempt.atUs = atUs;
		this.#radio.transmit(this.#psdu!, this.#attempt, this.#onDone);
	}

	private step(outcome: TransmitOutcome): void {
		if (outcome === "channel-busy") {
			this.#busyCount++;
			const isOver = this.#busyCount > this.#options.maxBackoffs && !this.isPatient;
			if (this.#once || isOver) this.finish("mac-channel-busy");
			else {
				this.#exponent = Math.min(this.#exponent + 1, this.#options.maxBe);
				this.backOff();
			}
			return;
		}
		this.#transmissions++;
		const spaceUs = this.#psdu!.length <= MAX_SIFS_FRAME_BYTES ? SIFS_US : LIFS_US;
		if (outcome === "no-ack") {
			// The wait for the acknowledgement was longer than any interframe space.
			const { maxRetries } = this.#options;
			if (this.#transmissions <= maxRetries) this.begin();
			else if (this.isPatient && this.#transmissions <= 2 * maxRetries + 1) this.beginLate();
			else this.finish("mac-retries");
			return;
		}
		this.#spacedUs = this.#clock.nowUs() + spaceUs;
		this.finish("sent");
	}

	private finish(outcome: CsmaOutcome): void {
		const whenDone = this.#whenDone!;
		this.#psdu = undefined;
		this.#whenDone = undefined;
		whenDone(outcome, this.#transmissions);
	}
}
