/** What a board in a machine of its own is called with: an octet, then what belongs to it. */
export const BoardCall = {
	/** Whether frames may be injected (an octet), and the settings of the build as a store keeps them. */
	create: 0,
	/** The time, 32 bits: what is due until then is done. */
	advance: 1,
	/** A datagram of the air. */
	hear: 2,
	/** Octets of the serial line. */
	serial: 3,
} as const;

/** What a board says: an octet, then what belongs to it. */
export const BoardSaid = {
	datagram: 0,
	serial: 1,
	/** It is to start anew. */
	restart: 2,
	/** When it has something to do, 32 bits. */
	nextUs: 3,
} as const;

/** What a board asks of its flash: an octet, the length of a name, the name, then what belongs to it. */
export const BoardQuery = {
	/** Octets of a blob, 32 bits; -1 for none. */
	size: 0,
	/** A blob that there is: its octets. */
	read: 1,
	/** Octets to write; no answer. */
	write: 2,
	remove: 3,
} as const;
