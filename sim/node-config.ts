import { LinkAddress, NO_SHORT_ADDRESS } from "../firmware/address.js";
import type { PolicyFactory } from "../firmware/fragments/policy.js";
import { ContextTable } from "../firmware/frames/context-table.js";
import { parseIpv6Prefix } from "../firmware/frames/ipv6-text.js";
import { NetworkKeyProtection } from "../firmware/mac/network-key.js";
import type { FrameProtection } from "../firmware/mac/protection.js";
import type { StaticRoute } from "../firmware/net/routing.js";
import type { NodeConfig } from "../firmware/node.js";
import type { Ports } from "../firmware/ports.js";
import type { Paths } from "./channel/paths.js";
import { octetsOf, pairwiseKeys } from "./keys.js";
import { ADDRESS_BASE, addressOf, EUI64_HIGH, numberOf } from "./network.js";
import { optionsOf, type Scenario } from "./scenario/scenario.js";

/** The configuration of one node, as its scenario has it; clusters are added by whoever knows them. */
export function nodeConfig(
	scenario: Scenario,
	id: number,
	isSink: boolean,
	prefix: Uint8Array | undefined,
	contexts: ContextTable,
	policy: PolicyFactory,
	paths: Paths,
	ports: Ports,
): NodeConfig {
	const { node, reassembly } = scenario;
	return {
		id,
		channel: scenario.channel.number,
		panId: node.panId,
		shortAddress: node.addressing === "short" ? id + ADDRESS_BASE : NO_SHORT_ADDRESS,
		extendedHigh: EUI64_HIGH,
		extendedLow: id + ADDRESS_BASE,
		txPowerDbm: scenario.radio.txPowerDbm,
		isSink,
		prefix,
		contexts,
		routing:
			node.routing.kind === "gradient"
				? { kind: "gradient", beaconPeriodUs: Math.round(node.routing.beaconPeriodS * 1e6) }
				: {
						kind: "static",
						routes: node.routing.kind === "static" ? routesOf(id, paths, node.addressing) : [],
					},
		resolvesAddresses: node.addressResolution === "discovery",
		csma: node.csma,
		neighbours: node.neighbours,
		queueLength: node.queueLength,
		hopLimit: node.hopLimit,
		elideUdpChecksum: node.elideUdpChecksum,
		maxPacketBytes: node.maxPacketBytes,
		reassembly: {
			policy: policy.create(optionsOf(reassembly)),
			budgetBytes: reassembly.budgetBytes,
		},
		protection: protectionOf(scenario, policy, id, ports),
		...chainingOf(scenario, policy, id, ports, paths.sink.length),
	};
}

/** How nodes chain their fragments, and the keys that each shares with others: as the scenario says, or its policy. */
function chainingOf(
	scenario: Scenario,
	policy: PolicyFactory,
	id: number,
	ports: Ports,
	members: number,
): Pick<NodeConfig, "chaining" | "linkKeyOf"> {
	const { format, tokenBytes, keyedTokenBytes, helloPeriodS, masterKey } = scenario.node.chain;
	const wire = format === "auto" ? (policy.wire ?? "plain") : format;
	if (wire === "plain") return { chaining: undefined, linkKeyOf: undefined };
	return {
		chaining: { tokenBytes, keyedTokenBytes, helloPeriodUs: Math.round(helloPeriodS * 1e6) },
		linkKeyOf:
			wire === "keyed"
				? pairwiseKeys(
						ports.cipher,
						octetsOf(masterKey),
						addressOf(id, scenario.node.addressing),
						(address) => (numberOf(address) ?? members) < members,
					)
				: undefined,
	};
}

/** Link-layer security with the scenario's key; undefined where its level is 0. */
function protectionOf(
	scenario: Scenario,
	policy: PolicyFactory,
	id: number,
	ports: Ports,
): FrameProtection | undefined {
	const { level, key } = scenario.node.security;
	const needed = Math.max(level, policy.securityLevel ?? 0);
	if (needed === 0) return undefined;
	return new NetworkKeyProtection(ports.cipher, ports.store, {
		key: octetsOf(key),
		level: needed,
		own: LinkAddress.extended(EUI64_HIGH, id + ADDRESS_BASE),
		// A node's short address is the end of its EUI-64.
		eui64Of: (address) => LinkAddress.extended(EUI64_HIGH, address.low),
	});
}

/** The way to the nearest sink, and the neighbours' own addresses need none. */
function routesOf(id: number, paths: Paths, addressing: "short" | "extended"): StaticRoute[] {
	const next = paths.next[id]!;
	return next < 0
		? [{ destination: addressOf(id, addressing), via: addressOf(id, addressing) }]
		: [{ via: addressOf(next, addressing) }];
}

/** The contexts of header compression that a scenario gives, by number. */
export function contextTable(contexts: Readonly<Record<string, string>>): ContextTable {
	const table = new ContextTable();
	for (const [cid, text] of Object.entries(contexts)) {
		const parsed = parseIpv6Prefix(text);
		if (parsed === undefined) throw new RangeError(`node.contexts.${cid}: expected a prefix, got ${text}`);
		table.set(Number(cid), parsed.prefix, parsed.lengthBits);
	}
	return table;
}
