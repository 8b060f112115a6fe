import { NODES, SPACING_M } from "./options.js";
import type { Topology, TopologyFactory } from "./topology.js";

/** All nodes on the x axis, in order of their number. */
export const line: TopologyFactory = {
	name: "line",
	options: { nodes: { ...NODES, default: 5 }, spacingM: SPACING_M },
	create(options): Topology {
		const nodes = options["nodes"] as number;
		const spacingM = options["spacingM"] as number;
		const x = Float64Array.from({ length: nodes }, (_, node) => node * spacingM);
		return { nodes, positions: { x, y: new Float64Array(nodes) }, links: undefined };
	},
};
