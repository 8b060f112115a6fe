/**
 * The row of a radio: 16 doubles, which are 32 words, which are 128 octets, and where each has what.
 *
 * A frame touches the radios of some eight neighbours at its start and at its end. With an array for each field, every
 * field would be a cache line of its own, and in large networks cache lines are what a frame costs. Octets 0 to 63 hold what
 * each frame touches, the others what receptions add.
 *
 * Whoever uses them takes these numbers into constants of its own module: only those are known to the engine when it
 * compiles. As all are below the length of a row, `|` adds them to where a row begins.
 */
export const RADIO_ROW = {
	/** The row of radio n begins at double n << ROW, word n << WORDS, octet n << OCTETS. */
	ROW: 4,
	WORDS: 5,
	OCTETS: 7,

	/** Doubles: power of all frames in the air here, in mW. */
	POWER_MW: 0,
	/** When the receiver locked, and the power of the frame that it locked to. */
	LOCK_US: 1,
	LOCK_MW: 2,
	/** Up to when the bits of that frame were counted, and the logarithm of the chance that all were right. */
	COUNTED_US: 3,
	LN_SUCCESS: 4,
	/** When the power last fell from above the CCA threshold. */
	LAST_BUSY_US: 5,
	/** Words: the sender of the frame that the receiver is locked to, or -1. */
	LOCKED_ON: 12,
	/** Frames in the air here. */
	IN_AIR: 13,
	/** PAN and short address that the radio filters by, 16 bits each. */
	PAN_AND_SHORT: 14,
	/** Octets: a `RadioMode`, and the channel. */
	MODE: 60,
	CHANNEL: 61,
	/** The mode before the node last began to listen. */
	MODE_BEFORE: 62,
	/** Whether another frame was in the air during the one that the receiver is locked to. */
	INTERFERED: 63,

	/** Doubles: when the node last began to listen. */
	LISTENING_SINCE_US: 8,
	/** Time with the receiver on, frames included, up to `BOOKED_US`; the part of it spent on frames; time on the air. */
	ON_US: 9,
	RX_US: 10,
	TX_US: 11,
	BOOKED_US: 12,
	/** Words: frames that the CPU handled. */
	HANDLED: 26,
	/** Octets: the channel that the frame went out on; 0 while there is none in the air. */
	SENDING_ON: 108,
	/** Where a transmission stands: a `Phase`. */
	PHASE: 109,
	/** Whether the receiver is wanted when nothing is sent. */
	WANTED: 110,
	/** How the address filter is set beside its addresses. */
	FILTER_FLAGS: 111,
	/** Words: the EUI-64 that the radio filters by. */
	EXTENDED_HIGH: 28,
	EXTENDED_LOW: 29,
	/** How often the power went and came back: odd while there is none. */
	POWER_CYCLES: 30,
	/** Draws of the node's own random stream so far. */
	DRAWS: 31,
} as const;

/**
 * Octets in front of the rows. The C library puts 16 of its own before a large block, which begins with a page: behind 48
 * more, each half of a row is one cache line.
 */
const BEFORE_ROWS = 48;

/** The rows of all radios. */
export class RadioTable {
	readonly radios: number;
	readonly doubles: Float64Array;
	readonly words: Int32Array;
	readonly octets: Uint8Array;

	constructor(radios: number) {
		this.radios = radios;
		const bytes = radios << RADIO_ROW.OCTETS;
		const buffer = new ArrayBuffer(BEFORE_ROWS + bytes);
		this.doubles = new Float64Array(buffer, BEFORE_ROWS, bytes >> 3);
		this.words = new Int32Array(buffer, BEFORE_ROWS, bytes >> 2);
		this.octets = new Uint8Array(buffer, BEFORE_ROWS, bytes);
	}
}
