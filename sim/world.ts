import { tee } from "../firmware/events.js";
import { parseIpv6Prefix } from "../firmware/frames/ipv6-text.js";
import { addressOf } from "../firmware/mote/addresses.js";
import { Mote } from "../firmware/mote/mote.js";
import { profileOf } from "../firmware/mote/node-config-of.js";
import type { MoteParts } from "../firmware/mote/parts.js";
import type { MotePlan } from "../firmware/mote/plan.js";
import { addressUnder, linkLocalOf } from "../firmware/net/addresses.js";
import type { NodeProfile } from "../firmware/node-config.js";
import type { Battery, Cipher, Digest, Ports } from "../firmware/ports.js";
import { Workspace } from "../firmware/workspace.js";
import { Captures } from "./attacks/captures.js";
import { type PlacedAttacker, placeAttackers } from "./attacks/placement.js";
import type { AirOptions } from "./channel/air.js";
import { FADING_LIMIT } from "./channel/fading.js";
import {
	type ExplicitLink,
	type LinkGraph,
	linksByList,
	linksByPropagation,
	type Positions,
	thinned,
} from "./channel/links.js";
import { linkReception, type Paths, shortestPaths } from "./channel/paths.js";
import type { Propagation } from "./channel/propagation.js";
import { SimulatedRadio } from "./channel/radio.js";
import { type PhyTimes, STANDARD_TIMES, Transceivers } from "./channel/transceivers.js";
import { Clusters } from "./clusters.js";
import { DriftingClock, DriftingRadio, inTrueTime } from "./drifting-clock.js";
import { BatteryWatch } from "./energy/battery.js";
import { EnergyMeter } from "./energy/meter.js";
import { SIM_EVENTS, type SimSink } from "./events.js";
import { EventQueue } from "./kernel/queue.js";
import { MotePlans } from "./mote-plan.js";
import { type SharedPorts, SimulatedPorts } from "./network.js";
import { optionsOf, type Scenario, type ScenarioModules } from "./scenario/scenario.js";
import { resolveSinks } from "./scenario/sinks.js";
import type { SimulatedMote } from "./simulated-mote.js";
import type { Topology } from "./topology/topology.js";

/** A radio that runs no firmware: it replays or attacks. Places in metres. */
export interface Outsider {
	readonly x: number;
	readonly y: number;
	readonly txPowerDbm: number;
}

export interface WorldOptions {
	readonly sink: SimSink;
	readonly cipher: Cipher;
	readonly digest: Digest;
	readonly outsiders: readonly Outsider[];
	readonly times?: PhyTimes;
	/** Makes the motes that run elsewhere; undefined for one that runs here. Called again when a mote starts anew. */
	readonly moteElsewhere?: (plan: MotePlan, ports: Ports) => SimulatedMote | undefined;
}

/** A node that is fed from the mains is always full. */
const MAINS: Battery = { level: () => 255 };

/** Buffers hold any packet that 11 bits of size can claim. */
const BUFFER_BYTES = 2048;
/** Signal of an explicit link without propagation, far above any noise. */
const LISTED_LINK_DBM = -60;

/**
 * All that exists in a simulation before anything happens: places, links, radios and nodes.
 *
 * Numbers from 0 on are nodes; those from `motes.length` on are outsiders.
 */
export class World {
	readonly queue = new EventQueue();
	/** What all nodes work in. */
	readonly workspace = new Workspace(BUFFER_BYTES);
	readonly scenario: Scenario;
	readonly topology: Topology;
	readonly positions: Positions;
	readonly links: LinkGraph;
	readonly transceivers: Transceivers;
	readonly sinks: readonly number[];
	/** 1 for each node that is a sink. */
	readonly isSink: Uint8Array;
	readonly paths: Paths;
	readonly meter: EnergyMeter;
	/** Undefined where batteries have no end. */
	readonly battery: BatteryWatch | undefined;
	readonly motes: readonly SimulatedMote[];
	/** Whether a node has power right now. */
	readonly powered: Uint8Array;
	/** Undefined where nodes form no clusters. */
	readonly clusters: Clusters | undefined;
	/** Takes the events of the run, once clusters have noted what concerns them. */
	readonly sink: SimSink;
	readonly #sinksHaveMains: boolean;
	readonly #ports: SimulatedPorts[] = [];
	readonly #radios: SimulatedRadio[] = [];
	/** Empty where all clocks keep true time. */
	readonly #clocks: DriftingClock[] = [];
	readonly #makeMote: (id: number) => SimulatedMote;
	readonly outsiders: readonly SimulatedRadio[];
	/** The attackers that the scenario asks for: their radios follow the nodes and the other outsiders. */
	readonly attackers: readonly PlacedAttacker[];
	/** Number of the first attacker's radio. */
	readonly firstAttacker: number;
	/** The nodes that attackers have captured. */
	readonly captures: Captures;

	/** `onEmpty` is told of each node whose battery is used up. */
	constructor(
		scenario: Scenario,
		modules: ScenarioModules,
		options: WorldOptions,
		onEmpty: (node: number) => void,
	) {
		const { seed, channel } = scenario;
		this.scenario = scenario;
		this.topology = modules.topology.create(optionsOf(scenario.topology), seed);
		const count = this.topology.nodes;
		this.sinks = resolveSinks(scenario.sinks, this.topology);
		this.isSink = new Uint8Array(count);
		for (const sink of this.sinks) this.isSink[sink] = 1;
		this.firstAttacker = count + options.outsiders.length;
		this.captures = new Captures(scenario, modules.attacks, count, this.sinks, () => this.queue.nowUs());
		const propagation =
			this.topology.links === undefined
				? modules.propagation.create(optionsOf(channel.propagation), seed)
				: undefined;
		const air: AirOptions = channel;
		this.attackers = scenario.attacks.length === 0 ? [] : this.#placeAttackers(propagation, air);
		const outsiders = [...options.outsiders, ...this.attackers];
		this.positions = withOutsiders(this.topology.positions, outsiders);
		this.links = this.#link(this.positions, outsiders, propagation);
		this.powered = new Uint8Array(count).fill(1);
		this.clusters = this.#makeClusters(modules, propagation);
		this.sink =
			this.clusters === undefined ? options.sink : tee(SIM_EVENTS, [this.clusters.sink, options.sink]);
		this.transceivers = new Transceivers(
			this.links,
			this.queue,
			this.sink,
			air,
			seed,
			options.times ?? STANDARD_TIMES,
		);
		this.paths = shortestPaths(this.links, linkReception(this.links, air), this.sinks, count);
		const { capacityJ, voltageV, sinks: sinkPower } = scenario.battery;
		const hasMains = sinkPower === "mains" || (sinkPower === "auto" && this.clusters !== undefined);
		this.#sinksHaveMains = hasMains;
		this.meter = new EnergyMeter(this.transceivers.states, scenario.radio, voltageV);
		if (capacityJ !== null) this.battery = new BatteryWatch(this.meter, this.queue, capacityJ, onEmpty);
		this.#makeMote = this.#moteMaker(modules, options);
		this.motes = Array.from({ length: count }, (_, id) => this.#makeMote(id));
		this.outsiders = outsiders.map((_, i) => new SimulatedRadio(this.transceivers, count + i));
	}

	/** Links of all nodes, and of outsiders that stand at the end of `positions`. */
	#link(
		positions: Positions,
		outsiders: readonly Outsider[],
		propagation: Propagation | undefined,
	): LinkGraph {
		const { scenario, topology } = this;
		if (propagation === undefined) {
			const listed = [
				...topology.links!,
				...attackerLinks(topology.links!, this.attackers, this.firstAttacker),
			];
			return thinned(linksByList(positions.x.length, listed, LISTED_LINK_DBM), scenario.channel.prr);
		}
		const powers = new Float64Array(positions.x.length).fill(scenario.radio.txPowerDbm);
		outsiders.forEach((outsider, i) => {
			powers[topology.nodes + i] = outsider.txPowerDbm;
		});
		const { interferenceFloorDbm, fading } = scenario.channel;
		// A link that is too weak on average is heard now and then.
		const floorDbm = interferenceFloorDbm - FADING_LIMIT * fading.deviationDb;
		return thinned(linksByPropagation(positions, powers, propagation, floorDbm), scenario.channel.prr);
	}

	#placeAttackers(propagation: Propagation | undefined, air: AirOptions): PlacedAttacker[] {
		const { topology, sinks, scenario, firstAttacker } = this;
		const { nodes, positions } = topology;
		const links =
			propagation === undefined
				? linksByList(nodes, topology.links!, LISTED_LINK_DBM)
				: this.#link(positions, [], propagation);
		const paths = shortestPaths(links, linkReception(links, air), sinks);
		const network = { nodes, positions, sinks, links, paths, propagation, firstRadio: firstAttacker };
		return placeAttackers(scenario, network);
	}

	/** The radio of a node. */
	radioOf(id: number): SimulatedRadio {
		return this.#radios[id]!;
	}

	/** What the clock of a node shows at a true time. */
	ownUs(id: number, trueUs: number): number {
		return this.#clocks[id]?.ownUs(trueUs) ?? trueUs;
	}

	/** Whether a node's charge has an end. */
	hasBattery(node: number): boolean {
		return this.battery !== undefined && !(this.#sinksHaveMains && this.isSink[node] === 1);
	}

	/** The first true time at which the clock of a node shows as much. */
	trueUs(id: number, ownUs: number): number {
		return this.#clocks[id]?.trueUs(ownUs) ?? ownUs;
	}

	#makeClusters({ election }: ScenarioModules, propagation: Propagation | undefined): Clusters | undefined {
		if (election === undefined) return undefined;
		return new Clusters({
			scenario: this.scenario,
			election,
			nodes: this.topology.nodes,
			sinks: this.sinks,
			sinkAddress: this.#addressOf(this.sinks[0]!),
			links: this.links,
			propagation,
			nowUs: () => this.queue.nowUs(),
			isUp: (node) => this.powered[node] === 1,
			charge: (node) => (this.hasBattery(node) ? this.battery!.share(node, this.queue.nowUs()) : 1),
		});
	}

	/** IPv6 address of a node, routable where there is a prefix. */
	#addressOf(id: number): Uint8Array {
		const address = addressOf(id, this.scenario.node.addressing);
		const { prefix } = prefixOf(this.scenario);
		return prefix === undefined ? linkLocalOf(address) : addressUnder(prefix, address);
	}

	#batteryOf(node: number): Battery {
		const { battery, queue } = this;
		return battery === undefined || !this.hasBattery(node)
			? MAINS
			: { level: () => battery.level(node, queue.nowUs()) };
	}

	/** Replaces a mote that has stopped by a new one, which finds what the old one had stored. */
	replace(id: number): SimulatedMote {
		this.transceivers.powerOn(id);
		this.#ports[id]!.reboot();
		this.#clocks[id]?.restart();
		const mote = this.#makeMote(id);
		(this.motes as SimulatedMote[])[id] = mote;
		return mote;
	}

	/** How often a node started anew. */
	boots(id: number): number {
		return this.#ports[id]!.boots;
	}

	#moteMaker({ policy }: ScenarioModules, options: WorldOptions): (id: number) => SimulatedMote {
		const { scenario } = this;
		const shared = {
			clock: this.queue,
			sink: this.sink,
			cipher: options.cipher,
			digest: options.digest,
			seed: scenario.seed,
			trueClock: this.queue,
		};
		const plans = new MotePlans(scenario, this.isSink, this.paths);
		const policyOf = () => policy;
		let profile: NodeProfile | undefined;
		return (id) => {
			const ports = (this.#ports[id] ??= this.#makePorts(id, shared));
			const plan = plans.of(id, this.clusters?.plan ?? null);
			const elsewhere = options.moteElsewhere?.(plan, ports);
			if (elsewhere !== undefined) return elsewhere;
			const election: MoteParts["election"] = () =>
				this.clusters && this.captures.electionOf(id, this.clusters.electionOf(id));
			profile ??= profileOf(plan, { policy: policyOf });
			return new Mote(plan, ports, this.workspace, { policy: policyOf, election, profile });
		};
	}

	#makePorts(id: number, shared: SharedPorts): SimulatedPorts {
		const { clockDriftPpm } = this.scenario.node;
		const radio = new SimulatedRadio(this.transceivers, id);
		this.#radios[id] = radio;
		const battery = this.captures.batteryOf(id, this.#batteryOf(id));
		if (clockDriftPpm === 0) return new SimulatedPorts(shared, id, radio, battery);
		const clock = new DriftingClock(this.queue, clockDriftPpm, this.scenario.seed, id);
		this.#clocks[id] = clock;
		const own = { ...shared, clock, sink: inTrueTime(shared.sink, clock, this.queue) };
		return new SimulatedPorts(own, id, new DriftingRadio(radio, clock), battery);
	}
}

/** The prefix of routable addresses, where there is one. */
function prefixOf({ node }: Scenario): { readonly prefix?: Uint8Array } {
	const parsed = node.prefix === null ? undefined : parseIpv6Prefix(node.prefix);
	return parsed === undefined ? {} : { prefix: parsed.prefix };
}

/** Where links are listed, an attacker hears the node that it stands beside and its neighbours, and they hear it. */
function attackerLinks(
	links: readonly ExplicitLink[],
	attackers: readonly PlacedAttacker[],
	first: number,
): ExplicitLink[] {
	return attackers.flatMap(({ beside }, i) => {
		const near = new Set([beside]);
		for (const { from, to } of links) if (to === beside) near.add(from);
		return [...near].flatMap((node) => [
			{ from: first + i, to: node, prr: 1 },
			{ from: node, to: first + i, prr: 1 },
		]);
	});
}

function withOutsiders(positions: Positions, outsiders: readonly Outsider[]): Positions {
	if (outsiders.length === 0) return positions;
	const x = new Float64Array(positions.x.length + outsiders.length);
	const y = new Float64Array(x.length);
	x.set(positions.x);
	y.set(positions.y);
	outsiders.forEach((outsider, i) => {
		x[positions.x.length + i] = outsider.x;
		y[positions.x.length + i] = outsider.y;
	});
	return { x, y };
}
