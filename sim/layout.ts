import { type PlacedAttacker, placeAttackers } from "./attacks/placement.js";
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
import { optionsOf, type Scenario, type ScenarioModules } from "./scenario/scenario.js";
import { resolveSinks } from "./scenario/sinks.js";
import type { Topology } from "./topology/topology.js";

/** A radio that runs no firmware: it replays or attacks. Places in metres. */
export interface Outsider {
	readonly x: number;
	readonly y: number;
	readonly txPowerDbm: number;
}

/** Signal of an explicit link without propagation, far above any noise. */
const LISTED_LINK_DBM = -60;

/**
 * Where everything stands and who hears whom: nodes from number 0 on, then outsiders, the scenario's attackers last.
 */
export class Layout {
	readonly topology: Topology;
	readonly sinks: readonly number[];
	/** 1 for each node that is a sink. */
	readonly isSink: Uint8Array;
	/** Undefined where links are listed. */
	readonly propagation: Propagation | undefined;
	/** The attackers that the scenario asks for. */
	readonly attackers: readonly PlacedAttacker[];
	/** Number of the first attacker's radio. */
	readonly firstAttacker: number;
	/** All radios without firmware. */
	readonly outsiders: readonly Outsider[];
	/** Of nodes and outsiders. */
	readonly positions: Positions;
	readonly links: LinkGraph;
	readonly #scenario: Scenario;
	#paths: Paths | undefined;

	/** `outsiders`: those that the scenario knows nothing of. Throws a RangeError that names what it cannot have. */
	constructor(scenario: Scenario, modules: ScenarioModules, outsiders: readonly Outsider[]) {
		const { seed, channel } = scenario;
		this.#scenario = scenario;
		this.topology = modules.topology.create(optionsOf(scenario.topology), seed);
		const { nodes } = this.topology;
		this.sinks = resolveSinks(scenario.sinks, this.topology);
		this.isSink = new Uint8Array(nodes);
		for (const sink of this.sinks) this.isSink[sink] = 1;
		if (this.topology.links === undefined)
			this.propagation = modules.propagation.create(optionsOf(channel.propagation), seed);
		this.firstAttacker = nodes + outsiders.length;
		this.attackers = scenario.attacks.length === 0 ? [] : this.#placeAttackers();
		this.outsiders = [...outsiders, ...this.attackers];
		this.positions = withOutsiders(this.topology.positions, this.outsiders);
		this.links = this.#link(this.positions, this.outsiders, this.attackers);
	}

	/** The ways of all nodes to their nearest sinks, found when first asked for. */
	get paths(): Paths {
		this.#paths ??= this.#pathsOver(this.links);
		return this.#paths;
	}

	#pathsOver(links: LinkGraph): Paths {
		return shortestPaths(
			links,
			linkReception(links, this.#scenario.channel),
			this.sinks,
			this.topology.nodes,
		);
	}

	/** Links of nodes, and of outsiders that stand at the end of `positions`. */
	#link(
		positions: Positions,
		outsiders: readonly Outsider[],
		attackers: readonly PlacedAttacker[],
	): LinkGraph {
		const { topology, propagation } = this;
		const { channel, radio } = this.#scenario;
		if (propagation === undefined) {
			const listed = [...topology.links!, ...attackerLinks(topology.links!, attackers, this.firstAttacker)];
			return thinned(linksByList(positions.x.length, listed, LISTED_LINK_DBM), channel.prr);
		}
		const powers = new Float64Array(positions.x.length).fill(radio.txPowerDbm);
		outsiders.forEach((outsider, i) => {
			powers[topology.nodes + i] = outsider.txPowerDbm;
		});
		// A link that is too weak on average is heard now and then.
		const floorDbm = channel.interferenceFloorDbm - FADING_LIMIT * channel.fading.deviationDb;
		return thinned(linksByPropagation(positions, powers, propagation, floorDbm), channel.prr);
	}

	/** Places attackers by what the network is without them. */
	#placeAttackers(): PlacedAttacker[] {
		const { topology, sinks, propagation, firstAttacker } = this;
		const { nodes, positions } = topology;
		const links =
			propagation === undefined
				? linksByList(nodes, topology.links!, LISTED_LINK_DBM)
				: this.#link(positions, [], []);
		const paths = this.#pathsOver(links);
		const network = { nodes, positions, sinks, links, paths, propagation, firstRadio: firstAttacker };
		return placeAttackers(this.#scenario, network);
	}
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
