import type { TransmitOutcome } from "../../firmware/ports.js";

/**
 * What passes between a simulation and a mote in a machine of its own: canonical CBOR arrays that begin with one of
 * these numbers. Both ends import them, and nothing else: the machine knows no Node.js.
 */

/** What a machine is told: `[call, nowUs, …]`. Time stands still until it has answered. */
export const Call = {
	/** The plan, and names and units of the sensors: the mote is made. */
	create: 0,
	start: 1,
	stop: 2,
	/** The number of a timer. */
	fired: 3,
	/** PSDU, RSSI, LQI and time of its start delimiter. */
	received: 4,
	/** Index of the outcome in {@link OUTCOMES}. */
	done: 5,
	/** What to sense. */
	sense: 6,
	/** IPv6 address, payload and its length. */
	send: 7,
	/** Asks for {@link Post.memory}. */
	report: 8,
} as const;

/** What a machine asks for, in the order in which its mote does: `[post, …]`. */
export const Post = {
	/** An event, as an array of its own. */
	event: 0,
	/** Number of the timer, and when it fires. */
	at: 1,
	cancel: 2,
	/** PSDU, whether after an assessment, and when. */
	transmit: 3,
	receive: 4,
	receiveAt: 5,
	/** The fields of a radio's configuration, in their order. */
	configure: 6,
	/** Purpose of a stream of random numbers; streams are numbered from 0 on. */
	stream: 7,
	/** The most octets that reassembly took, and when rounds began. */
	memory: 8,
} as const;

/** What a machine waits for the answer to: `[query, …]`; the answer is a number, unless it is said otherwise. */
export const Query = {
	/** Number of a stream and a bound; 0 for any 32 bits. */
	draw: 16,
	/** The charge. */
	level: 17,
	/** Number of a sensor. */
	sense: 18,
	/** Name of a blob: its octets; -1 where there is none. */
	size: 19,
	/** Name of a blob, which is the answer as it stands. */
	stored: 20,
	/** Name, and the blob or null: 1 once it is kept, else 0. */
	store: 21,
} as const;

export const OUTCOMES: readonly TransmitOutcome[] = ["acked", "sent", "no-ack", "channel-busy"];
