import { Cells } from "./cells.js";
import type { Field } from "./field.js";

const MOST = 0x7fffffff;
/** No two nodes of neighbouring cells are farther apart than so many squares of a cell's side, squared: 2² + 2² and some. */
const SQUARES_OF_A_BOX = 9;
/** Of the side of the square that each head has for itself, a cell has at least this. */
const LEAST_SIDE = 0.84;

/**
 * Finds the nearest of many heads for all nodes, a cell of the field at a time: the nodes of a cell have the same few heads
 * in the cells around it. These are compared as whole numbers, as {@link PairDistances} are.
 */
export class NearestInCells {
	readonly #field: Field;
	/** All nodes, and the heads, by the same cells. */
	readonly #nodes: Cells;
	readonly #heads: Cells;
	readonly #all: Int32Array;
	/** The heads in the cells around one: their numbers, and where they stand. */
	readonly #around: Int32Array;
	readonly #places: Float64Array;
	#count = 0;

	constructor(field: Field) {
		const { nodes } = field;
		this.#field = field;
		this.#nodes = new Cells(field);
		this.#heads = new Cells(field);
		this.#all = Int32Array.from({ length: nodes }, (_, node) => node);
		this.#around = new Int32Array(nodes);
		this.#places = new Float64Array(2 * nodes);
	}

	/** As {@link NearestHeads.assign}. */
	assign(heads: Int32Array, count: number, alive: Uint8Array, nearest: Int32Array): void {
		this.#heads.fill(heads, count, this.#sideM(count));
		if (this.#nodes.cellM !== this.#heads.cellM)
			this.#nodes.fill(this.#all, this.#all.length, this.#heads.cellM);
		const { columns, rows } = this.#heads;
		for (let row = 0; row < rows; row++) {
			for (let column = 0; column < columns; column++) {
				this.#gather(column, row);
				this.#assignCell(column, row, alive, nearest);
			}
		}
	}

	/** A side that changes seldom, so that nodes need not be sorted anew for each number of heads: 0.7 to 1.4 a cell. */
	#sideM(count: number): number {
		const { widthM, heightM } = this.#field;
		const longestM = Math.max(widthM, heightM);
		const heads = Math.max(1, count);
		const leastM = Math.max(Math.sqrt((widthM * heightM) / heads), longestM / heads);
		let sideM = longestM;
		while (sideM > 0 && sideM / Math.SQRT2 >= LEAST_SIDE * leastM) sideM /= Math.SQRT2;
		return sideM;
	}

	#gather(column: number, row: number): void {
		const { columns, rows, starts, members, places } = this.#heads;
		const first = Math.max(0, column - 1);
		const last = Math.min(columns - 1, column + 1);
		let count = 0;
		for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
			const end = starts[r * columns + last + 1]!;
			for (let i = starts[r * columns + first]!; i < end; i++) {
				this.#around[count] = members[i]!;
				this.#places[2 * count] = places[2 * i]!;
				this.#places[2 * count + 1] = places[2 * i + 1]!;
				count++;
			}
		}
		this.#count = count;
	}

	#assignCell(column: number, row: number, alive: Uint8Array, nearest: Int32Array): void {
		const { columns, starts, members, places, cellM } = this.#nodes;
		const { left, bottom } = this.#field;
		const around = this.#around;
		const headPlaces = this.#places;
		const count = this.#count;
		const boxM2 = SQUARES_OF_A_BOX * cellM * cellM;
		const perM2 = MOST / boxM2;
		const unitM2 = boxM2 / MOST;
		// The cells around end here.
		const leftM = left + (column - 1) * cellM;
		const bottomM = bottom + (row - 1) * cellM;
		const rightM = leftM + 3 * cellM;
		const topM = bottomM + 3 * cellM;
		const cell = row * columns + column;
		for (let at = starts[cell]!, end = starts[cell + 1]!; at < end; at++) {
			const node = members[at]!;
			if (alive[node] === 0) {
				nearest[node] = -1;
				continue;
			}
			const x = places[2 * at]!;
			const y = places[2 * at + 1]!;
			let best = -1;
			let least = MOST;
			let isSure = true;
			for (let i = 0; i < count; i++) {
				const dx = headPlaces[2 * i]! - x;
				const dy = headPlaces[2 * i + 1]! - y;
				const more = (((dx * dx + dy * dy) * perM2) | 0) - least;
				if (more === 0) isSure = false;
				const isNearer = more >> 31;
				least += more & isNearer;
				best += (around[i]! - best) & isNearer;
			}
			// One that is as near as all that are around may be beyond them.
			const reachM = Math.sqrt((least + 2) * unitM2);
			isSure &&= x - reachM > leftM && x + reachM < rightM && y - reachM > bottomM && y + reachM < topM;
			nearest[node] = isSure ? best : this.#heads.nearest(node);
		}
	}
}
