import { Cells } from "./cells.js";
import type { Field } from "./field.js";

/** Who is within the cluster radius of whom: neighbours of node n are `to[from[n]]` to `to[from[n + 1] - 1]`, ascending. */
export interface Neighbourhood {
	readonly from: Int32Array;
	readonly to: Int32Array;
	/** Of each neighbour in `to`, the squared distance. */
	readonly squareM2: Float64Array;
}

/** All pairs within `radiusM`, found by cells as wide. */
export function neighbourhoodOf(field: Field, radiusM: number): Neighbourhood {
	const { nodes } = field;
	const all = Int32Array.from({ length: nodes }, (_, node) => node);
	const cells = new Cells(field);
	cells.fill(all, nodes, radiusM);
	const limitM2 = radiusM * radiusM;
	const from = new Int32Array(nodes + 1);
	let node = 0;
	let count = 0;
	const tally = (other: number): void => {
		if (other !== node && field.squareM2(node, other) <= limitM2) count++;
	};
	for (; node < nodes; node++) {
		cells.around(node, tally);
		from[node + 1] = count;
	}
	const to = new Int32Array(count);
	const squareM2 = new Float64Array(count);
	let at = 0;
	const take = (other: number): void => {
		if (other !== node && field.squareM2(node, other) <= limitM2) to[at++] = other;
	};
	for (node = 0; node < nodes; node++) {
		cells.around(node, take);
		to.subarray(from[node]!, at).sort();
	}
	for (node = 0; node < nodes; node++)
		for (let i = from[node]!; i < from[node + 1]!; i++) squareM2[i] = field.squareM2(node, to[i]!);
	return { from, to, squareM2 };
}
