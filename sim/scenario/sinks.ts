import type { Topology } from "../topology/topology.js";
import type { Scenario } from "./scenario.js";

/**
 * Numbers of the sinks, ascending.
 *
 * `corner` is the node nearest to the lower left corner of the field's bounding box, `centre` the one nearest to
 * its middle; ties go to the lowest number. Throws a RangeError for a number that no node has.
 */
export function resolveSinks(sinks: Scenario["sinks"], topology: Topology): readonly number[] {
	if (sinks === "none") return [];
	if (sinks === "corner") return [nearest(topology, 0)];
	if (sinks === "centre") return [nearest(topology, 0.5)];
	for (const sink of sinks) {
		if (sink >= topology.nodes)
			throw new RangeError(`sinks: expected node numbers below ${topology.nodes}, got ${sink}`);
	}
	return [...sinks].sort((a, b) => a - b);
}

/** Squared distances closer than this, in m2, are a tie: rounding must not choose a sink. */
const TIE_M2 = 1e-6;

/** The node nearest to the place at `share` of the bounding box's width and height. */
function nearest(topology: Topology, share: number): number {
	const { x, y } = topology.positions;
	const [left, right] = bounds(x);
	const [bottom, top] = bounds(y);
	const atX = left + share * (right - left);
	const atY = bottom + share * (top - bottom);
	let best = 0;
	let least = Number.POSITIVE_INFINITY;
	for (let node = 0; node < topology.nodes; node++) {
		const dx = x[node]! - atX;
		const dy = y[node]! - atY;
		const square = dx * dx + dy * dy;
		if (square < least - TIE_M2) {
			least = square;
			best = node;
		}
	}
	return best;
}

function bounds(values: Float64Array): readonly [number, number] {
	let least = Number.POSITIVE_INFINITY;
	let most = Number.NEGATIVE_INFINITY;
	for (const value of values) {
		least = Math.min(least, value);
		most = Math.max(most, value);
	}
	return [least, most];
}
