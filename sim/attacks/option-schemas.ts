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

/** Schema of the size of the datagrams by which an attacker earns its standing. */
export const GOOD_BYTES = {
	type: "integer",
	minimum: 64,
	maximum: 1280,
	default: 160,
	description: "Octets of the whole datagrams by which it earns its standing; 160 make two fragments",
} as const;

/** Schema of `identity` for attacks that do not live from a stolen name. */
export function identityOption(by: "own" | "invented"): Readonly<Record<string, unknown>> {
	return {
		enum: ["own", "invented", "spoofed"],
		default: by,
		description:
			"The address on the frames: their own, a new one each time, or that of an honest neighbour of the victim",
	};
}

/** Schema of the power of attackers that speak to all who can hear them. */
export const LOUD = {
	anyOf: [{ enum: ["match"] }, { type: "number", minimum: -40, maximum: 30 }],
	default: 8,
	description: "Transmit power; match: as loud at the victim as its neighbour",
} as const;
