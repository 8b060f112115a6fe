import type { Clock, TransmitOptions, TransmitOutcome } from "../../ports.js";
import type { AttemptWaiter, ConsoleRadio } from "./console-radio.js";

/** Frames that may wait, so that the next one is there when its time comes. */
export const INJECTION_SLOTS = 4;
const MIN_PSDU_BYTES = 5;
const MAX_PSDU_BYTES = 127;
/** So long before its time a frame goes to the radio, which would send nothing else meanwhile. */
const LEAD_US = 5000;
/** A frame for later than this would only keep its place from others. */
const MAX_AHEAD_US = 10_000_000;

/** Tells what became of the frame of command `id`, and when its transmission was to begin. */
export type InjectionDone = (id: number, outcome: TransmitOutcome, beganUs: number) => void;

class Slot {
	readonly bytes = new Uint8Array(MAX_PSDU_BYTES);
	length = 0;
	id = 0;
	readonly options: TransmitOptions = { cca: false, atUs: 0 };
}

/** Sends frames that come from outside at their times, in the order in which they came. */
export class Injection implements AttemptWaiter {
	readonly #radio: ConsoleRadio;
	readonly #clock: Clock;
	readonly #done: InjectionDone;
	readonly #slots: Slot[] = [];
	#first = 0;
	#count = 0;
	readonly #send = (): void => {
		const slot = this.#slots[this.#first] as Slot;
		this.#radio.transmit(slot.bytes.subarray(0, slot.length), slot.options, this);
	};

	constructor(radio: ConsoleRadio, clock: Clock, done: InjectionDone) {
		this.#radio = radio;
		this.#clock = clock;
		this.#done = done;
		for (let i = 0; i < INJECTION_SLOTS; i++) this.#slots.push(new Slot());
	}

	/** Takes a frame for `atUs`, a time that has passed meaning at once; returns why it does not, undefined if it does. */
	add(id: number, atUs: number, cca: boolean, psdu: Uint8Array): string | undefined {
		if (psdu.length < MIN_PSDU_BYTES || psdu.length > MAX_PSDU_BYTES) {
			return `psdu: expected ${MIN_PSDU_BYTES} to ${MAX_PSDU_BYTES} octets, got ${psdu.length}`;
		}
		if (atUs - this.#clock.nowUs() > MAX_AHEAD_US) {
			return `atUs: expected a time at most ${MAX_AHEAD_US} us ahead`;
		}
		if (this.#count === INJECTION_SLOTS) return `expected at most ${INJECTION_SLOTS} frames to wait`;
		const slot = this.#slots[(this.#first + this.#count++) % INJECTION_SLOTS] as Slot;
		slot.bytes.set(psdu);
		slot.length = psdu.length;
		slot.id = id;
		slot.options.cca = cca;
		slot.options.atUs = atUs;
		if (this.#count === 1) this.begin();
		return undefined;
	}

	private begin(): void {
		const { atUs } = (this.#slots[this.#first] as Slot).options;
		const leaveUs = atUs - LEAD_US;
		if (leaveUs > this.#clock.nowUs()) this.#clock.at(leaveUs, this.#send);
		else this.#send();
	}

	transmitted(outcome: TransmitOutcome, beganUs: number): void {
		const { id } = this.#slots[this.#first] as Slot;
		this.#first = (this.#first + 1) % INJECTION_SLOTS;
		this.#count--;
		if (this.#count > 0) this.begin();
		this.#done(id, outcome, beganUs);
	}
}
