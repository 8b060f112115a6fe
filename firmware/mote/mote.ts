import type { LinkAddress } from "../address.js";
import { CollectingApp } from "../app/collecting.js";
import { ClusterCollector } from "../app/collecting-clusters.js";
import { TRAFFIC_PORT } from "../app/ports.js";
import { ReadingService } from "../app/reading-service.js";
import { NodeReadings, type ReadingsHost } from "../app/readings-host.js";
import { SensingApp } from "../app/sensing.js";
import type { TrustGate } from "../cluster/client.js";
import type { Cluster } from "../cluster/cluster.js";
import type { ReassemblyPolicy } from "../fragments/policy.js";
import type { LinkKeyring } from "../mac/link-keys.js";
import type { UdpHandler } from "../net/network-layer.js";
import { Node } from "../node.js";
import type { Ports } from "../ports.js";
import { ServiceTrust } from "../trust/service.js";
import type { Workspace } from "../workspace.js";
import { isWithin, plannedIpv6 } from "./addresses.js";
import { nodeConfigOf } from "./node-config-of.js";
import type { MoteParts } from "./parts.js";
import type { AddressRange, MotePlan, PlannedCluster, SensingPlan } from "./plan.js";

/** Takes datagrams at the traffic port: that they arrived is all that they are for. */
const ABSORB: UdpHandler = () => {};

/** Lets everybody lead. */
const HEEDS_ALL: TrustGate = {
	admits: () => true,
	isProven: () => false,
	noteImplausibleCharge: () => {},
};

/**
 * A node with its applications, made from a plan: what a board runs, and what a simulator runs by the thousand.
 *
 * A sink collects readings; another node makes them once it is told to, and in a cluster keeps them, and others', until
 * a receipt tells that they arrived. Each takes UDP datagrams at the traffic port.
 */
export class Mote {
	readonly node: Node;
	/** Keeps the readings of a clustered node that is no sink. */
	readonly readings: ReadingService | undefined;
	/** Judges the heads of a clustered node. */
	readonly #trust: ServiceTrust | undefined;
	/** Undefined for one that senses nothing. */
	#sensing: SensingApp[] | undefined;

	/** Throws a RangeError that names what the plan has wrong. */
	constructor(plan: MotePlan, ports: Ports, workspace: Workspace, parts: MoteParts) {
		const config = nodeConfigOf(plan, ports, parts);
		const node = new Node(config, ports, workspace);
		this.node = node;
		node.network.bind(TRAFFIC_PORT, ABSORB);
		const { cluster } = node;
		if (plan.cluster === null || cluster === undefined) {
			if (plan.isSink) new CollectingApp(node);
			return;
		}
		const host = new NodeReadings(node, plannedIpv6("cluster.sink", plan.cluster.sink));
		if (plan.isSink) cluster.attach(new ClusterCollector(host));
		else {
			this.#trust = trustOf(node, host, plan.cluster, config.policy);
			this.readings = serve(node, cluster, host, plan.cluster, this.#trust);
		}
	}

	/** Link-local address, and the routable one where there is a prefix; 16 octets each. */
	get linkLocal(): Uint8Array {
		return this.node.linkLocal;
	}

	get global(): Uint8Array | undefined {
		return this.node.global;
	}

	/** The most octets that reassembly took at once. */
	get peakBytes(): number {
		return this.node.reassembler.peakBytes;
	}

	/** When the first round of clusters began, by the node's clock; of use at a sink. */
	get roundsBeganUs(): number {
		return this.node.cluster?.rounds.baseUs ?? 0;
	}

	start(): void {
		this.node.start();
	}

	/** Makes readings from now on, besides those that it makes already. Throws a RangeError for packs that are too long. */
	startSensing(plan: SensingPlan): void {
		const { readings } = this;
		const app = new SensingApp(this.node, { ...plan, ...(readings === undefined ? {} : { readings }) });
		app.start();
		this.#sensing ??= [];
		this.#sensing.push(app);
	}

	/** Sends `payload[0..length)` to the traffic port of an IPv6 address, 16 octets. */
	sendUdp(destination: Uint8Array, payload: Uint8Array, length: number): void {
		this.node.network.sendUdp(destination, TRAFFIC_PORT, TRAFFIC_PORT, payload, length);
	}

	/** Gives back all memory and goes silent. */
	stop(): void {
		for (const app of this.#sensing ?? []) app.stop();
		this.#sensing = undefined;
		this.readings?.stop();
		this.node.stop();
		this.#trust?.release();
	}
}

/** What judges who serves a node. */
function trustOf(
	{ id, clock, sink, ports, workspace }: Node,
	host: ReadingsHost,
	plan: PlannedCluster,
	policy: ReassemblyPolicy | undefined,
): ServiceTrust {
	return new ServiceTrust({
		node: id,
		clock,
		store: ports.store,
		sink,
		fragments: policy ?? {},
		sinkAddress: host.sinkAddress,
		rows: workspace.rows,
		...memberTest(host.keys, plan.members),
	});
}

/** What keeps the readings of a clustered node. */
function serve(
	node: Node,
	cluster: Cluster,
	host: ReadingsHost,
	plan: PlannedCluster,
	trust: ServiceTrust,
): ReadingService {
	const service = new ReadingService({
		host,
		bufferedReadings: plan.timing.bufferedReadings,
		judge: trust,
		completionOf: (neighbour) => {
			const view = node.neighbours.find(neighbour)?.cluster;
			return view === undefined || view.term < 0 ? -1 : view.completion;
		},
	});
	cluster.attach(service, plan.trustGate ? trust : HEEDS_ALL);
	return service;
}

/** Who may lead: whoever is planned to, or shares a key with the node; without keys anybody. */
function memberTest(
	keys: LinkKeyring | undefined,
	members: AddressRange | null,
): { isMember?: (neighbour: LinkAddress) => boolean } {
	if (keys === undefined) return {};
	if (members === null) return { isMember: (neighbour) => keys.find(neighbour) !== undefined };
	return { isMember: (neighbour) => isWithin(members, neighbour) };
}
