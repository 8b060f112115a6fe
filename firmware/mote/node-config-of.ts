import { LinkAddress, NO_SHORT_ADDRESS } from "../address.js";
import type { ClusterConfig } from "../cluster/config.js";
import type { PolicyFactory, WireFormat } from "../fragments/policy.js";
import { ContextTable } from "../frames/context-table.js";
import type { KeyOf } from "../mac/link-keys.js";
import { NetworkKeyProtection } from "../mac/network-key.js";
import { octetsOf, pairwiseKeys } from "../mac/pairwise-keys.js";
import type { FrameProtection } from "../mac/protection.js";
import type { NodeConfig, NodeProfile } from "../node-config.js";
import type { Ports } from "../ports.js";
import { isWithin, plannedAddress, plannedPrefix } from "./addresses.js";
import type { MoteParts } from "./parts.js";
import type { MotePlan } from "./plan.js";

/** The configuration of a planned node; throws a RangeError that names what the plan has wrong. */
export function nodeConfigOf(plan: MotePlan, ports: Ports, parts: MoteParts): NodeConfig {
	const policy = policyOf(plan, parts);
	return {
		profile: parts.profile ?? profileOf(plan, parts),
		id: plan.id,
		shortAddress: plan.shortAddress,
		extendedHigh: plan.extendedHigh,
		extendedLow: plan.extendedLow,
		isSink: plan.isSink,
		routing: routingOf(plan),
		policy: policy.create(plan.reassembly.options),
		protection: protectionOf(plan, policy, ports),
		linkKeyOf: wireOf(plan, policy) === "keyed" ? keysOf(plan, ports) : undefined,
		cluster: clusterOf(plan, parts),
	};
}

/** What a planned node has in common with the others of its network; throws a RangeError that names what is wrong. */
export function profileOf(plan: MotePlan, parts: Pick<MoteParts, "policy">): NodeProfile {
	const { tokenBytes, keyedTokenBytes, helloPeriodUs } = plan.chain;
	return {
		channel: plan.channel,
		panId: plan.panId,
		txPowerDbm: plan.txPowerDbm,
		prefix: plan.prefix === null ? undefined : plannedPrefix("prefix", plan.prefix).prefix,
		contexts: contextTable(plan.contexts),
		resolvesAddresses: plan.resolvesAddresses,
		csma: plan.csma,
		neighbours: plan.neighbours,
		queueLength: plan.queueLength,
		hopLimit: plan.hopLimit,
		elideUdpChecksum: plan.elideUdpChecksum,
		maxPacketBytes: plan.maxPacketBytes,
		budgetBytes: plan.reassembly.budgetBytes,
		chaining:
			wireOf(plan, policyOf(plan, parts)) === "plain"
				? undefined
				: { tokenBytes, keyedTokenBytes, helloPeriodUs },
	};
}

function policyOf({ reassembly }: MotePlan, parts: Pick<MoteParts, "policy">): PolicyFactory {
	const policy = parts.policy(reassembly.policy);
	if (policy === undefined) {
		throw new RangeError(`reassembly.policy: there is none of the name ${reassembly.policy}`);
	}
	return policy;
}

/** The link-layer address of a planned node. */
export function addressOfPlan({ shortAddress, extendedHigh, extendedLow }: MotePlan): LinkAddress {
	return shortAddress < NO_SHORT_ADDRESS
		? LinkAddress.short(shortAddress)
		: LinkAddress.extended(extendedHigh, extendedLow);
}

/** Contexts of header compression, by number; throws a RangeError that names the one that is no prefix. */
export function contextTable(contexts: Readonly<Record<string, string>>): ContextTable {
	const table = new ContextTable();
	for (const cid of Object.keys(contexts)) {
		const { prefix, lengthBits } = plannedPrefix(`contexts.${cid}`, contexts[cid]!);
		table.set(Number(cid), prefix, lengthBits);
	}
	return table;
}

/** One object for all nodes whose destinations are neighbours. */
const NO_ROUTES: NodeConfig["routing"] = { kind: "static", routes: [] };

function routingOf({ routing }: MotePlan): NodeConfig["routing"] {
	if (routing.kind === "gradient") return routing;
	if (routing.routes.length === 0) return NO_ROUTES;
	return {
		kind: "static",
		routes: routing.routes.map(({ destination, via }) => ({
			...(destination === undefined
				? {}
				: { destination: plannedAddress("routes.destination", destination) }),
			via: plannedAddress("routes.via", via),
		})),
	};
}

function clusterOf({ cluster }: MotePlan, parts: MoteParts): ClusterConfig | undefined {
	if (cluster === null) return undefined;
	const election = parts.election(cluster.election);
	if (election === undefined) {
		throw new RangeError(`cluster.election: there is none of the name ${cluster.election}`);
	}
	return { ...cluster.timing, election, electionOptions: cluster.options };
}

/** How fragments go on the air: as the plan says, or its policy. */
function wireOf({ chain }: MotePlan, policy: PolicyFactory): WireFormat {
	return chain.format === "auto" ? (policy.wire ?? "plain") : chain.format;
}

/** The keys that a node shares with others. */
function keysOf(plan: MotePlan, { cipher }: Ports): KeyOf {
	const { linkKeys } = plan;
	if (linkKeys.kind === "derived") {
		const { masterKey, members } = linkKeys;
		return pairwiseKeys(cipher, octetsOf(masterKey), addressOfPlan(plan), (address) =>
			isWithin(members, address),
		);
	}
	// Asked for a property of that name, XS would keep every address that somebody makes up.
	const keys = new Map(Object.entries(linkKeys.keys));
	return (neighbour) => {
		const key = keys.get(neighbour.toString());
		return key === undefined ? undefined : octetsOf(key);
	};
}

/** Link-layer security with the plan's key; undefined where its level is 0. */
function protectionOf(plan: MotePlan, policy: PolicyFactory, ports: Ports): FrameProtection | undefined {
	const { level, key } = plan.security;
	const needed = Math.max(level, policy.securityLevel ?? 0);
	if (needed === 0) return undefined;
	const { extendedHigh } = plan;
	return new NetworkKeyProtection(ports.cipher, ports.store, {
		key: octetsOf(key),
		level: needed,
		own: LinkAddress.extended(extendedHigh, plan.extendedLow),
		// A node's short address is the end of its EUI-64.
		eui64Of: (address) => LinkAddress.extended(extendedHigh, address.low),
	});
}
