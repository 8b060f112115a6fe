import type { ClusterConfig, ClusterTiming } from "../firmware/cluster/config.js";
import type { ElectionFactory, ElectionOptions, Omniscience } from "../firmware/cluster/election.js";
import { formatIpv6 } from "../firmware/frames/ipv6-text.js";
import type { PlannedCluster } from "../firmware/mote/plan.js";
import type { LinkGraph } from "./channel/links.js";
import type { Propagation } from "./channel/propagation.js";
import type { SimSink } from "./events.js";
import { toDb } from "./kernel/math.js";
import { addressRange } from "./mote-plan.js";
import { optionsOf, type Scenario } from "./scenario/scenario.js";

/** What of a simulation concerns its clusters. */
export interface ClusteredWorld {
	readonly scenario: Scenario;
	readonly election: ElectionFactory;
	readonly nodes: number;
	readonly sinks: readonly number[];
	/** IPv6 address of the sink that readings go to, 16 octets. */
	readonly sinkAddress: Uint8Array;
	readonly links: LinkGraph;
	/** Undefined where links are listed. */
	readonly propagation: Propagation | undefined;
	nowUs(): number;
	/** Whether a node has power. */
	isUp(node: number): boolean;
	/** Remaining charge of a node, as a share of a full one. */
	charge(node: number): number;
}

/** Clusters as the simulator sees them: what nodes are configured with, who leads, and what omniscient elections ask for. */
export class Clusters {
	/** How all nodes take part, but for {@link Clusters.electionOf}. */
	readonly config: ClusterConfig;
	/** The same, as the plans of all nodes have it. */
	readonly plan: PlannedCluster;
	/** Notes who leads. */
	readonly sink: Pick<SimSink, "roleTaken" | "nodeStopped" | "nodeDied">;
	readonly #world: ClusteredWorld;
	readonly #isSink: Uint8Array;
	readonly #leads: Uint8Array;
	/** Who has not led since all had. */
	readonly #plays: Uint8Array;
	/** Charges of all nodes at one time, read once for all that ask. */
	readonly #charges: Float64Array;
	#chargesUs = -1;

	constructor(world: ClusteredWorld) {
		const { nodes, sinks } = world;
		this.#world = world;
		const { scenario, election } = world;
		const timing = clusterTiming(world);
		const options = optionsOf<ElectionOptions>(scenario.election);
		this.config = { ...timing, election, electionOptions: options };
		this.plan = {
			election: election.name,
			options,
			timing,
			sink: formatIpv6(world.sinkAddress),
			trustGate: scenario.cluster.trustGate,
			members: addressRange(nodes),
		};
		this.#isSink = new Uint8Array(nodes);
		for (const sink of sinks) this.#isSink[sink] = 1;
		this.#leads = new Uint8Array(nodes);
		this.#plays = new Uint8Array(nodes).fill(1);
		this.#charges = new Float64Array(nodes);
		this.sink = {
			roleTaken: (_timeUs, node, _round, role) => {
				this.#leads[node] = role === "head" ? 1 : 0;
				if (role === "head") this.#plays[node] = 0;
			},
			nodeStopped: (_timeUs, node) => {
				this.#leads[node] = 0;
			},
			nodeDied: (_timeUs, node) => {
				this.#leads[node] = 0;
			},
		};
	}

	/** Whether a node leads a cluster right now; a sink is not said to. */
	leads(node: number): boolean {
		return this.#leads[node] === 1 && this.#isSink[node] === 0;
	}

	/** The election that one node has, which may ask what no node of its own can know. */
	electionOf(node: number): ElectionFactory {
		const { name, options, reach, roundsPerElection, create } = this.config.election;
		return {
			name,
			options,
			reach,
			roundsPerElection,
			create: (given, host) => create(given, { ...host, omniscience: this.#omniscienceOf(node) }),
		};
	}

	#alive(): number[] {
		const alive: number[] = [];
		for (let node = 0; node < this.#world.nodes; node++) {
			if (this.#isSink[node] === 0 && this.#world.isUp(node)) alive.push(node);
		}
		return alive;
	}

	/** Charges right now; those of nodes that are not alive mean nothing. */
	#chargesNow(): Float64Array {
		const nowUs = this.#world.nowUs();
		if (nowUs !== this.#chargesUs) {
			this.#chargesUs = nowUs;
			for (let node = 0; node < this.#charges.length; node++) this.#charges[node] = this.#world.charge(node);
		}
		return this.#charges;
	}

	#omniscienceOf(own: number): Omniscience {
		const world = this.#world;
		const roundUs = this.config.roundUs;
		// Found when first asked for: few elections know as much.
		let neighbours: readonly number[] | undefined;
		return {
			nodes: world.nodes - world.sinks.length,
			ownFactor: 1,
			meanFactor: 1,
			lifetimeRounds: undefined,
			round: () => Math.floor(world.nowUs() / roundUs),
			alive: () => this.#alive().length,
			richer: () => {
				const charges = this.#chargesNow();
				const ownCharge = charges[own]!;
				return this.#alive().filter(
					(node) => charges[node]! > ownCharge || (charges[node] === ownCharge && node < own),
				).length;
			},
			charge: () => world.charge(own),
			meanCharge: () => {
				const charges = this.#chargesNow();
				const alive = this.#alive();
				return alive.length === 0 ? 0 : alive.reduce((sum, node) => sum + charges[node]!, 0) / alive.length;
			},
			neighbourCharges: () => {
				const charges = this.#chargesNow();
				neighbours ??= neighboursWithin(world, own, this.config.radiusRssiDbm, this.#isSink);
				return neighbours.filter((node) => world.isUp(node)).map((node) => charges[node]!);
			},
			players: () => this.#players().length,
			plays: () => this.#players().includes(own),
		};
	}

	/** Once all that are alive have led, all play again. */
	#players(): number[] {
		const alive = this.#alive();
		const players = alive.filter((node) => this.#plays[node] === 1);
		if (players.length > 0) return players;
		this.#plays.fill(1);
		return alive;
	}
}

/** Nodes whose signal a node receives as strongly as from within the cluster radius, sinks excepted. */
function neighboursWithin(
	{ links }: ClusteredWorld,
	own: number,
	leastDbm: number,
	isSink: Uint8Array,
): number[] {
	const near: number[] = [];
	for (let i = links.start[own]!; i < links.start[own + 1]!; i++) {
		const node = links.to[i]!;
		if (node < isSink.length && isSink[node] === 0 && Math.round(toDb(links.powerMw[i]!)) >= leastDbm)
			near.push(node);
	}
	return near;
}

function clusterTiming({ scenario, election, propagation }: ClusteredWorld): ClusterTiming {
	const { cluster, radio, node } = scenario;
	return {
		roundUs: Math.round(cluster.roundS * 1e6),
		roundsPerElection: cluster.roundsPerElection ?? election.roundsPerElection,
		syncUs: microseconds(cluster.syncMs),
		receiptUs: microseconds(cluster.receiptMs),
		electionUs: microseconds(cluster.electionMs),
		joinUs: microseconds(cluster.joinMs),
		slotUs: microseconds(cluster.slotMs),
		slotsPerSection: cluster.slotsPerSection,
		sections: cluster.sections,
		sinkSlots: cluster.sinkSlots,
		forwardUs: microseconds(cluster.forwardMs),
		driftPpm: node.clockDriftPpm,
		radiusRssiDbm: radiusRssiDbm(radio.txPowerDbm, propagation, cluster.radiusM),
		bufferedReadings: cluster.bufferedReadings,
	};
}

function microseconds(ms: number): number {
	return Math.round(ms * 1000);
}

/** Weaker than anything that a receiver reports. */
const ANY_SIGNAL_DBM = -128;

/**
 * The signal at a distance by the mean loss of the propagation model, or by its least one where it tells no mean, in whole
 * dBm as receivers report it. Where links are listed, all who hear each other are near.
 */
export function radiusRssiDbm(
	txPowerDbm: number,
	propagation: Propagation | undefined,
	radiusM: number,
): number {
	if (propagation === undefined) return ANY_SIGNAL_DBM;
	const lossDb = propagation.meanLossDb?.(radiusM) ?? propagation.leastLossDb(radiusM);
	return Math.max(ANY_SIGNAL_DBM, Math.round(txPowerDbm - lossDb));
}
