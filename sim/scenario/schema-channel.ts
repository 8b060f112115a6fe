import { MOTE_DEFAULTS } from "../../firmware/mote/defaults.js";
/** Section `channel`: what happens to a frame between two antennas. */
export const CHANNEL_SCHEMA = {
	type: "object",
	additionalProperties: false,
	properties: {
		number: {
			type: "integer",
			minimum: 11,
			maximum: 26,
			default: MOTE_DEFAULTS.channel,
			description: "IEEE 802.15.4 channel at 2.4 GHz; 26 lies clear of Wi-Fi",
		},
		propagation: {
			type: "object",
			additionalProperties: true,
			properties: {
				kind: {
					type: "string",
					title: "the name of a propagation model",
					minLength: 1,
					default: "log-distance",
					description: "Name of a propagation model, or path of your own module",
				},
			},
			default: {},
			description: "Loss between two places; the other keys are options of the kind",
		},
		prr: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: 1,
			default: 1,
			description:
				"Packet reception ratio on top of what the signal says: each frame survives each link with this chance",
		},
		fading: {
			type: "object",
			additionalProperties: false,
			properties: {
				deviationDb: {
					type: "number",
					minimum: 0,
					maximum: 20,
					default: 0,
					description:
						"Standard deviation of the received power in time, in dB; 0 for links that do not change",
				},
				coherenceS: {
					type: "number",
					exclusiveMinimum: 0,
					maximum: 1e6,
					default: 1,
					description: "How long a link stays as it is, in seconds",
				},
			},
			default: {},
			description:
				"Block fading: each pair of nodes draws its power anew for each span of time, normal in dB, cut at three " +
				"deviations, the same in both directions",
		},
		noiseDbm: {
			type: "number",
			minimum: -150,
			maximum: 0,
			default: -105,
			description: "Noise of a receiver: thermal noise in 2 MHz (-111 dBm) and a noise figure of 6 dB",
		},
		implementationLossDb: {
			type: "number",
			minimum: 0,
			maximum: 20,
			default: 4,
			description: "What receivers lose against the ideal demodulator: 1 % of long frames lost at -100 dBm",
		},
		sensitivityDbm: {
			type: "number",
			minimum: -150,
			maximum: 0,
			default: -105,
			description:
				"The weakest signal that a receiver tries to lock to; below some -101 dBm most long frames fail",
		},
		lockSinrDb: {
			type: "number",
			minimum: -30,
			maximum: 30,
			default: 0,
			description:
				"A receiver locks to a preamble that stands this far above noise and interference; 3 dB below " +
				"where half of the long frames survive, since eight equal symbols are easier to find than data",
		},
		captureDb: {
			type: "number",
			minimum: 0,
			maximum: 200,
			default: 3,
			description:
				"During a preamble, a frame stronger by this takes the receiver over (CC2420: co-channel " +
				"rejection 3 dB); 200 for never",
		},
		ccaThresholdDbm: {
			type: "number",
			minimum: -150,
			maximum: 0,
			default: -90,
			description:
				"Energy that makes the channel busy (CCA mode 1): the AT86RF233 with CCA_ED_THRES 2, -94 + 2*2 dBm. " +
				"After reset it has -80 dBm and the CC2420 -77 dBm, but the CC2420 senses weaker carriers too",
		},
		interferenceFloorDbm: {
			type: "number",
			minimum: -200,
			maximum: 0,
			default: -110,
			description: "Weaker signals are left out: a lower floor is slower and more exact",
		},
	},
	default: {},
	description: "The physical layer that all nodes share",
} as const;

/** Section `radio`: the transceiver of every node. */
export const RADIO_SCHEMA = {
	type: "object",
	additionalProperties: false,
	properties: {
		profile: {
			enum: ["cc2420", "at86rf233", "nrf52840", "esp32-c6"],
			default: "nrf52840",
			description: "Whose data sheet gives the currents",
		},
		txPowerDbm: {
			type: "number",
			minimum: -40,
			maximum: 30,
			default: MOTE_DEFAULTS.txPowerDbm,
			description: "Transmit power, within what the profile's data sheet lists",
		},
	},
	default: {},
	description: "The transceiver of every node",
} as const;
