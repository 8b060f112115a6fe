import { ADDRESS_BASE, addressOf, EUI64_HIGH, shortAddressOf } from "../firmware/mote/addresses.js";
import type { AddressRange, MotePlan, PlannedCluster, PlannedRoute } from "../firmware/mote/plan.js";
import type { Layout } from "./layout.js";
import { optionsOf, type Scenario } from "./scenario/scenario.js";

/** The addresses of the first `count` radios of a simulation. */
export function addressRange(count: number): AddressRange {
	return { extendedHigh: EUI64_HIGH, low: ADDRESS_BASE, count };
}

/** What plans follow from. */
type MoteLayout = Pick<Layout, "isSink" | "positions" | "paths">;

/** What the nodes of a scenario are: plain data, the same wherever they run. */
export class MotePlans {
	readonly #scenario: Scenario;
	readonly #layout: MoteLayout;
	/** What all nodes have in common, made once. */
	readonly #common: Omit<MotePlan, "id" | "shortAddress" | "extendedLow" | "isSink" | "routing" | "cluster">;
	/** The routing of all nodes; undefined where each has routes of its own. */
	readonly #routing: MotePlan["routing"] | undefined;

	constructor(scenario: Scenario, layout: MoteLayout) {
		const { node, reassembly } = scenario;
		const { format, tokenBytes, keyedTokenBytes, helloPeriodS, masterKey } = node.chain;
		this.#scenario = scenario;
		this.#layout = layout;
		this.#common = {
			channel: scenario.channel.number,
			panId: node.panId,
			extendedHigh: EUI64_HIGH,
			txPowerDbm: scenario.radio.txPowerDbm,
			prefix: node.prefix,
			contexts: node.contexts,
			resolvesAddresses: node.addressResolution === "discovery",
			csma: node.csma,
			neighbours: node.neighbours,
			queueLength: node.queueLength,
			hopLimit: node.hopLimit,
			elideUdpChecksum: node.elideUdpChecksum,
			maxPacketBytes: node.maxPacketBytes,
			reassembly: {
				policy: reassembly.policy,
				options: optionsOf(reassembly),
				budgetBytes: reassembly.budgetBytes,
			},
			chain: { format, tokenBytes, keyedTokenBytes, helloPeriodUs: Math.round(helloPeriodS * 1e6) },
			linkKeys: { kind: "derived", masterKey, members: addressRange(layout.positions.x.length) },
			security: node.security,
		};
		this.#routing = commonRouting(node.routing);
	}

	/**
	 * The plan of node `id`, with its part in clusters.
	 *
	 * Written out, as an engine makes an object of known keys 50 times as fast as it spreads one into another.
	 */
	of(id: number, cluster: PlannedCluster | null): MotePlan {
		const common = this.#common;
		return {
			id,
			channel: common.channel,
			panId: common.panId,
			shortAddress: shortAddressOf(id, this.#scenario.node.addressing),
			extendedHigh: common.extendedHigh,
			extendedLow: id + ADDRESS_BASE,
			txPowerDbm: common.txPowerDbm,
			isSink: this.#layout.isSink[id] === 1,
			prefix: common.prefix,
			contexts: common.contexts,
			routing: this.#routing ?? { kind: "static", routes: this.#routesOf(id) },
			resolvesAddresses: common.resolvesAddresses,
			csma: common.csma,
			neighbours: common.neighbours,
			queueLength: common.queueLength,
			hopLimit: common.hopLimit,
			elideUdpChecksum: common.elideUdpChecksum,
			maxPacketBytes: common.maxPacketBytes,
			reassembly: common.reassembly,
			chain: common.chain,
			linkKeys: common.linkKeys,
			security: common.security,
			cluster,
		};
	}

	/** The way to the nearest sink, and the neighbours' own addresses need none. */
	#routesOf(id: number): PlannedRoute[] {
		const { addressing } = this.#scenario.node;
		const next = this.#layout.paths.next[id]!;
		const own = addressOf(id, addressing).toString();
		return next < 0 ? [{ destination: own, via: own }] : [{ via: addressOf(next, addressing).toString() }];
	}
}

function commonRouting(routing: Scenario["node"]["routing"]): MotePlan["routing"] | undefined {
	switch (routing.kind) {
		case "gradient":
			return { kind: "gradient", beaconPeriodUs: Math.round(routing.beaconPeriodS * 1e6) };
		case "static":
			return undefined;
		default:
			return { kind: "static", routes: [] };
	}
}
