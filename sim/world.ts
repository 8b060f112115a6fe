import { tee } from "../firmware/events.js";
import type { Battery } from "../firmware/ports.js";
import { Workspace } from "../firmware/workspace.js";
import { Captures } from "./attacks/captures.js";
import type { PlacedAttacker } from "./attacks/placement.js";
import type { LinkGraph, Positions } from "./channel/links.js";
import type { Paths } from "./channel/paths.js";
import { SimulatedRadio } from "./channel/radio.js";
import { type PhyTimes, STANDARD_TIMES, Transceivers } from "./channel/transceivers.js";
import { Clusters } from "./clusters.js";
import { BatteryWatch } from "./energy/battery.js";
import { EnergyMeter } from "./energy/meter.js";
import { SIM_EVENTS, type SimSink } from "./events.js";
import { EventQueue } from "./kernel/queue.js";
import { RowHeap } from "./kernel/row-heap.js";
import { Layout, type Outsider } from "./layout.js";
import { ipv6Of, type MoteOptions, Motes } from "./motes.js";
import type { Scenario, ScenarioModules } from "./scenario/scenario.js";
import type { SimulatedMote } from "./simulated-mote.js";
import type { Topology } from "./topology/topology.js";

export interface WorldOptions extends MoteOptions {
	readonly sink: SimSink;
	readonly outsiders: readonly Outsider[];
	readonly times?: PhyTimes;
}

/** A node that is fed from the mains is always full. */
const MAINS: Battery = { level: () => 255 };

/** Numbers of 32 bits in which a node remembers its neighbours, when few of them speak to it. */
const NODE_WORDS = 64;

/** Buffers hold any packet that 11 bits of size can claim. */
const BUFFER_BYTES = 2048;

/**
 * All that exists in a simulation before anything happens: places, links, radios and nodes.
 *
 * Numbers from 0 on are nodes; those from `motes.length` on are outsiders.
 */
export class World {
	readonly queue = new EventQueue();
	/** What all nodes work in, and where they have their rows. */
	readonly workspace: Workspace;
	readonly rows: RowHeap;
	readonly scenario: Scenario;
	readonly topology: Topology;
	readonly positions: Positions;
	readonly links: LinkGraph;
	readonly transceivers: Transceivers;
	readonly sinks: readonly number[];
	/** 1 for each node that is a sink. */
	readonly isSink: Uint8Array;
	readonly meter: EnergyMeter;
	/** Undefined where batteries have no end. */
	readonly battery: BatteryWatch | undefined;
	/** Whether a node has power right now. */
	readonly powered: Uint8Array;
	/** Undefined where nodes form no clusters. */
	readonly clusters: Clusters | undefined;
	/** Takes the events of the run, once clusters have noted what concerns them. */
	readonly sink: SimSink;
	readonly motes: readonly SimulatedMote[];
	readonly outsiders: readonly SimulatedRadio[];
	/** The attackers that the scenario asks for: their radios follow the nodes and the other outsiders. */
	readonly attackers: readonly PlacedAttacker[];
	/** Number of the first attacker's radio. */
	readonly firstAttacker: number;
	/** The nodes that attackers have captured. */
	readonly captures: Captures;
	readonly #layout: Layout;
	readonly #motes: Motes;
	readonly #sinksHaveMains: boolean;

	/** `onEmpty` is told of each node whose battery is used up. */
	constructor(
		scenario: Scenario,
		modules: ScenarioModules,
		options: WorldOptions,
		onEmpty: (node: number) => void,
	) {
		const { queue } = this;
		const layout = new Layout(scenario, modules, options.outsiders);
		this.scenario = scenario;
		this.#layout = layout;
		this.topology = layout.topology;
		this.positions = layout.positions;
		this.links = layout.links;
		this.sinks = layout.sinks;
		this.isSink = layout.isSink;
		this.attackers = layout.attackers;
		this.firstAttacker = layout.firstAttacker;
		const { nodes } = this.topology;
		this.rows = new RowHeap(nodes * NODE_WORDS);
		const workspace = new Workspace(BUFFER_BYTES, this.rows);
		this.workspace = workspace;
		this.powered = new Uint8Array(nodes).fill(1);
		const captures = new Captures(scenario, modules.attacks, nodes, this.sinks, () => queue.nowUs());
		this.captures = captures;
		const clusters = this.#makeClusters(modules);
		this.clusters = clusters;
		const sink = clusters === undefined ? options.sink : tee(SIM_EVENTS, [clusters.sink, options.sink]);
		this.sink = sink;
		const { channel, seed } = scenario;
		const times = options.times ?? STANDARD_TIMES;
		const transceivers = new Transceivers(this.links, queue, sink, channel, seed, times);
		this.transceivers = transceivers;
		const { capacityJ, voltageV, sinks: sinkPower } = scenario.battery;
		this.#sinksHaveMains = sinkPower === "mains" || (sinkPower === "auto" && clusters !== undefined);
		this.meter = new EnergyMeter(transceivers.states, scenario.radio, voltageV);
		if (capacityJ !== null) this.battery = new BatteryWatch(this.meter, queue, capacityJ, onEmpty);
		const batteryOf = (node: number): Battery => this.#batteryOf(node);
		this.#motes = new Motes(
			{ scenario, modules, layout, queue, workspace, transceivers, sink, captures, clusters, batteryOf },
			options,
		);
		this.motes = this.#motes.all;
		this.outsiders = layout.outsiders.map((_, i) => new SimulatedRadio(transceivers, nodes + i));
	}

	/** The ways of all nodes to their nearest sinks. */
	get paths(): Paths {
		return this.#layout.paths;
	}

	/** The radio of a node. */
	radioOf(id: number): SimulatedRadio {
		return this.#motes.radioOf(id);
	}

	/** What the clock of a node shows at a true time. */
	ownUs(id: number, trueUs: number): number {
		return this.#motes.ownUs(id, trueUs);
	}

	/** The first true time at which the clock of a node shows as much. */
	trueUs(id: number, ownUs: number): number {
		return this.#motes.trueUs(id, ownUs);
	}

	/** How often a node started anew. */
	boots(id: number): number {
		return this.#motes.boots(id);
	}

	/** Replaces a mote that has stopped by a new one, which finds what the old one had stored. */
	replace(id: number): void {
		this.#motes.replace(id);
	}

	/** Whether a node's charge has an end. */
	hasBattery(node: number): boolean {
		return this.battery !== undefined && !(this.#sinksHaveMains && this.isSink[node] === 1);
	}

	#makeClusters({ election }: ScenarioModules): Clusters | undefined {
		if (election === undefined) return undefined;
		const { scenario, topology, sinks, links, queue } = this;
		return new Clusters({
			scenario,
			election,
			nodes: topology.nodes,
			sinks,
			sinkAddress: ipv6Of(sinks[0]!, scenario),
			links,
			propagation: this.#layout.propagation,
			nowUs: () => queue.nowUs(),
			isUp: (node) => this.powered[node] === 1,
			charge: (node) => (this.hasBattery(node) ? this.battery!.share(node, queue.nowUs()) : 1),
		});
	}

	#batteryOf(node: number): Battery {
		const { battery, queue } = this;
		return battery === undefined || !this.hasBattery(node)
			? MAINS
			: { level: () => battery.level(node, queue.nowUs()) };
	}
}
