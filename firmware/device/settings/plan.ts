import { formatIpv6, parseIpv6Prefix } from "../../frames/ipv6-text.js";
import { ADDRESS_BASE, addressOf, EUI64_HIGH, plannedIpv6, shortAddressOf } from "../../mote/addresses.js";
import { FIRMWARE_PARTS } from "../../mote/parts.js";
import type { MotePlan, PlannedCluster, PlannedKeys, SensingPlan } from "../../mote/plan.js";
import { addressUnder, linkLocalOf } from "../../net/addresses.js";
import { parseContexts, parsePairKeys } from "./forms.js";
import type { Settings } from "./parse.js";

/** Spreads the first readings of nodes that were switched on together, by their numbers: the golden section of a million. */
const SPREAD_US = 618_034;

function microseconds(seconds: number): number {
	return Math.round(seconds * 1e6);
}

/** IPv6 address that readings go to: the one that is set, or that of node `sinkId`. */
export function sinkAddressOf(settings: Settings): string {
	const { sinkAddress, sinkId, addressing, prefix } = settings;
	if (sinkAddress !== "auto") return sinkAddress;
	const address = addressOf(sinkId, addressing);
	const parsed = prefix === "none" ? undefined : parseIpv6Prefix(prefix);
	return formatIpv6(parsed === undefined ? linkLocalOf(address) : addressUnder(parsed.prefix, address));
}

/** What a board with these settings is. */
export function motePlanOf(settings: Settings): MotePlan {
	const { nodeId, addressing, prefix, pairKeys, defence } = settings;
	const fittingPolicy = pairKeys === null ? "predictive-csm-open" : "predictive-csm-keyed";
	return {
		id: nodeId,
		channel: settings.channel,
		panId: settings.panId,
		shortAddress: shortAddressOf(nodeId, addressing),
		extendedHigh: EUI64_HIGH,
		extendedLow: nodeId + ADDRESS_BASE,
		txPowerDbm: settings.txPowerDbm,
		isSink: settings.role === "sink",
		prefix: prefix === "none" ? null : prefix,
		contexts: parseContexts(settings.contexts) ?? {},
		routing: routingOf(settings),
		resolvesAddresses: settings.addressResolution === "discovery",
		csma: {
			minBe: settings.minBe,
			maxBe: settings.maxBe,
			maxBackoffs: settings.maxBackoffs,
			maxRetries: settings.maxRetries,
		},
		neighbours: settings.neighbours,
		queueLength: settings.queueLength,
		hopLimit: settings.hopLimit,
		elideUdpChecksum: settings.elideUdpChecksum,
		maxPacketBytes: settings.maxPacketBytes,
		reassembly: {
			policy: defence === "auto" ? fittingPolicy : defence,
			options: {},
			budgetBytes: settings.reassemblyBytes,
		},
		chain: {
			format: settings.chainFormat,
			tokenBytes: settings.tokenBytes,
			keyedTokenBytes: settings.keyedTokenBytes,
			helloPeriodUs: microseconds(settings.helloPeriodS),
		},
		linkKeys: linkKeysOf(pairKeys),
		security: { level: settings.securityLevel, key: settings.networkKey ?? "" },
		cluster: clusterOf(settings),
	};
}

function routingOf({ routing, beaconPeriodS, nextHopId, addressing }: Settings): MotePlan["routing"] {
	if (routing === "gradient") return { kind: "gradient", beaconPeriodUs: microseconds(beaconPeriodS) };
	if (nextHopId === null) return { kind: "static", routes: [] };
	return { kind: "static", routes: [{ via: addressOf(nextHopId, addressing).toString() }] };
}

function linkKeysOf(pairKeys: string | null): PlannedKeys {
	const keys: Record<string, string> = {};
	for (const { neighbour, hex } of parsePairKeys(pairKeys ?? "") ?? []) keys[neighbour.toString()] = hex;
	return { kind: "listed", keys };
}

function clusterOf(settings: Settings): PlannedCluster | null {
	const election = FIRMWARE_PARTS.election(settings.election);
	if (election === undefined) return null;
	return {
		election: election.name,
		options: {},
		timing: {
			roundUs: microseconds(settings.roundS),
			roundsPerElection: settings.roundsPerElection || election.roundsPerElection,
			syncUs: microseconds(settings.syncMs / 1e3),
			receiptUs: microseconds(settings.receiptMs / 1e3),
			electionUs: microseconds(settings.electionMs / 1e3),
			joinUs: microseconds(settings.joinMs / 1e3),
			slotUs: microseconds(settings.slotMs / 1e3),
			slotsPerSection: settings.slotsPerSection,
			sections: settings.sections,
			sinkSlots: settings.sinkSlots,
			forwardUs: microseconds(settings.forwardMs / 1e3),
			driftPpm: settings.driftPpm,
			radiusRssiDbm: settings.radiusRssiDbm,
			bufferedReadings: settings.bufferedReadings,
		},
		sink: sinkAddressOf(settings),
		trustGate: settings.trustGate,
		members: null,
	};
}

/** The readings that a board with these settings makes; null for a sink, and for a board that makes none. */
export function sensingPlanOf(settings: Settings): SensingPlan | null {
	const { role, nodeId, sensePeriodS, readingsPerPack } = settings;
	const periodUs = microseconds(sensePeriodS);
	if (role === "sink" || periodUs === 0) return null;
	return {
		sink: plannedIpv6("sinkAddress", sinkAddressOf(settings)),
		periodUs,
		firstUs: ((nodeId + 1) * SPREAD_US) % periodUs,
		readingsPerPack,
		baseName: `n${nodeId}:`,
	};
}
