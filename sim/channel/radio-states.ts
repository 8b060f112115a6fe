import { RADIO_ROW, type RadioTable } from "./radio-table.js";

const { ROW, WORDS, OCTETS } = RADIO_ROW;
const { MODE, MODE_BEFORE, CHANNEL, WANTED, HANDLED } = RADIO_ROW;
const { ON_US, RX_US, TX_US, BOOKED_US, LISTENING_SINCE_US } = RADIO_ROW;

/** What a transceiver does right now. */
export const RadioMode = { off: 0, listening: 1, receiving: 2, transmitting: 3 } as const;

const FIRST_CHANNEL = 26;

/**
 * What each transceiver does, and the time that it spent in each mode.
 *
 * Receiving counts as listening here; {@link rxUs} says which part of it was spent on frames.
 */
export class RadioStates {
	readonly #doubles: Float64Array;
	readonly #words: Int32Array;
	readonly #octets: Uint8Array;

	constructor({ radios, doubles, words, octets }: RadioTable) {
		this.#doubles = doubles;
		this.#words = words;
		this.#octets = octets;
		for (let radio = 0; radio < radios; radio++) octets[(radio << OCTETS) | CHANNEL] = FIRST_CHANNEL;
	}

	mode(node: number): number {
		return this.#octets[(node << OCTETS) | MODE]!;
	}

	channel(node: number): number {
		return this.#octets[(node << OCTETS) | CHANNEL]!;
	}

	/** Whether the receiver is wanted when nothing is sent. */
	isWanted(node: number): boolean {
		return this.#octets[(node << OCTETS) | WANTED] === 1;
	}

	want(node: number, on: boolean): void {
		this.#octets[(node << OCTETS) | WANTED] = on ? 1 : 0;
	}

	/** Time with the receiver on, frames included, up to the last {@link book}. */
	onUs(node: number): number {
		return this.#doubles[(node << ROW) | ON_US]!;
	}

	rxUs(node: number): number {
		return this.#doubles[(node << ROW) | RX_US]!;
	}

	/** Time on the air and turning to it, up to the last {@link book}. */
	txUs(node: number): number {
		return this.#doubles[(node << ROW) | TX_US]!;
	}

	/** Frames that the CPU handled. */
	handled(node: number): number {
		return this.#words[(node << WORDS) | HANDLED]!;
	}

	handle(node: number): void {
		this.#words[(node << WORDS) | HANDLED]!++;
	}

	/** Adds to the time with the receiver on: for an assessment by a node that is off. */
	addOn(node: number, spanUs: number): void {
		this.#doubles[(node << ROW) | ON_US]! += spanUs;
	}

	/** Changes the mode, and books the time in the one before. */
	enter(node: number, mode: number, nowUs: number): void {
		this.book(node, nowUs);
		if (mode === RadioMode.listening) this.listen(node, nowUs);
		else this.#octets[(node << OCTETS) | MODE] = mode;
	}

	/** Lets a node listen from now on; books nothing, as the receiver may have been on before. */
	listen(node: number, nowUs: number): void {
		const octet = node << OCTETS;
		this.#octets[octet | MODE_BEFORE] = this.#octets[octet | MODE]!;
		this.#doubles[(node << ROW) | LISTENING_SINCE_US] = nowUs;
		this.#octets[octet | MODE] = RadioMode.listening;
	}

	/** Books the time in the present mode. */
	book(node: number, nowUs: number): void {
		const row = node << ROW;
		const spanUs = nowUs - this.#doubles[row | BOOKED_US]!;
		this.#doubles[row | BOOKED_US] = nowUs;
		const mode = this.#octets[(row << 3) | MODE];
		if (mode === RadioMode.transmitting) this.#doubles[row | TX_US]! += spanUs;
		else if (mode !== RadioMode.off) this.#doubles[row | ON_US]! += spanUs;
	}
}
