import { RandomStream } from "../kernel/random.js";
import { HEIGHT_M, NODES, WIDTH_M } from "./options.js";
import type { Topology, TopologyFactory } from "./topology.js";

/** Nodes in turn around uniformly random centres, normally distributed in x and in y, inside the field. */
export const clustered: TopologyFactory = {
	name: "clustered",
	options: {
		nodes: NODES,
		clusters: {
			type: "integer",
			minimum: 1,
			maximum: 100_000,
			default: 5,
			description: "Number of clusters; node n belongs to cluster n modulo this",
		},
		widthM: WIDTH_M,
		heightM: HEIGHT_M,
		spreadM: {
			type: "number",
			minimum: 0,
			maximum: 1e5,
			default: 15,
			description: "Standard deviation of the distance from the centre, in x and in y, in metres",
		},
	},
	create(options, seed): Topology {
		const nodes = options["nodes"] as number;
		const clusters = options["clusters"] as number;
		const widthM = options["widthM"] as number;
		const heightM = options["heightM"] as number;
		const spreadM = options["spreadM"] as number;
		const x = new Float64Array(nodes);
		const y = new Float64Array(nodes);
		for (let node = 0; node < nodes; node++) {
			const centre = new RandomStream(seed, "topology-centre", node % clusters);
			const centreX = centre.uniform() * widthM;
			const centreY = centre.uniform() * heightM;
			const random = new RandomStream(seed, "topology", node);
			x[node] = around(random, centreX, spreadM, widthM);
			y[node] = around(random, centreY, spreadM, heightM);
		}
		return { nodes, positions: { x, y }, links: undefined };
	},
};

/** Draws until the coordinate lies in the field; with a spread far wider than the field, uniform does as well. */
function around(random: RandomStream, centreM: number, spreadM: number, lengthM: number): number {
	for (let tries = 0; tries < 100; tries++) {
		const at = centreM + spreadM * random.gaussian();
		if (at >= 0 && at <= lengthM) return at;
	}
	return random.uniform() * lengthM;
}
