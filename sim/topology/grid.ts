import { RandomStream } from "../kernel/random.js";
import { NODES, SPACING_M } from "./options.js";
import type { Topology, TopologyFactory } from "./topology.js";

/** Rows of equal length from the lower left corner, as square as the number allows; the last may be short. */
export const grid: TopologyFactory = {
	name: "grid",
	options: {
		nodes: NODES,
		spacingM: SPACING_M,
		jitterM: {
			type: "number",
			minimum: 0,
			maximum: 1e5,
			default: 0,
			description: "Each node lies up to this far from its grid point in x and in y, in metres",
		},
	},
	create(options, seed): Topology {
		const nodes = options["nodes"] as number;
		const spacingM = options["spacingM"] as number;
		const jitterM = options["jitterM"] as number;
		const columns = Math.ceil(Math.sqrt(nodes));
		const x = new Float64Array(nodes);
		const y = new Float64Array(nodes);
		for (let node = 0; node < nodes; node++) {
			x[node] = (node % columns) * spacingM;
			y[node] = Math.floor(node / columns) * spacingM;
			if (jitterM === 0) continue;
			const random = new RandomStream(seed, "topology", node);
			x[node] = x[node]! + (2 * random.uniform() - 1) * jitterM;
			y[node] = y[node]! + (2 * random.uniform() - 1) * jitterM;
		}
		return { nodes, positions: { x, y }, links: undefined };
	},
};
