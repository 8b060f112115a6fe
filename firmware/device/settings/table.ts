import { CLUSTER_DEFAULTS as CLUSTER, MOTE_DEFAULTS as MOTE } from "../../mote/defaults.js";
import {
	normalContexts,
	normalGroup,
	normalKey,
	normalPairKeys,
	normalPrefix,
	normalSinkAddress,
	printable,
} from "./forms.js";
import { choice, flag, integer, type Kind, quantity, type SettingValue, text } from "./kinds.js";

const KEY_FORM = "32 hexadecimal digits";

/**
 * All settings of a device: the one place that says which there are.
 *
 * Defaults are those of the simulator where it has the same setting; see `README.md` for the others.
 */
export const SETTINGS = {
	nodeId: integer(0, 0xfffc, null, "Number of the node; its short address and its EUI-64 end in one more"),
	role: choice(
		["sensor", "sink"],
		"sensor",
		"What the node does: makes readings, or collects those of others",
	),
	channel: integer(11, 26, MOTE.channel, "IEEE 802.15.4 channel at 2.4 GHz"),
	panId: integer(0, 0xfffe, MOTE.panId, "PAN identifier"),
	addressing: choice(["short", "extended"], "short", "Link-layer addresses: 16 bits, or the EUI-64"),
	txPowerDbm: integer(
		-40,
		30,
		MOTE.txPowerDbm,
		"Transmit power, in dBm; the radio takes the nearest that it has",
	),
	radio: choice(
		["154", "udp", "loop"],
		"154",
		"The chip's own radio, frames over UDP multicast, or one process",
	),
	udpGroup: text(
		"an IPv4 multicast address",
		normalGroup,
		"239.192.15.4",
		"Group that stands for the air, under radio udp",
	),
	udpPort: integer(1, 65535, 17754, "Port of the group; 17754 is that of ZEP"),
	wifiSsid: text("at most 32 printable characters", printable(32), null, "Wi-Fi network, under radio udp"),
	wifiPassword: text("at most 63 printable characters", printable(63), null, "Its password", true),
	prefix: text(
		"an IPv6 prefix of 64 bits such as 2001:db8::/64, or none",
		normalPrefix,
		MOTE.prefix,
		"Prefix of routable addresses; none for link-local addresses only",
	),
	contexts: text(
		"contexts such as 0=2001:db8::/64,1=fd00::/48, or none",
		normalContexts,
		`0=${MOTE.contexts[0]}`,
		"Prefixes that header compression knows, by context number (RFC 6282, 3.1.2)",
	),
	sinkId: integer(0, 0xfffc, 0, "Number of the node that readings go to"),
	sinkAddress: text(
		"an IPv6 address, or auto",
		normalSinkAddress,
		"auto",
		"Where readings go instead; auto for the address of node sinkId",
	),
	routing: choice(["gradient", "static"], "gradient", "Learnt from the sink's beacons, or one next hop"),
	nextHopId: integer(0, 0xfffc, null, "Number of the next node towards the sink, under static routing"),
	beaconPeriodS: quantity(
		0.001,
		86400,
		MOTE.beaconPeriodUs / 1e6,
		"Time between two beacons of a gradient, in seconds",
	),
	addressResolution: choice(
		["derived", "discovery"],
		"derived",
		"Link-layer addresses follow from IPv6 addresses, or are asked for (RFC 4861)",
	),
	minBe: integer(0, 8, MOTE.csma.minBe, "macMinBe: backoff exponent of the first assessment"),
	maxBe: integer(3, 8, MOTE.csma.maxBe, "macMaxBe: the greatest backoff exponent"),
	maxBackoffs: integer(
		0,
		5,
		MOTE.csma.maxBackoffs,
		"macMaxCsmaBackoffs: busy assessments that a frame survives",
	),
	maxRetries: integer(0, 7, MOTE.csma.maxRetries, "macMaxFrameRetries: transmissions after the first one"),
	neighbours: integer(1, 1024, MOTE.neighbours, "Neighbours that the node can remember"),
	queueLength: integer(1, 64, MOTE.queueLength, "Packets that may wait for the air"),
	hopLimit: integer(1, 255, MOTE.hopLimit, "IPv6 hop limit"),
	elideUdpChecksum: flag(MOTE.elideUdpChecksum, "Leaves the UDP checksum out (RFC 6282, 4.3.2)"),
	maxPacketBytes: integer(
		128,
		2047,
		MOTE.maxPacketBytes,
		"The largest IPv6 packet that the node sends or accepts, in octets",
	),
	defence: choice(
		["auto", "rfc4944", "predictive-csm", "predictive-csm-open", "predictive-csm-keyed"],
		"auto",
		"Who gets the memory for reassembly; auto: predictive-csm-keyed where there are pair keys, else predictive-csm-open",
	),
	reassemblyBytes: integer(0, 65536, MOTE.budgetBytes, "Memory for reassembly, in octets"),
	chainFormat: choice(
		["auto", "plain", "chained", "keyed"],
		"auto",
		"Fragments that the node sends: as in RFC 4944, with a hash chain, or with one under pair keys; auto: as the defence needs them",
	),
	tokenBytes: integer(8, 16, MOTE.chain.tokenBytes, "Length of the tokens without a key: 8, 12 or 16 octets"),
	keyedTokenBytes: integer(
		4,
		16,
		MOTE.chain.keyedTokenBytes,
		"Length of the tokens under a key: 4, 8, 12 or 16 octets",
	),
	helloPeriodS: quantity(0.001, 86400, MOTE.chain.helloPeriodUs / 1e6, "Time between two HELLOs, in seconds"),
	pairKeys: text(
		`ADDRESS=KEY pairs with commas between them, each key ${KEY_FORM}`,
		normalPairKeys,
		null,
		"The keys that the node shares with each neighbour",
		true,
	),
	securityLevel: integer(
		0,
		7,
		0,
		"Link-layer security of data frames (IEEE 802.15.4-2020, clause 9): 0 for none, not 4",
	),
	networkKey: text(
		KEY_FORM,
		normalKey,
		null,
		"The key that all nodes share, where securityLevel is not 0",
		true,
	),
	election: choice(
		["none", "game", "ch-finding"],
		"none",
		"How clusters elect their heads; none for no clusters",
	),
	roundS: quantity(0.1, 3600, CLUSTER.roundUs / 1e6, "Time between two collections of readings, in seconds"),
	roundsPerElection: integer(
		0,
		65535,
		0,
		"Rounds that a head leads for; 0 for what the election has for its own",
	),
	syncMs: quantity(0.1, 1e5, CLUSTER.syncUs / 1e3, "For the sink's SYNC and its echoes, in milliseconds"),
	receiptMs: quantity(
		0.1,
		1e5,
		CLUSTER.receiptUs / 1e3,
		"For the sink's RECEIPTs and their echoes, in milliseconds",
	),
	electionMs: quantity(
		10,
		1e5,
		CLUSTER.electionUs / 1e3,
		"For announcements, and for as long again those of the uncovered, in milliseconds",
	),
	joinMs: quantity(0.1, 1e5, CLUSTER.joinUs / 1e3, "For JOINs, in milliseconds"),
	slotMs: quantity(0.1, 1e4, CLUSTER.slotUs / 1e3, "Slot of one member, in milliseconds"),
	slotsPerSection: integer(3, 64, CLUSTER.slotsPerSection, "Slots of a cluster"),
	sections: integer(1, 255, CLUSTER.sections, "Clusters that can have slots of their own"),
	sinkSlots: integer(3, 255, CLUSTER.sinkSlots, "Slots of the sink's own cluster"),
	forwardMs: quantity(
		0.1,
		1e5,
		CLUSTER.forwardUs / 1e3,
		"For what heads collected, on its way to the sink, in milliseconds",
	),
	driftPpm: integer(0, 500, 40, "How far the clocks of the network may be off, in parts per million"),
	radiusRssiDbm: integer(-128, 0, -128, "A head that is heard more weakly covers nobody, in dBm"),
	bufferedReadings: integer(
		1,
		64,
		CLUSTER.bufferedReadings,
		"Readings that are kept until a receipt tells that they arrived",
	),
	trustGate: flag(true, "Whether bad heads are heeded no more"),
	sensePeriodS: quantity(0, 1e6, 10, "Time between two readings of all sensors, in seconds; 0 for none"),
	readingsPerPack: integer(1, 64, 1, "Readings of all sensors that one datagram carries"),
	sensor: choice(
		["auto", "sht3x", "tmp117", "bme68x", "synthetic", "none"],
		"auto",
		"What measures, on the board's I2C bus; auto: the first that answers, and made-up values where none does",
	),
	batteryPin: integer(0, 48, null, "Pin of the ADC behind the battery's voltage divider; none for mains"),
	batteryDivider: quantity(1, 100, 2, "Voltage of the battery divided by that at the pin"),
	batteryEmptyMv: integer(0, 60000, 3000, "Voltage of an empty battery, in millivolts"),
	batteryFullMv: integer(1, 60000, 4200, "Voltage of a full battery, in millivolts"),
	deepSleep: flag(
		false,
		"Whether a member of a cluster may turn the chip off in gaps that pay for its next start, some 1,700 rounds; in all others it sleeps lightly",
	),
} as const satisfies Readonly<Record<string, Kind<SettingValue>>>;

export type SettingKey = keyof typeof SETTINGS;

type ValueOf<K> = K extends Kind<infer T> ? T : never;

/** Settings as far as one source gives them: a build, or what was provisioned. */
export type SettingValues = { readonly [K in SettingKey]?: ValueOf<(typeof SETTINGS)[K]> };

/** The names of all settings, in the order in which people read them. */
export const SETTING_KEYS: readonly SettingKey[] = Object.keys(SETTINGS) as SettingKey[];

/** What is known of a setting; undefined where there is none of this name. */
export function settingKind(name: string): Kind<SettingValue> | undefined {
	for (const key of SETTING_KEYS) if (key === name) return SETTINGS[key];
	return undefined;
}
