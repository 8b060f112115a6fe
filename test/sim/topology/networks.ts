import type { ContactGraph } from "../../../sim/topology/contact-graph.js";
import { randomSpatial } from "../../../sim/topology/random-spatial.js";
import type { Topology } from "../../../sim/topology/topology.js";

/** A random spatial network with the given options, the others at their defaults. */
export function network(options: Readonly<Record<string, unknown>>, seed = 1): Topology {
	const defaults = Object.fromEntries(
		Object.entries(randomSpatial.options).map(([option, schema]) => [option, schema["default"]]),
	);
	return randomSpatial.create({ ...defaults, ...options }, seed);
}

/** Its graph. */
export function graphOf(options: Readonly<Record<string, unknown>>, seed = 1): ContactGraph {
	return network(options, seed).contacts!;
}

/** How many links each node has. */
export function degreesOf({ nodes, start }: ContactGraph): number[] {
	return Array.from({ length: nodes }, (_, node) => start[node + 1]! - start[node]!);
}

/** Lengths of all links, each direction counting, the shorter way round. */
export function lengthsOf(topology: Topology): number[] {
	const { nodes, start, to, period } = topology.contacts!;
	const { x, y } = topology.positions;
	const along = (difference: number, length: number): number =>
		Math.min(Math.abs(difference), length - Math.abs(difference));
	const lengths: number[] = [];
	for (let from = 0; from < nodes; from++) {
		for (let i = start[from]!; i < start[from + 1]!; i++)
			lengths.push(
				Math.hypot(along(x[from]! - x[to[i]!]!, period[0]), along(y[from]! - y[to[i]!]!, period[1])),
			);
	}
	return lengths;
}

export function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function variance(values: readonly number[]): number {
	const middle = mean(values);
	return mean(values.map((value) => (value - middle) ** 2));
}
