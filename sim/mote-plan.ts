import { NO_SHORT_ADDRESS } from "../firmware/address.js";
import { ADDRESS_BASE, addressOf, EUI64_HIGH } from "../firmware/mote/addresses.js";
import type { AddressRange, MotePlan, PlannedCluster, PlannedRoute } from "../firmware/mote/plan.js";
import type { Paths } from "./channel/paths.js";
import { optionsOf, type Scenario } from "./scenario/scenario.js";

/** The addresses of the first `count` radios of a simulation. */
export function addressRange(count: number): AddressRange {
	return { extendedHigh: EUI64_HIGH, low: ADDRESS_BASE, count };
}

/** What the nodes of a scenario are: plain data, the same wherever they run. */
export class MotePlans {
	readonly #scenario: Scenario;
	readonly #isSink: Uint8Array;
	readonly #paths: Paths;
	/** What all nodes have in common, made once. */
	readonly #common: Omit<MotePlan, "id" | "shortAddress" | "extendedLow" | "isSink" | "routing" | "cluster">;

	constructor(scenario: Scenario, isSink: Uint8Array, paths: Paths) {
		const { node, reassembly } = scenario;
		const { format, tokenBytes, keyedTokenBytes, helloPeriodS, masterKey } = node.chain;
		this.#scenario = scenario;
		this.#isSink = isSink;
		this.#paths = paths;
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
			linkKeys: { kind: "derived", masterKey, members: addressRange(paths.sink.length) },
			security: node.security,
		};
	}

	/** The plan of node `id`, with its part in clusters. */
	of(id: number, cluster: PlannedCluster | null): MotePlan {
		const { node } = this.#scenario;
		return {
			...this.#common,
			id,
			shortAddress: node.addressing === "short" ? id + ADDRESS_BASE : NO_SHORT_ADDRESS,
			extendedLow: id + ADDRESS_BASE,
			isSink: this.#isSink[id] === 1,
			routing:
				node.routing.kind === "gradient"
					? { kind: "gradient", beaconPeriodUs: Math.round(node.routing.beaconPeriodS * 1e6) }
					: { kind: "static", routes: node.routing.kind === "static" ? this.#routesOf(id) : [] },
			cluster,
		};
	}

	/** The way to the nearest sink, and the neighbours' own addresses need none. */
	#routesOf(id: number): PlannedRoute[] {
		const { addressing } = this.#scenario.node;
		const next = this.#paths.next[id]!;
		const own = addressOf(id, addressing).toString();
		return next < 0 ? [{ destination: own, via: own }] : [{ via: addressOf(next, addressing).toString() }];
	}
}
