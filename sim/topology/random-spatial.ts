import type { ExplicitLink, Positions } from "../channel/links.js";
import { RandomStream } from "../kernel/random.js";
import { type ContactGraph, graphOfEdges, linksOf } from "./contact-graph.js";
import { type DegreeSpread, drawExpectedDegrees } from "./expected-degrees.js";
import {
	type DistanceKernel,
	discKernel,
	exponentialKernel,
	gaussianKernel,
	onTorus,
	powerLawKernel,
	uniformKernel,
} from "./kernels.js";
import { HEIGHT_M, NODES, WIDTH_M } from "./options.js";
import { drawEdges } from "./spatial-edges.js";
import type { Options, Topology, TopologyFactory } from "./topology.js";

/**
 * Random spatial networks (Lang, De Sterck, Kaiser, Miller, "Random Spatial Networks: Small Worlds without Clustering,
 * Traveling Waves, and Hop-and-Spread Disease Dynamics", arXiv 1702.01252).
 *
 * Nodes lie uniformly in a field, each with an expected degree κ; two at distance d are linked with the chance
 * min(1, κi κj f(d) / (ρ ⟨κ⟩)), where ρ is the density of nodes and the kernel f has the integral 1. Far from a border, and
 * where no chance is cut off at 1, node i then has Poisson(κi) links. These are logical links, such as those of an overlay or
 * of who updates whom: no radio has such a range, and two that are linked need not be near.
 */
export const randomSpatial: TopologyFactory = {
	name: "random-spatial",
	options: {
		nodes: { ...NODES, default: 1000 },
		widthM: { ...WIDTH_M, default: 1000 },
		heightM: { ...HEIGHT_M, default: 1000 },
		torus: {
			type: "boolean",
			default: false,
			description: "The field has no borders: what leaves it on one side enters on the other",
		},
		degrees: {
			enum: ["constant", "exponential", "power-law"],
			default: "constant",
			description:
				"How expected degrees are spread over the nodes; degrees are Poisson about them. These are logical links, not " +
				"radio links: range and interference have no part in them",
		},
		meanDegree: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: 1e5,
			default: 8,
			description: "Mean of the expected degrees",
		},
		degreeExponent: {
			type: "number",
			exclusiveMinimum: 1,
			maximum: 20,
			default: 3,
			description: "Exponent of power-law degrees: their density falls as degree to the power of minus this",
		},
		maxDegree: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: 1e6,
			default: 100,
			description: "Largest expected degree under a power law",
		},
		expectedDegrees: {
			type: "array",
			items: { type: "number", minimum: 0, maximum: 1e6 },
			default: [],
			description: "Expected degree of each node, in order of their number, in place of drawn ones",
		},
		kernel: {
			enum: ["gaussian", "exponential", "power-law", "disc", "uniform"],
			default: "gaussian",
			description:
				"How the density of links falls with their length; disc: constant up to the scale; uniform: length does not matter",
		},
		scaleM: {
			type: "number",
			exclusiveMinimum: 0,
			maximum: 1e6,
			default: 50,
			description:
				"Scale of the kernel, in metres: deviation in x and in y, length of decay, where the power law sets in, or radius",
		},
		kernelExponent: {
			type: "number",
			exclusiveMinimum: 2,
			maximum: 20,
			default: 3,
			description: "Exponent of the power-law kernel: it falls as distance to the power of minus this",
		},
		prr: {
			type: "number",
			minimum: 0,
			maximum: 1,
			default: 1,
			description: "Packet reception ratio of every link",
		},
	},
	create: (options, seed) => new RandomSpatialTopology(options, seed),
};

/** Its links are only drawn when somebody asks for them: whoever checks a scenario does not. */
class RandomSpatialTopology implements Topology {
	readonly nodes: number;
	readonly positions: Positions;
	readonly #options: Options;
	readonly #seed: number;
	readonly #degrees: Float64Array;
	#contacts: ContactGraph | undefined;
	#links: readonly ExplicitLink[] | undefined;

	constructor(options: Options, seed: number) {
		this.#options = options;
		this.#seed = seed;
		this.nodes = options["nodes"] as number;
		const x = new Float64Array(this.nodes);
		const y = new Float64Array(this.nodes);
		for (let node = 0; node < this.nodes; node++) {
			const random = new RandomStream(seed, "topology", node);
			x[node] = random.uniform() * (options["widthM"] as number);
			y[node] = random.uniform() * (options["heightM"] as number);
		}
		this.positions = { x, y };
		this.#degrees = degreesOf(options, this.nodes, seed);
	}

	get contacts(): ContactGraph {
		this.#contacts ??= this.#draw();
		return this.#contacts;
	}

	get links(): readonly ExplicitLink[] {
		this.#links ??= linksOf(this.contacts);
		return this.#links;
	}

	#draw(): ContactGraph {
		const options = this.#options;
		const weight = this.#degrees;
		const widthM = options["widthM"] as number;
		const heightM = options["heightM"] as number;
		const isTorus = options["torus"] === true;
		const plane = kernelOf(options, widthM * heightM);
		const kernel = isTorus && options["kernel"] !== "uniform" ? onTorus(plane, widthM, heightM) : plane;
		const period = isTorus ? ([widthM, heightM] as const) : UNBOUNDED;
		let sum = 0;
		for (const degree of weight) sum += degree;
		// ρ⟨κ⟩ is the sum of expected degrees over the area.
		const perSquareMetre = sum / (widthM * heightM);
		const chance = (product: number, distanceM: number): number =>
			Math.min(1, (product * kernel.density(distanceM)) / perSquareMetre);
		const random = new RandomStream(this.#seed, "topology-edge", 0);
		const edges = drawEdges({ ...this.positions, weight, period }, chance, random);
		return graphOfEdges(this.nodes, edges, options["prr"] as number, { kernel, period });
	}
}

const UNBOUNDED = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

function degreesOf(options: Options, nodes: number, seed: number): Float64Array {
	const listed = options["expectedDegrees"] as readonly number[];
	if (listed.length > 0) {
		if (listed.length === nodes) return Float64Array.from(listed);
		throw new RangeError(`expectedDegrees: expected ${nodes} of them, one a node, got ${listed.length}`);
	}
	return drawExpectedDegrees(
		nodes,
		options["degrees"] as DegreeSpread,
		options["meanDegree"] as number,
		options["degreeExponent"] as number,
		options["maxDegree"] as number,
		seed,
	);
}

function kernelOf(options: Options, areaM2: number): DistanceKernel {
	const scaleM = options["scaleM"] as number;
	switch (options["kernel"]) {
		case "exponential":
			return exponentialKernel(scaleM);
		case "power-law":
			return powerLawKernel(scaleM, options["kernelExponent"] as number);
		case "disc":
			return discKernel(scaleM);
		case "uniform":
			return uniformKernel(areaM2);
		default:
			return gaussianKernel(scaleM);
	}
}
