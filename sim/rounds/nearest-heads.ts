import type { Field } from "./field.js";
import { NearestInCells } from "./nearest-in-cells.js";
import { PairDistances } from "./pair-distances.js";

/** Networks of at most so many nodes keep the distances of all pairs ... */
const MOST_NODES_IN_PAIRS = 1024;
/** ... but from so many heads on it is quicker to look only into the cells around a node. */
const HEADS_FOR_CELLS = 64;

/** Finds the heads nearest to all nodes, wherever they are. */
export class NearestHeads {
	readonly #field: Field;
	/** Made when first needed, since not every election joins the nearest. */
	#pairs: PairDistances | undefined;
	#cells: NearestInCells | undefined;

	constructor(field: Field) {
		this.#field = field;
	}

	/**
	 * Gives each living node the nearest of the first `count` of `heads`, among equals the one of lowest number; -1 where
	 * there is none, and to the dead.
	 */
	assign(heads: Int32Array, count: number, alive: Uint8Array, nearest: Int32Array): void {
		if (this.#field.nodes > MOST_NODES_IN_PAIRS || count >= HEADS_FOR_CELLS) {
			this.#cells ??= new NearestInCells(this.#field);
			this.#cells.assign(heads, count, alive, nearest);
			return;
		}
		this.#pairs ??= new PairDistances(this.#field);
		for (let node = 0; node < nearest.length; node++)
			nearest[node] = alive[node] === 1 ? this.#pairs.nearest(node, heads, count) : -1;
	}
}
