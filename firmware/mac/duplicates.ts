import type { LinkAddress } from "../address.js";
import { CSMA_DEFAULTS, longestDeliveryUs } from "./csma.js";

/** Frames that are remembered; a sender's retransmission follows its frame, with few others between. */
const REMEMBERED = 8;
/** A retransmission comes within this, unless a sender's CSMA is set to be more patient. */
export const DUPLICATE_WINDOW_US = longestDeliveryUs(CSMA_DEFAULTS);

/**
 * Recognises retransmitted frames by source, sequence number and FCS within a short window.
 *
 * The sequence number alone would let anybody who guesses the next one have the honest frame
 * acknowledged and thrown away; with the FCS in the key, only the same octets are a duplicate.
 */
export class DuplicateFilter {
	readonly #key = new Int32Array(REMEMBERED);
	readonly #high = new Int32Array(REMEMBERED);
	readonly #low = new Int32Array(REMEMBERED);
	readonly #untilUs = new Float64Array(REMEMBERED);
	readonly #windowUs: number;
	#next = 0;

	/** `windowUs`: how long a frame is remembered. */
	constructor(windowUs = DUPLICATE_WINDOW_US) {
		this.#windowUs = windowUs;
	}

	/** Whether this frame came before; if not, it is remembered. `fcs` as 16 bits; `seq` -1 for none. */
	isDuplicate(source: LinkAddress, seq: number, fcs: number, timeUs: number): boolean {
		const key = (source.mode << 24) | ((seq & 0xff) << 16) | fcs;
		for (let i = 0; i < REMEMBERED; i++) {
			if (
				this.#key[i] === key &&
				this.#low[i] === source.low &&
				this.#high[i] === source.high &&
				this.#untilUs[i]! > timeUs
			)
				return true;
		}
		const at = this.#next;
		this.#next = (at + 1) % REMEMBERED;
		this.#key[at] = key;
		this.#high[at] = source.high;
		this.#low[at] = source.low;
		this.#untilUs[at] = timeUs + this.#windowUs;
		return false;
	}
}
