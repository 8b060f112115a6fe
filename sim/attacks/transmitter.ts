import { putU16le } from "../../firmware/bytes.js";
import { putFcs } from "../../firmware/frames/fcs.js";
import { FrameType } from "../../firmware/frames/mac-frame.js";
import { Csma, type CsmaOutcome, Transmission } from "../../firmware/mac/csma.js";
import {
	ACK_BYTES,
	airtimeUs,
	LIFS_US,
	MAX_PSDU_BYTES,
	OCTET_US,
	SHR_PHR_US,
	SIFS_US,
	TURNAROUND_US,
} from "../../firmware/mac/timing.js";
import type { Clock, Radio, Random, TransmitOutcome } from "../../firmware/ports.js";
import type { SendOptions } from "./attack.js";

/** Frames that may wait for the air; what is more is dropped and counted. */
const CAPACITY = 32;
/** CSMA/CA with the standard's backoffs, and no second try. */
const POLITE = { minBe: 3, maxBe: 5, maxBackoffs: 4, maxRetries: 0 } as const;
const OUTCOMES: Readonly<Record<CsmaOutcome, TransmitOutcome>> = {
	sent: "sent",
	"mac-retries": "no-ack",
	"mac-channel-busy": "channel-busy",
	"mac-late": "no-ack",
};
/** Where a frame with PAN identifier compression has the PAN of its destination. */
const PAN_AT = 3;
/** The least that a burst fills. */
const LEAST_BURST_BYTES = 5;
/** A reserved frame type: nobody decodes more of it. */
const RESERVED_TYPE = 4;

interface Waiting {
	readonly psdu: Uint8Array;
	readonly options: SendOptions;
}

export interface TransmitterOptions {
	readonly radio: Radio;
	readonly clock: Clock;
	readonly random: Random;
	readonly panId: number;
	/** Makes a frame ready to go out. */
	readonly finish: (psdu: Uint8Array) => Uint8Array;
	/** Address every frame to a foreign PAN, just before it goes out. */
	readonly control: boolean;
	/** Frames of these attackers that are under way. */
	readonly ours: Set<Uint8Array>;
}

/** The sending half of an attacker's radio: one frame at a time, polite or urgent. */
export class Transmitter {
	dropped = 0;
	/** Until here the answer to the last frame that was heard occupies the air. */
	quietUs = 0;
	readonly #options: TransmitterOptions;
	readonly #csma: Csma;
	readonly #queue: Waiting[] = [];
	#isBusy = false;
	/** No transmission before the interframe space after the last one is over. */
	#spacedUs = 0;

	constructor(options: TransmitterOptions) {
		this.#options = options;
		this.#csma = new Csma(options.radio, options.clock, options.random, POLITE);
	}

	get waiting(): number {
		return this.#queue.length + (this.#isBusy ? 1 : 0);
	}

	/** Queues a frame; returns whether there was room. */
	send(psdu: Uint8Array, options: SendOptions): boolean {
		if (this.#queue.length >= CAPACITY) {
			this.dropped++;
			return false;
		}
		const waiting = { psdu, options };
		if (isImpolite(options)) {
			const at = this.#queue.findIndex((other) => !isImpolite(other.options));
			this.#queue.splice(at < 0 ? this.#queue.length : at, 0, waiting);
		} else this.#queue.push(waiting);
		this.#pump();
		return true;
	}

	/** A burst until a time; nothing where no octet of it would be over by then. */
	jam(untilUs: number, done: (() => void) | undefined): void {
		const atUs = this.#options.clock.nowUs() + TURNAROUND_US;
		const bytes = Math.floor((untilUs - atUs - SHR_PHR_US) / OCTET_US);
		if (bytes < LEAST_BURST_BYTES) {
			done?.();
			return;
		}
		const burst = new Uint8Array(Math.min(MAX_PSDU_BYTES, bytes));
		burst[0] = RESERVED_TYPE;
		this.send(burst, { atUs, ...(done === undefined ? {} : { done }) });
	}

	#toForeignPan(psdu: Uint8Array): Uint8Array {
		const { panId } = this.#options;
		const foreign = psdu.slice();
		if ((foreign[0]! & 7) === FrameType.data) putU16le(foreign, PAN_AT, panId ^ 1);
		// Acknowledgements bear no PAN: one of a reserved type is as long, and means nothing to anybody.
		else if ((foreign[0]! & 7) === FrameType.ack) foreign[0] = RESERVED_TYPE;
		else return foreign;
		putFcs(foreign, foreign.length);
		return foreign;
	}

	#pump(): void {
		if (this.#isBusy) return;
		const next = this.#queue.shift();
		if (next === undefined) return;
		this.#isBusy = true;
		const { options } = next;
		const { clock, radio, ours, control, finish: secure } = this.#options;
		const finished = secure(next.psdu);
		const psdu = control ? this.#toForeignPan(finished) : finished;
		ours.add(psdu);
		const finish = (outcome: TransmitOutcome): void => {
			ours.delete(psdu);
			this.#isBusy = false;
			this.#spacedUs = clock.nowUs() + LIFS_US;
			options.done?.(outcome);
			this.#pump();
		};
		if (isImpolite(options)) {
			const atUs = options.atUs ?? Math.max(this.quietUs + SIFS_US, this.#spacedUs);
			radio.transmit(psdu, { cca: false, atUs: Math.max(atUs, clock.nowUs()) }, { transmitted: finish });
		} else this.#csma.send(psdu, new Transmission({ frameDone: (outcome) => finish(OUTCOMES[outcome]) }));
	}

	/** Notes a frame that just ended: whether its acknowledgement follows. */
	noteHeard(isAcknowledged: boolean): void {
		const nowUs = this.#options.clock.nowUs();
		this.quietUs = nowUs + (isAcknowledged ? TURNAROUND_US + airtimeUs(ACK_BYTES) : 0);
	}
}

function isImpolite(options: SendOptions): boolean {
	return options.urgent === true || options.atUs !== undefined;
}
