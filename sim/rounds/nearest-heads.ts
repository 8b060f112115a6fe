import { Cells } from "./cells.js";
import type { Field } from "./field.js";
import { PairDistances } from "./pair-distances.js";

/** Networks of at most so many nodes keep the distances of all pairs ... */
const MOST_NODES_IN_PAIRS = 1024;
/** ... but from so many heads on it is quicker to look only into the cells around a node. */
const HEADS_FOR_CELLS = 64;

/** Finds the head nearest to each node, wherever they are. */
export class NearestHeads {
	readonly #field: Field;
	/** Made when first needed, since not every election joins the nearest. */
	#pairs: PairDistances | undefined;
	#cells: Cells | undefined;
	#heads: Int32Array = new Int32Array(0);
	#count = 0;
	#usesCells = false;

	constructor(field: Field) {
		this.#field = field;
	}

	/** Takes the heads: the first `count` of `heads`, which stay as they are until the next ones are taken. */
	take(heads: Int32Array, count: number): void {
		this.#heads = heads;
		this.#count = count;
		this.#usesCells = this.#field.nodes > MOST_NODES_IN_PAIRS || count >= HEADS_FOR_CELLS;
		if (this.#usesCells) {
			this.#cells ??= new Cells(this.#field);
			this.#cells.fill(heads, count, 0);
		} else this.#pairs ??= new PairDistances(this.#field);
	}

	/** The head nearest to a node, among equals the one of lowest number; -1 when there is none. */
	of(node: number): number {
		return this.#usesCells
			? this.#cells!.nearest(node)
			: this.#pairs!.nearest(node, this.#heads, this.#count);
	}
}
