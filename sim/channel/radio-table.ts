/**
 * The rows of a radio, and where each has what: a near row and a far one, 64 octets each, which are one cache line.
 *
 * A frame touches the radios of some eight neighbours at its start and at its end. With an array for each field, every
 * field would be a cache line of its own, and in large networks cache lines are what a frame costs. The near row holds all
 * that frames of others touch, the far one what a radio's own transmissions and receptions add.
 *
 * Whoever uses them takes these numbers into constants of its own module: only those are known to the engine when it
 * compiles. As all are below the length of a row, `|` adds them to where a row begins.
 */
export const NEAR_ROW = {
	/** The row of radio n begins at double n << ROW, word n << WORDS, short n << SHORTS, octet n << OCTETS. */
	ROW: 3,
	WORDS: 4,
	SHORTS: 5,
	OCTETS: 6,

	/** Doubles: power of all frames in the air here, in mW. */
	POWER_MW: 0,
	/** Power of the frame that the receiver is locked to, and the logarithm of the chance that its bits so far were right. */
	LOCK_MW: 1,
	LN_SUCCESS: 2,
	/** When the power last fell from above the CCA threshold. */
	LAST_BUSY_US: 3,
	/** When the node last began to listen. */
	LISTENING_SINCE_US: 4,
	/** Words: the lower 32 bits of when the receiver locked; it does for no longer than a frame. */
	LOCK_US: 10,
	/** Time spent on frames that is not in the far row yet, below 2^30. */
	RX_US: 11,
	/** The sender of the frame that the receiver is locked to, or -1. */
	LOCKED_ON: 12,
	/** Frames in the air here. */
	IN_AIR: 13,
	/** Shorts: up to how long after the lock the frame's bits were counted. */
	COUNTED_US: 28,
	/** Short address that the radio filters by. */
	SHORT_ADDRESS: 29,
	/** Octets: the channel. */
	CHANNEL: 60,
	/** A `RadioMode`, and two bits further up the one before the node last began to listen. */
	MODES: 61,
	/** Where a transmission stands: a `Phase`. */
	PHASE: 62,
	/** Of {@link RADIO_FLAGS}. */
	FLAGS: 63,
} as const;

export const FAR_ROW = {
	/** The row of radio n begins at double n << ROW, word n << WORDS, octet n << OCTETS. */
	ROW: 3,
	WORDS: 4,
	OCTETS: 6,

	/** Doubles: time with the receiver on, frames included, up to `BOOKED_US`; the part of it spent on frames; time on the air. */
	ON_US: 0,
	RX_US: 1,
	TX_US: 2,
	BOOKED_US: 3,
	/** Words: frames that the CPU handled. */
	HANDLED: 8,
	/** PAN and EUI-64 that the radio filters by. */
	PAN: 9,
	EXTENDED_HIGH: 10,
	EXTENDED_LOW: 11,
	/** How often the power went and came back: odd while there is none. */
	POWER_CYCLES: 12,
	/** Draws of the node's own random stream so far. */
	DRAWS: 13,
	/** Octets: the channel that the frame went out on; 0 while there is none in the air. */
	SENDING_ON: 56,
} as const;

/** Bits of the octet `FLAGS`. */
export const RADIO_FLAGS = {
	/** How the address filter is set beside its addresses. */
	PROMISCUOUS: 1,
	COORDINATOR: 2,
	/** The receiver is wanted when nothing is sent. */
	WANTED: 4,
	/** Another frame was in the air during the one that the receiver is locked to. */
	INTERFERED: 8,
} as const;

const ROW_BYTES = 1 << NEAR_ROW.OCTETS;
/** The C library puts 16 octets of its own before a large block, which begins with a page: the first row begins behind 48 more. */
const BEFORE_ROWS = 48;

/** Rows of 64 octets, one a radio. */
class Rows {
	readonly doubles: Float64Array;
	readonly words: Int32Array;
	readonly shorts: Uint16Array;
	readonly octets: Uint8Array;

	constructor(radios: number) {
		const bytes = radios * ROW_BYTES;
		const buffer = new ArrayBuffer(BEFORE_ROWS + bytes);
		this.doubles = new Float64Array(buffer, BEFORE_ROWS, bytes >> 3);
		this.words = new Int32Array(buffer, BEFORE_ROWS, bytes >> 2);
		this.shorts = new Uint16Array(buffer, BEFORE_ROWS, bytes >> 1);
		this.octets = new Uint8Array(buffer, BEFORE_ROWS, bytes);
	}
}

/** The rows of all radios. */
export class RadioTable {
	readonly radios: number;
	readonly near: Rows;
	readonly far: Rows;

	constructor(radios: number) {
		this.radios = radios;
		this.near = new Rows(radios);
		this.far = new Rows(radios);
	}
}
