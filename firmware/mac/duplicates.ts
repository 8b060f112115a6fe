import type { LinkAddress } from "../address.js";
import { putTime, RowMemory, timeOf } from "../rows.js";
import { CSMA_DEFAULTS, longestDeliveryUs } from "./csma.js";

/** Frames that are remembered; a sender's retransmission follows its frame, with few others between. */
const REMEMBERED = 8;
/** Of each: mode, number and FCS of the frame, two halves of the address, two of the time until which it is remembered. */
const NUMBERS = 5;
const LOW = 1;
const HIGH = 2;
const UNTIL = 3;
/** Numbers of 32 bits in which they lie. */
export const HEARD_NUMBERS: number = REMEMBERED * NUMBERS;
/** A retransmission comes within this, unless a sender's CSMA is set to be more patient. */
export const DUPLICATE_WINDOW_US = longestDeliveryUs(CSMA_DEFAULTS);

/**
 * Recognises retransmitted frames by source, sequence number and FCS within a short window.
 *
 * The sequence number alone would let anybody who guesses the next one have the honest frame
 * acknowledged and thrown away; with the FCS in the key, only the same octets are a duplicate.
 */
export class DuplicateFilter {
	readonly #memory: RowMemory;
	readonly #windowUs: number;
	/** Where the frame is remembered that comes next. */
	#next = 0;

	/** `windowUs`: how long a frame is remembered. `memory`: with {@link HEARD_NUMBERS} at its head, which others let be. */
	constructor(windowUs = DUPLICATE_WINDOW_US, memory = new RowMemory(0, HEARD_NUMBERS)) {
		this.#windowUs = windowUs;
		this.#memory = memory;
	}

	/** Whether this frame came before; if not, it is remembered. `fcs` as 16 bits; `seq` -1 for none. */
	isDuplicate(source: LinkAddress, seq: number, fcs: number, timeUs: number): boolean {
		const { numbers } = this.#memory;
		const { high, low } = source;
		const key = (source.mode << 24) | ((seq & 0xff) << 16) | fcs;
		for (let at = 0; at < HEARD_NUMBERS; at += NUMBERS) {
			if (
				numbers[at] === key &&
				numbers[at + LOW] === low &&
				numbers[at + HIGH] === high &&
				timeOf(numbers, at + UNTIL) > timeUs
			)
				return true;
		}
		const at = this.#next;
		this.#next = (at + NUMBERS) % HEARD_NUMBERS;
		numbers[at] = key;
		numbers[at + LOW] = low;
		numbers[at + HIGH] = high;
		putTime(numbers, at + UNTIL, timeUs + this.#windowUs);
		return false;
	}
}
