import type { Radio } from "../ports.js";

/** Why a receiver is on. */
export const Listening = {
	always: 1,
	scanning: 2,
	election: 4,
	schedule: 8,
	section: 16,
	forward: 32,
	newcomers: 64,
} as const;
export type Listening = (typeof Listening)[keyof typeof Listening];

/** Turns the receiver on while there is a reason to listen, and off when there is none left. */
export class RadioDuty {
	readonly #radio: Radio;
	#reasons = 0;

	readonly #onSleep: () => void;

	/** `onSleep` is told each time that the receiver goes off. */
	constructor(radio: Radio, onSleep: () => void = () => {}) {
		this.#radio = radio;
		this.#onSleep = onSleep;
	}

	begin(reason: Listening): void {
		const was = this.#reasons;
		this.#reasons |= reason;
		if (was === 0) this.#radio.receive(true);
	}

	end(reason: Listening): void {
		const was = this.#reasons;
		this.#reasons &= ~reason;
		if (was !== 0 && this.#reasons === 0) this.off();
	}

	/** Drops all reasons but the one that a sink always has. */
	rest(): void {
		const kept = this.#reasons & Listening.always;
		if (this.#reasons !== 0 && kept === 0) this.off();
		this.#reasons = kept;
	}

	private off(): void {
		this.#radio.receive(false);
		this.#onSleep();
	}

	get isListening(): boolean {
		return this.#reasons !== 0;
	}
}
