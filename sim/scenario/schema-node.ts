import { MOTE_DEFAULTS } from "../../firmware/mote/defaults.js";
/** Section `node`: the configuration of the firmware, the same on every node. */
export const NODE_SCHEMA = {
	type: "object",
	additionalProperties: false,
	properties: {
		addressing: {
			enum: ["short", "extended"],
			default: "short",
			description: "Link-layer addresses: 16 bits for the first 65,533 nodes, or the EUI-64 for all",
		},
		panId: {
			type: "integer",
			minimum: 0,
			maximum: 0xfffe,
			default: MOTE_DEFAULTS.panId,
			description: "PAN identifier",
		},
		prefix: {
			type: ["string", "null"],
			title: "an IPv6 prefix of 64 bits",
			pattern: "^[0-9a-fA-F:.]+/64$",
			examples: ["2001:db8::/64"],
			default: MOTE_DEFAULTS.prefix,
			description: "Prefix of routable addresses; null for link-local addresses only",
		},
		contexts: {
			type: "object",
			propertyNames: { title: "a context number from 0 to 15", pattern: "^([0-9]|1[0-5])$" },
			additionalProperties: {
				type: "string",
				title: "an IPv6 prefix",
				pattern: "^[0-9a-fA-F:.]+/[0-9]{1,3}$",
				examples: ["2001:db8::/64"],
				description: "An IPv6 prefix and its length",
			},
			default: MOTE_DEFAULTS.contexts,
			description: "Prefixes that header compression knows, by context number (RFC 6282, 3.1.2)",
		},
		routing: {
			type: "object",
			additionalProperties: false,
			properties: {
				kind: {
					enum: ["static", "gradient", "neighbours"],
					default: "static",
					description:
						"static: shortest paths to the sink, known from the start; gradient: learnt from the sink's " +
						"beacons; neighbours: link-local only",
				},
				beaconPeriodS: {
					type: "number",
					exclusiveMinimum: 0,
					maximum: 86400,
					default: MOTE_DEFAULTS.beaconPeriodUs / 1e6,
					description: "Time between two beacons of a gradient, in seconds",
				},
			},
			default: {},
			description: "How a node finds the next hop",
		},
		addressResolution: {
			enum: ["derived", "discovery"],
			default: "derived",
			description:
				"derived: link-layer addresses follow from IPv6 addresses; discovery: nodes ask before their first " +
				"packet to a neighbour, as RIOT and ns-3 do (RFC 4861)",
		},
		security: {
			type: "object",
			additionalProperties: false,
			properties: {
				level: {
					enum: [0, 1, 2, 3, 5, 6, 7],
					default: 0,
					description: "0: none; 1 to 3: MIC of 4, 8 or 16 octets; 5 to 7: the same, and encryption",
				},
				key: {
					type: "string",
					pattern: "^[0-9a-fA-F]{32}$",
					default: "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
					description: "The key that all nodes share, 16 octets in hex",
				},
			},
			default: {},
			description: "Link-layer security of data frames with one network key (IEEE 802.15.4-2020, clause 9)",
		},
		chain: {
			type: "object",
			additionalProperties: false,
			properties: {
				format: {
					enum: ["auto", "plain", "chained", "keyed"],
					default: MOTE_DEFAULTS.chain.format,
					description:
						"Fragments that nodes send: as in RFC 4944, with a hash chain, or with one under link keys; auto: as " +
						"the reassembly policy needs them",
				},
				tokenBytes: {
					enum: [8, 12, 16],
					default: MOTE_DEFAULTS.chain.tokenBytes,
					description: "Length of the tokens without a key, in octets; 8 withstand 29 years of one GPU",
				},
				keyedTokenBytes: {
					enum: [4, 8, 12, 16],
					default: MOTE_DEFAULTS.chain.keyedTokenBytes,
					description: "Length of the tokens under a key, in octets; nobody can compute these ahead",
				},
				helloPeriodS: {
					type: "number",
					exclusiveMinimum: 0,
					maximum: 86400,
					default: MOTE_DEFAULTS.chain.helloPeriodUs / 1e6,
					description: "Time between two HELLOs, which tell neighbours that a node chains, in seconds",
				},
				masterKey: {
					type: "string",
					pattern: "^[0-9a-fA-F]{32}$",
					default: "101112131415161718191a1b1c1d1e1f",
					description: "From this each pair of nodes has its link key, 16 octets in hex; no node holds it",
				},
			},
			default: {},
			description: "The hash chain of fragments",
		},
		csma: {
			type: "object",
			additionalProperties: false,
			properties: {
				minBe: {
					type: "integer",
					minimum: 0,
					maximum: 8,
					default: MOTE_DEFAULTS.csma.minBe,
					description: "macMinBe",
				},
				maxBe: {
					type: "integer",
					minimum: 3,
					maximum: 8,
					default: MOTE_DEFAULTS.csma.maxBe,
					description: "macMaxBe",
				},
				maxBackoffs: {
					type: "integer",
					minimum: 0,
					maximum: 5,
					default: MOTE_DEFAULTS.csma.maxBackoffs,
					description: "macMaxCsmaBackoffs: busy assessments that a frame survives",
				},
				maxRetries: {
					type: "integer",
					minimum: 0,
					maximum: 7,
					default: MOTE_DEFAULTS.csma.maxRetries,
					description: "macMaxFrameRetries: transmissions after the first one",
				},
			},
			default: {},
			description: "Unslotted CSMA/CA (IEEE 802.15.4-2020, 6.2.5.1)",
		},
		clockDriftPpm: {
			type: "number",
			minimum: 0,
			maximum: 500,
			default: 0,
			description:
				"Each node's clock is off by up to this, drawn once from both sides, in parts per million; 0: all keep true time",
		},
		neighbours: {
			type: "integer",
			minimum: 1,
			maximum: 65535,
			default: MOTE_DEFAULTS.neighbours,
			description: "Neighbours that a node can remember",
		},
		queueLength: {
			type: "integer",
			minimum: 1,
			maximum: 1024,
			default: MOTE_DEFAULTS.queueLength,
			description: "Packets that may wait for the air",
		},
		hopLimit: {
			type: "integer",
			minimum: 1,
			maximum: 255,
			default: MOTE_DEFAULTS.hopLimit,
			description: "IPv6 hop limit",
		},
		elideUdpChecksum: {
			type: "boolean",
			default: MOTE_DEFAULTS.elideUdpChecksum,
			description: "Leaves the UDP checksum out (RFC 6282, 4.3.2)",
		},
		maxPacketBytes: {
			type: "integer",
			minimum: 128,
			maximum: 2047,
			default: MOTE_DEFAULTS.maxPacketBytes,
			description: "The largest IPv6 packet that a node sends or accepts, in octets",
		},
	},
	default: {},
	description: "The firmware's configuration, the same on every node",
} as const;
