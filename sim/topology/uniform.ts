import { RandomStream } from "../kernel/random.js";
import { HEIGHT_M, NODES, WIDTH_M } from "./options.js";
import type { Topology, TopologyFactory } from "./topology.js";

/** Tries for one node before the field counts as full. */
const MAX_TRIES = 10_000;

/** Nodes at uniformly random places, none closer to another than a minimum distance. */
export const uniform: TopologyFactory = {
	name: "uniform",
	options: {
		nodes: NODES,
		widthM: WIDTH_M,
		heightM: HEIGHT_M,
		minDistanceM: {
			type: "number",
			minimum: 0,
			maximum: 1e5,
			default: 0,
			description: "No two nodes are closer than this, in metres",
		},
	},
	create(options, seed): Topology {
		const nodes = options["nodes"] as number;
		const widthM = options["widthM"] as number;
		const heightM = options["heightM"] as number;
		const minDistanceM = options["minDistanceM"] as number;
		const x = new Float64Array(nodes);
		const y = new Float64Array(nodes);
		const taken = new Occupancy(x, y, minDistanceM);
		for (let node = 0; node < nodes; node++) {
			const random = new RandomStream(seed, "topology", node);
			let tries = 0;
			do {
				if (tries++ === MAX_TRIES) {
					throw new RangeError(
						`minDistanceM: expected room for ${nodes} nodes in ${widthM} m x ${heightM} m, ` +
							`got ${minDistanceM}, which leaves no place for node ${node}`,
					);
				}
				x[node] = random.uniform() * widthM;
				y[node] = random.uniform() * heightM;
			} while (!taken.isFree(node));
			taken.add(node);
		}
		return { nodes, positions: { x, y }, links: undefined };
	},
};

/** Nodes by square cells as wide as the minimum distance: only nine cells can hold one that is too close. */
class Occupancy {
	readonly #x: Float64Array;
	readonly #y: Float64Array;
	readonly #cellM: number;
	readonly #cells = new Map<string, number[]>();

	constructor(x: Float64Array, y: Float64Array, cellM: number) {
		this.#x = x;
		this.#y = y;
		this.#cellM = cellM;
	}

	isFree(node: number): boolean {
		if (this.#cellM === 0) return true;
		const column = Math.floor(this.#x[node]! / this.#cellM);
		const row = Math.floor(this.#y[node]! / this.#cellM);
		for (let r = row - 1; r <= row + 1; r++) {
			for (let c = column - 1; c <= column + 1; c++) {
				for (const other of this.#cells.get(`${c},${r}`) ?? []) {
					const dx = this.#x[other]! - this.#x[node]!;
					const dy = this.#y[other]! - this.#y[node]!;
					if (dx * dx + dy * dy < this.#cellM * this.#cellM) return false;
				}
			}
		}
		return true;
	}

	add(node: number): void {
		if (this.#cellM === 0) return;
		const key = `${Math.floor(this.#x[node]! / this.#cellM)},${Math.floor(this.#y[node]! / this.#cellM)}`;
		const members = this.#cells.get(key);
		if (members === undefined) this.#cells.set(key, [node]);
		else members.push(node);
	}
}
