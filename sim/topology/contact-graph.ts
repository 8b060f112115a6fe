import type { ExplicitLink } from "../channel/links.js";
import type { DistanceKernel } from "./kernels.js";
import type { Topology } from "./topology.js";

/**
 * Who is linked with whom, as flat arrays: the links of node u are at [start[u], start[u + 1]), in order of the other
 * node's number; each direction is a link of its own.
 */
export interface ContactGraph {
	readonly nodes: number;
	readonly start: Int32Array;
	readonly to: Int32Array;
	/** What share of fragments a link carries; undefined where each carries all. */
	readonly prr: Float32Array | undefined;
	/** What the lengths of links follow; undefined where nothing is known of them. */
	readonly kernel: DistanceKernel | undefined;
	/** Width and height after which the field begins again, in metres; Infinity for a field with borders. */
	readonly period: readonly [x: number, y: number];
}

/** Undirected edges, the first `count` of both arrays. */
export interface EdgeList {
	readonly from: Int32Array;
	readonly to: Int32Array;
	readonly count: number;
}

/** Both directions of each edge. `prr` is that of all links. */
export function graphOfEdges(
	nodes: number,
	{ from, to, count }: EdgeList,
	prr: number,
	place: Pick<ContactGraph, "kernel" | "period">,
): ContactGraph {
	const start = new Int32Array(nodes + 1);
	for (let e = 0; e < count; e++) {
		start[from[e]! + 1]!++;
		start[to[e]! + 1]!++;
	}
	for (let node = 0; node < nodes; node++) start[node + 1]! += start[node]!;
	const next = start.slice(0, nodes);
	const ends = new Int32Array(2 * count);
	for (let e = 0; e < count; e++) {
		ends[next[from[e]!]!++] = to[e]!;
		ends[next[to[e]!]!++] = from[e]!;
	}
	for (let node = 0; node < nodes; node++) ends.subarray(start[node]!, start[node + 1]!).sort();
	const ratios = prr === 1 ? undefined : new Float32Array(2 * count).fill(prr);
	return { nodes, start, to: ends, prr: ratios, ...place };
}

/** Whether a topology gives links, and does not leave them to propagation. */
export function givesLinks(topology: Topology): boolean {
	return "contacts" in topology || topology.links !== undefined;
}

/** The links of a topology as flat arrays; undefined for one whose links follow from propagation. */
export function contactsOf(topology: Topology): ContactGraph | undefined {
	if (topology.contacts !== undefined) return topology.contacts;
	if (topology.links === undefined) return undefined;
	const { nodes } = topology;
	const byPair = new Map<number, ExplicitLink>();
	for (const link of topology.links) byPair.set(link.from * nodes + link.to, link);
	const sorted = [...byPair.values()].sort((a, b) => a.from - b.from || a.to - b.to);
	const start = new Int32Array(nodes + 1);
	for (const { from } of sorted) start[from + 1]!++;
	for (let node = 0; node < nodes; node++) start[node + 1]! += start[node]!;
	return {
		nodes,
		start,
		to: Int32Array.from(sorted, ({ to }) => to),
		prr: Float32Array.from(sorted, ({ prr }) => prr),
		kernel: undefined,
		period: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
	};
}

/** The links one by one, as a topology lists them. */
export function linksOf({ nodes, start, to, prr }: ContactGraph): ExplicitLink[] {
	const links: ExplicitLink[] = [];
	for (let from = 0; from < nodes; from++) {
		for (let i = start[from]!; i < start[from + 1]!; i++)
			links.push({ from, to: to[i]!, prr: prr === undefined ? 1 : prr[i]! });
	}
	return links;
}
