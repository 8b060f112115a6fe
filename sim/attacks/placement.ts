import type { LinkGraph, Positions } from "../channel/links.js";
import type { Paths } from "../channel/paths.js";
import type { Propagation } from "../channel/propagation.js";
import { ENERGY_PROFILES } from "../energy/profiles.js";
import { toDb } from "../kernel/math.js";
import type { Scenario } from "../scenario/scenario.js";
import type { AttackEntry } from "./common-options.js";

/** One radio of an attack: where it stands, whom it attacks and in whose name. */
export interface PlacedAttacker {
	/** Number of its entry in the scenario's `attacks`, and its own among the radios of the entry. */
	readonly entry: number;
	readonly index: number;
	readonly x: number;
	readonly y: number;
	readonly txPowerDbm: number;
	/** The node beside which it stands, or the nearest one. */
	readonly beside: number;
	readonly victim: number;
	/** Honest nodes that send to the victim, those that pass on for most others first; never empty. */
	readonly neighbours: readonly number[];
}

/** The network before attackers come. */
export interface AttackedNetwork {
	readonly nodes: number;
	readonly positions: Positions;
	readonly sinks: readonly number[];
	readonly links: LinkGraph;
	readonly paths: Paths;
	/** Undefined where links are listed: there an attacker has those of the node that it stands beside. */
	readonly propagation: Propagation | undefined;
	/** Number of the first attacker's radio. */
	readonly firstRadio: number;
}

/** Metres from a node to the attackers beside it. */
const BESIDE_M = 2;
/** Ways in which they stand, one after the other. */
const BESIDE = [
	[1, 0],
	[0, 1],
	[-1, 0],
	[0, -1],
	[0.7, 0.7],
	[-0.7, 0.7],
	[-0.7, -0.7],
	[0.7, -0.7],
] as const;

/**
 * Places the radios of all entries.
 *
 * Throws a RangeError that names the entry where there is no such place or nobody to attack.
 */
export function placeAttackers(scenario: Scenario, network: AttackedNetwork): PlacedAttacker[] {
	const placed: PlacedAttacker[] = [];
	const burdens = burdenOf(network.paths);
	(scenario.attacks as readonly AttackEntry[]).forEach((options, entry) => {
		const victimName = `attacks[${entry}].victim`;
		for (let index = 0; index < options.attackers; index++) {
			const { x, y, beside } = placeOf(options, entry, network, burdens, placed.length);
			const victim = options.victim === "auto" ? nearestVictim(x, y, beside, network) : options.victim;
			if (victim >= network.nodes)
				throw new RangeError(`${victimName}: expected a node below ${network.nodes}, got ${victim}`);
			const neighbours = neighboursOf(victim, network, burdens);
			if (neighbours.length === 0)
				throw new RangeError(`${victimName}: expected a node with neighbours, got ${victim}`);
			const radio = network.firstRadio + placed.length;
			const at = { entry, index, x, y, beside, victim, neighbours };
			placed.push({ ...at, txPowerDbm: powerOf(options, scenario, network, at, radio) });
		}
	});
	return placed;
}

/**
 * The node in whose name an attacker speaks: the victim's busiest neighbour. An insider's is the captured node, the
 * least busy one, so that what he takes from others shows beside what its own traffic suffers.
 */
export function spoofedOf(
	{ neighbours }: Pick<PlacedAttacker, "neighbours">,
	{ keys }: Pick<AttackEntry, "keys">,
): number {
	return neighbours[keys === "insider" ? neighbours.length - 1 : 0]!;
}

/** How many nodes send through each node, itself not counted. */
function burdenOf({ next, hops }: Paths): Int32Array {
	const burdens = new Int32Array(next.length);
	for (let node = 0; node < next.length; node++) {
		if (hops[node]! <= 0) continue;
		for (let at = next[node]!; at >= 0; at = next[at]!) burdens[at]!++;
	}
	return burdens;
}

function placeOf(
	{ place }: AttackEntry,
	entry: number,
	network: AttackedNetwork,
	burdens: Int32Array,
	order: number,
): { x: number; y: number; beside: number } {
	const { x, y } = network.positions;
	if (typeof place === "object" && "x" in place)
		return { ...place, beside: nearest(place.x, place.y, network, () => true) };
	const node = nodeOf(place as Exclude<AttackEntry["place"], { x: number }>, entry, network, burdens);
	const [dx, dy] = BESIDE[order % BESIDE.length]!;
	const distanceM = BESIDE_M * (1 + Math.floor(order / BESIDE.length) / 4);
	return { x: x[node]! + dx * distanceM, y: y[node]! + dy * distanceM, beside: node };
}

function nodeOf(
	place: "next-to-sink" | "busiest-route" | "leaf" | { readonly node: number },
	entry: number,
	{ nodes, sinks, paths }: AttackedNetwork,
	burdens: Int32Array,
): number {
	const name = `attacks[${entry}].place`;
	if (typeof place === "object") {
		if (place.node < nodes) return place.node;
		throw new RangeError(`${name}: expected a node below ${nodes}, got ${place.node}`);
	}
	if (sinks.length === 0)
		throw new RangeError(`${name}: expected a scenario with sinks, or a node or place, got ${place}`);
	if (place === "next-to-sink") return sinks[0]!;
	let best = -1;
	for (let node = 0; node < nodes; node++) {
		if (sinks.includes(node) || paths.hops[node]! <= 0) continue;
		const isBetter =
			place === "leaf"
				? burdens[node] === 0 && (best < 0 || paths.hops[node]! > paths.hops[best]!)
				: best < 0 || burdens[node]! > burdens[best]!;
		if (isBetter) best = node;
	}
	if (best < 0) throw new RangeError(`${name}: expected nodes with a way to a sink, got none`);
	return best;
}

/** The nearest of the nodes that reassemble what others send; where there are none, of all. */
function nearestVictim(x: number, y: number, beside: number, network: AttackedNetwork): number {
	const { sinks, paths } = network;
	const reassembles = (node: number): boolean => sinks.includes(node) || paths.next.includes(node);
	if (reassembles(beside)) return beside;
	const near = nearest(x, y, network, reassembles);
	return near >= 0 ? near : beside;
}

function nearest(
	x: number,
	y: number,
	{ nodes, positions }: AttackedNetwork,
	counts: (node: number) => boolean,
): number {
	let best = -1;
	let least = Number.POSITIVE_INFINITY;
	for (let node = 0; node < nodes; node++) {
		const dx = positions.x[node]! - x;
		const dy = positions.y[node]! - y;
		const square = dx * dx + dy * dy;
		if (square >= least || !counts(node)) continue;
		least = square;
		best = node;
	}
	return best;
}

/** Those that send to the victim on their way to a sink; where nobody does, those that it hears, loudest first. */
function neighboursOf(victim: number, network: AttackedNetwork, burdens: Int32Array): number[] {
	const { nodes, paths, links } = network;
	const children: number[] = [];
	for (let node = 0; node < nodes; node++) if (paths.next[node] === victim) children.push(node);
	if (children.length > 0) return children.sort((a, b) => burdens[b]! - burdens[a]! || a - b);
	const heard: { node: number; powerMw: number }[] = [];
	for (let node = 0; node < nodes; node++) {
		for (let i = links.start[node]!; i < links.start[node + 1]!; i++)
			if (links.to[i] === victim) heard.push({ node, powerMw: links.powerMw[i]! });
	}
	return heard.sort((a, b) => b.powerMw - a.powerMw || a.node - b.node).map(({ node }) => node);
}

function powerOf(
	options: AttackEntry,
	{ radio }: Scenario,
	{ links, positions, propagation }: AttackedNetwork,
	{ x, y, victim, neighbours }: { x: number; y: number; victim: number; neighbours: readonly number[] },
	number: number,
): number {
	if (options.txPowerDbm !== "match") return options.txPowerDbm;
	if (propagation === undefined) return radio.txPowerDbm;
	const spoofed = spoofedOf({ neighbours }, options);
	let receivedDbm = Number.NEGATIVE_INFINITY;
	for (let i = links.start[spoofed]!; i < links.start[spoofed + 1]!; i++)
		if (links.to[i] === victim) receivedDbm = toDb(links.powerMw[i]!);
	const dx = positions.x[victim]! - x;
	const dy = positions.y[victim]! - y;
	const wantedDbm = receivedDbm + propagation.lossDb(Math.sqrt(dx * dx + dy * dy), number, victim);
	const levels = ENERGY_PROFILES[radio.profile].txLevels;
	return Math.min(levels[levels.length - 1]!.powerDbm, Math.max(levels[0]!.powerDbm, wantedDbm));
}
