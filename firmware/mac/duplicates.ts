import type { LinkAddress } from "../address.js";
import { putTime, RowMemory, timeOf } from "../rows.js";
import { CSMA_DEFAULTS, longestDeliveryUs } from "./csma.js";

/** Frames that are remembered; a sender's retransmission follows its frame, with few others between. */
const REMEMBERED = 8;
/** Of each, together: two halves of the address, two of the time until which it is remembered. */
const NUMBERS = 4;
const LOW = 0;
const HIGH = 1;
const UNTIL = 2;
/** Behind them, side by side because they are looked through: mode, number and FCS of each. */
const KEYS = REMEMBERED * NUMBERS;
/** Which of them is forgotten next. */
const OLDEST = KEYS + REMEMBERED;
/** Numbers of 32 bits in which all of it lies. */
export const HEARD_NUMBERS: number = OLDEST + 1;
/** A retransmission comes within this, unless a sender's CSMA is set to be more patient. */
export const DUPLICATE_WINDOW_US = longestDeliveryUs(CSMA_DEFAULTS);

/**
 * Recognises retransmitted frames by source, sequence number and FCS within a short window: whether this frame came
 * before; if not, it is remembered for `windowUs`.
 *
 * The sequence number alone would let anybody who guesses the next one have the honest frame
 * acknowledged and thrown away; with the FCS in the key, only the same octets are a duplicate.
 *
 * `memory` has {@link HEARD_NUMBERS} at its head, 0 at first, which others let be. `fcs` as 16 bits; `seq` -1 for none.
 */
export function isDuplicate(
	memory: RowMemory,
	windowUs: number,
	source: LinkAddress,
	seq: number,
	fcs: number,
	timeUs: number,
): boolean {
	const { numbers } = memory.heap;
	const head = memory.base - HEARD_NUMBERS;
	const { high, low } = source;
	const key = (source.mode << 24) | ((seq & 0xff) << 16) | fcs;
	const keys = head + KEYS;
	for (let i = 0; i < REMEMBERED; i++) {
		if (numbers[keys + i] !== key) continue;
		const at = head + i * NUMBERS;
		if (numbers[at + LOW] === low && numbers[at + HIGH] === high && timeOf(numbers, at + UNTIL) > timeUs)
			return true;
	}
	const oldest = numbers[head + OLDEST]!;
	numbers[head + OLDEST] = (oldest + 1) % REMEMBERED;
	numbers[keys + oldest] = key;
	const at = head + oldest * NUMBERS;
	numbers[at + LOW] = low;
	numbers[at + HIGH] = high;
	putTime(numbers, at + UNTIL, timeUs + windowUs);
	return false;
}

/** What {@link isDuplicate} remembers, for who listens without a table of neighbours. */
export class DuplicateFilter {
	readonly #memory = new RowMemory(HEARD_NUMBERS);
	readonly #windowUs: number;

	/** `windowUs`: how long a frame is remembered. */
	constructor(windowUs = DUPLICATE_WINDOW_US) {
		this.#windowUs = windowUs;
		this.#memory.fit(0, 0);
	}

	/** See {@link isDuplicate}. */
	isDuplicate(source: LinkAddress, seq: number, fcs: number, timeUs: number): boolean {
		return isDuplicate(this.#memory, this.#windowUs, source, seq, fcs, timeUs);
	}
}
