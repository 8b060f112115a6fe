import { fromDb } from "../kernel/math.js";
import type { AirOptions } from "./air.js";
import { BitErrorTable } from "./bit-error.js";
import type { LinkGraph } from "./links.js";

/** A frame of full length with its synchronisation header, in octets: what a route is judged by. */
const FULL_PPDU_BYTES = 133;
/** Links that lose more than this are no part of a route. */
const WORST_PRR = 0.5;

/** Shortest paths of all nodes to their nearest sink. */
export interface Paths {
	/** Next node on the way; -1 at a sink and where there is no way. */
	readonly next: Int32Array;
	/** Hops to the sink; 0 at a sink, -1 where there is no way. */
	readonly hops: Int32Array;
	/** The sink that the way leads to; -1 where there is none. */
	readonly sink: Int32Array;
}

/** Chance that a full frame survives each link when nobody interferes. */
export function linkReception(links: LinkGraph, options: AirOptions): Float64Array {
	const table = new BitErrorTable();
	const noiseMw = fromDb(options.noiseDbm + options.implementationLossDb);
	const sensitivityMw = fromDb(options.sensitivityDbm);
	const reception = new Float64Array(links.to.length);
	for (let i = 0; i < reception.length; i++) {
		const signalMw = links.powerMw[i]!;
		const listed = links.prr?.[i] ?? 1;
		reception[i] =
			signalMw < sensitivityMw ? 0 : listed * table.packetReception(signalMw / noiseMw, FULL_PPDU_BYTES);
	}
	return reception;
}

/**
 * Paths with the fewest expected transmissions, both directions of a link counted (De Couto 2003).
 *
 * Only the first `nodes` of the graph take part: radios that run no firmware pass nothing on.
 */
export function shortestPaths(
	links: LinkGraph,
	reception: Float64Array,
	sinks: readonly number[],
	nodes = links.nodes,
): Paths {
	const n = links.nodes;
	const next = new Int32Array(n).fill(-1);
	const hops = new Int32Array(n).fill(-1);
	const sink = new Int32Array(n).fill(-1);
	const cost = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
	const done = new Uint8Array(n);
	const heap = new NodeHeap();
	for (const s of sinks) {
		cost[s] = 0;
		hops[s] = 0;
		sink[s] = s;
		heap.push(0, s);
	}
	for (let from = heap.pop(); from >= 0; from = heap.pop()) {
		if (done[from] === 1) continue;
		done[from] = 1;
		for (let i = links.start[from]!; i < links.start[from + 1]!; i++) {
			const node = links.to[i]!;
			if (done[node] === 1 || node >= nodes) continue;
			const towards = reverseReception(links, reception, node, from);
			if (towards < WORST_PRR || reception[i]! < WORST_PRR) continue;
			const total = cost[from]! + 1 / (towards * reception[i]!);
			if (total >= cost[node]!) continue;
			cost[node] = total;
			next[node] = from;
			hops[node] = hops[from]! + 1;
			sink[node] = sink[from]!;
			heap.push(total, node);
		}
	}
	return { next, hops, sink };
}

/** How well `to` receives what `from` sends; 0 without a link. A node's links are in order of their ends. */
function reverseReception(links: LinkGraph, reception: Float64Array, from: number, to: number): number {
	let low = links.start[from]!;
	let high = links.start[from + 1]!;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (links.to[middle]! < to) low = middle + 1;
		else high = middle;
	}
	return low < links.start[from + 1]! && links.to[low] === to ? reception[low]! : 0;
}

/** A binary heap of nodes by cost; equal costs come out by node number, on every machine. */
class NodeHeap {
	readonly #costs: number[] = [];
	readonly #nodes: number[] = [];

	push(cost: number, node: number): void {
		let at = this.#costs.length;
		this.#costs.push(cost);
		this.#nodes.push(node);
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (!this.#isBefore(at, parent)) break;
			this.#swap(at, parent);
			at = parent;
		}
	}

	/** The cheapest node, or -1 when none is left. */
	pop(): number {
		if (this.#nodes.length === 0) return -1;
		const top = this.#nodes[0]!;
		const last = this.#nodes.length - 1;
		this.#swap(0, last);
		this.#nodes.pop();
		this.#costs.pop();
		for (let at = 0; ; ) {
			let least = at;
			for (const child of [2 * at + 1, 2 * at + 2]) {
				if (child < last && this.#isBefore(child, least)) least = child;
			}
			if (least === at) return top;
			this.#swap(at, least);
			at = least;
		}
	}

	#isBefore(a: number, b: number): boolean {
		const difference = this.#costs[a]! - this.#costs[b]!;
		return difference < 0 || (difference === 0 && this.#nodes[a]! < this.#nodes[b]!);
	}

	#swap(a: number, b: number): void {
		const cost = this.#costs[a]!;
		const node = this.#nodes[a]!;
		this.#costs[a] = this.#costs[b]!;
		this.#nodes[a] = this.#nodes[b]!;
		this.#costs[b] = cost;
		this.#nodes[b] = node;
	}
}
