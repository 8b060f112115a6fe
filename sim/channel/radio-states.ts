import { FAR_ROW, NEAR_ROW, RADIO_FLAGS, type RadioTable } from "./radio-table.js";

const { ROW, WORDS, OCTETS, MODES, CHANNEL, FLAGS, LISTENING_SINCE_US } = NEAR_ROW;
const { ON_US, TX_US, BOOKED_US, HANDLED } = FAR_ROW;
const NEAR_RX_US = NEAR_ROW.RX_US;
const FAR_RX_US = FAR_ROW.RX_US;
const { WANTED } = RADIO_FLAGS;

/** What a transceiver does right now. */
export const RadioMode = { off: 0, listening: 1, receiving: 2, transmitting: 3 } as const;

/** Where the mode lies among the bits of its octet; the one before is so many bits further up. */
export const MODE_MASK = 3;
export const MODE_BITS = 2;

const FIRST_CHANNEL = 26;

/**
 * What each transceiver does, and the time that it spent in each mode.
 *
 * Receiving counts as listening here; {@link rxUs} says which part of it was spent on frames.
 */
export class RadioStates {
	readonly #nearDoubles: Float64Array;
	readonly #nearWords: Int32Array;
	readonly #octets: Uint8Array;
	readonly #doubles: Float64Array;
	readonly #words: Int32Array;

	constructor({ radios, near, far }: RadioTable) {
		this.#nearDoubles = near.doubles;
		this.#nearWords = near.words;
		this.#octets = near.octets;
		this.#doubles = far.doubles;
		this.#words = far.words;
		for (let radio = 0; radio < radios; radio++) near.octets[(radio << OCTETS) | CHANNEL] = FIRST_CHANNEL;
	}

	mode(node: number): number {
		return this.#octets[(node << OCTETS) | MODES]! & MODE_MASK;
	}

	channel(node: number): number {
		return this.#octets[(node << OCTETS) | CHANNEL]!;
	}

	/** Whether the receiver is wanted when nothing is sent. */
	isWanted(node: number): boolean {
		return (this.#octets[(node << OCTETS) | FLAGS]! & WANTED) !== 0;
	}

	want(node: number, on: boolean): void {
		const octet = (node << OCTETS) | FLAGS;
		const flags = this.#octets[octet]!;
		this.#octets[octet] = on ? flags | WANTED : flags & ~WANTED;
	}

	/** Time with the receiver on, frames included, up to the last {@link book}. */
	onUs(node: number): number {
		return this.#doubles[(node << ROW) | ON_US]!;
	}

	rxUs(node: number): number {
		return this.#doubles[(node << ROW) | FAR_RX_US]! + this.#nearWords[(node << WORDS) | NEAR_RX_US]!;
	}

	/** Adds to the time spent on frames, `spanUs` below 2^30. */
	addRx(node: number, spanUs: number): void {
		const word = (node << WORDS) | NEAR_RX_US;
		const rxUs = this.#nearWords[word]! + spanUs;
		if (rxUs < 0x40000000) this.#nearWords[word] = rxUs;
		else {
			this.#nearWords[word] = 0;
			this.#doubles[(node << ROW) | FAR_RX_US]! += rxUs;
		}
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
		else {
			const octet = (node << OCTETS) | MODES;
			this.#octets[octet] = (this.#octets[octet]! & ~MODE_MASK) | mode;
		}
	}

	/** Lets a node listen from now on; books nothing, as the receiver may have been on before. */
	listen(node: number, nowUs: number): void {
		const octet = (node << OCTETS) | MODES;
		this.#octets[octet] = ((this.#octets[octet]! & MODE_MASK) << MODE_BITS) | RadioMode.listening;
		this.#nearDoubles[(node << ROW) | LISTENING_SINCE_US] = nowUs;
	}

	/** Books the time in the present mode. */
	book(node: number, nowUs: number): void {
		const row = node << ROW;
		const spanUs = nowUs - this.#doubles[row | BOOKED_US]!;
		this.#doubles[row | BOOKED_US] = nowUs;
		const mode = this.mode(node);
		if (mode === RadioMode.transmitting) this.#doubles[row | TX_US]! += spanUs;
		else if (mode !== RadioMode.off) this.#doubles[row | ON_US]! += spanUs;
	}
}
