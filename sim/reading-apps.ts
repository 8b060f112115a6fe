import type { LinkAddress } from "../firmware/address.js";
import { CollectingApp } from "../firmware/app/collecting.js";
import { ClusterCollector } from "../firmware/app/collecting-clusters.js";
import { ReadingService } from "../firmware/app/reading-service.js";
import { readingsHost } from "../firmware/app/readings-host.js";
import { SensingApp } from "../firmware/app/sensing.js";
import type { TrustGate } from "../firmware/cluster/client.js";
import type { Node } from "../firmware/node.js";
import type { Random } from "../firmware/ports.js";
import { ServiceTrust } from "../firmware/trust/service.js";
import { numberOf } from "./network.js";
import type { World } from "./world.js";

/** Options of the `readings` traffic: the firmware's own sensing application. */
export type ReadingsOptions = Readonly<Record<"periodS" | "startS" | "readingsPerPack", number>>;

/** One entry of such traffic. */
interface Entry {
	readonly options: ReadingsOptions;
	readonly random: (node: number) => Random;
	/** The sink of each node; undefined for one that has none. */
	readonly sinkOf: (node: number) => number | undefined;
	/** Each node's own, once it has drawn from it. */
	readonly streams: Map<number, Random>;
}

/** Lets everybody lead. */
const HEEDS_ALL: TrustGate = {
	admits: () => true,
	isProven: () => false,
	noteImplausibleCharge: () => {},
};

/** The firmware's applications that make readings, keep them and collect them, on all nodes. */
export class ReadingApps {
	readonly #world: World;
	readonly #entries: Entry[] = [];
	readonly #sensing: SensingApp[][];
	/** Keep the readings of clustered nodes. */
	readonly #services: (ReadingService | undefined)[];

	constructor(world: World) {
		this.#world = world;
		this.#sensing = world.nodes.map(() => []);
		this.#services = world.nodes.map((node, id) => (world.powered[id] === 1 ? this.#serve(node) : undefined));
		for (const sink of world.sinks) this.#collect(world.nodes[sink]!);
	}

	/** From now on all nodes but sinks make readings; those that have power begin. */
	add(
		options: ReadingsOptions,
		random: (node: number) => Random,
		sinkOf: (node: number) => number | undefined,
	): void {
		const entry: Entry = { options, random, sinkOf, streams: new Map() };
		this.#entries.push(entry);
		for (const node of this.#world.nodes.keys()) {
			if (this.#world.powered[node] === 1) this.#begin(entry, node, 0);
		}
	}

	/** A node has its power again, or for the first time; it may be a new one. */
	powerOn(node: number, nowUs: number): void {
		this.#services[node] = this.#serve(this.#world.nodes[node]!);
		for (const entry of this.#entries) this.#begin(entry, node, nowUs);
	}

	/** A node is about to lose its power. */
	powerOff(node: number): void {
		for (const app of this.#sensing[node]!.splice(0)) app.stop();
		this.#services[node]?.stop();
		this.#services[node] = undefined;
	}

	#begin(entry: Entry, id: number, nowUs: number): void {
		const { sinks, nodes } = this.#world;
		const sink = entry.sinkOf(id);
		if (sink === undefined || sinks.includes(id)) return;
		const { periodS, startS, readingsPerPack } = entry.options;
		const periodUs = Math.round(periodS * 1e6);
		const random = entry.streams.get(id) ?? entry.random(id);
		entry.streams.set(id, random);
		const fromUs = Math.max(Math.round(startS * 1e6), nowUs);
		const { global, linkLocal } = nodes[sink]!;
		const readings = this.#services[id];
		const app = new SensingApp(nodes[id]!, {
			sink: global ?? linkLocal,
			periodUs,
			readingsPerPack,
			firstUs: this.#world.ownUs(id, fromUs + random.below(periodUs)),
			baseName: `n${id}:`,
			...(readings === undefined ? {} : { readings }),
		});
		app.start();
		this.#sensing[id]!.push(app);
	}

	#collect(sink: Node): void {
		if (sink.cluster === undefined) new CollectingApp(sink);
		else sink.cluster.attach(new ClusterCollector(readingsHost(sink, sink.global!)));
	}

	/** Whether whoever set the nodes up gave one with this address keys. */
	#isMember(address: LinkAddress): boolean {
		const number = numberOf(address);
		return number !== undefined && number < this.#world.nodes.length;
	}

	/** Where nodes form clusters, what keeps the readings of one that is no sink, and judges who serves it. */
	#serve(node: Node): ReadingService | undefined {
		const { clusters, sinks, nodes, scenario } = this.#world;
		const { cluster, config, ports } = node;
		if (clusters === undefined || cluster === undefined || sinks.includes(config.id)) return undefined;
		const host = readingsHost(node, nodes[sinks[0]!]!.global!);
		const { keys } = host;
		const trust = new ServiceTrust({
			node: config.id,
			clock: ports.clock,
			store: ports.store,
			sink: ports.sink,
			fragments: config.reassembly.policy ?? {},
			sinkAddress: host.sinkAddress,
			...(keys === undefined ? {} : { isMember: (neighbour) => this.#isMember(neighbour) }),
		});
		const service = new ReadingService({
			host,
			bufferedReadings: scenario.cluster.bufferedReadings,
			judge: trust,
			completionOf: (neighbour) => {
				const view = node.neighbours.find(neighbour)?.cluster;
				return view === undefined || view.term < 0 ? -1 : view.completion;
			},
		});
		cluster.attach(service, scenario.cluster.trustGate ? trust : HEEDS_ALL);
		return service;
	}
}
