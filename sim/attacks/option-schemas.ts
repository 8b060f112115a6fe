/** Schema of the size that a forged fragment claims. */
export const SIZE_BYTES = {
	type: "integer",
	minimum: 64,
	maximum: 2047,
	default: 1280,
	description: "Octets that a forged first fragment claims for its datagram",
} as const;

/** Octets of the datagram that the least first fragment carries: its headers, and 16 more. */
export const LEAST_FIRST_BYTES = 64;
