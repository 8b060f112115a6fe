import type { Field } from "./field.js";

/** Some of the nodes by the square cells of the field that they stand in, for searches that look only nearby. */
export class Cells {
	readonly #field: Field;
	/** By cell, row after row: the members of neighbouring cells of a row are one run. */
	readonly members: Int32Array;
	/** Where these stand, x and y of each in metres. */
	readonly places: Float64Array;
	/** Where the members of each cell begin; one more than there are cells. */
	starts = new Int32Array(2);
	columns = 1;
	rows = 1;
	/** Side of a cell, in metres; 0 before the first {@link fill}. */
	cellM = 0;

	constructor(field: Field) {
		this.#field = field;
		this.members = new Int32Array(field.nodes);
		this.places = new Float64Array(2 * field.nodes);
	}

	/** Sorts the first `count` of `nodes` into cells of at least `cellM`, and of these not many more than two a node. */
	fill(nodes: Int32Array, count: number, cellM: number): void {
		const { x, y, widthM, heightM } = this.#field;
		const most = 2 * Math.max(1, count);
		const leastM = Math.sqrt((widthM * heightM) / most);
		this.cellM = Math.max(cellM, leastM, Math.max(widthM, heightM) / most, 1e-9);
		this.columns = Math.floor(widthM / this.cellM) + 1;
		this.rows = Math.floor(heightM / this.cellM) + 1;
		const cells = this.columns * this.rows;
		if (this.starts.length <= cells) this.starts = new Int32Array(2 * cells + 2);
		const starts = this.starts.fill(0);
		for (let i = 0; i < count; i++) starts[this.#cellOf(nodes[i]!) + 1]!++;
		for (let cell = 0; cell < cells; cell++) starts[cell + 1] = starts[cell + 1]! + starts[cell]!;
		for (let i = count - 1; i >= 0; i--) {
			// Counted down to the cell's begin, which leaves the starts of all cells one place to the left.
			const node = nodes[i]!;
			const at = --starts[this.#cellOf(node) + 1]!;
			this.members[at] = node;
			this.places[2 * at] = x[node]!;
			this.places[2 * at + 1] = y[node]!;
		}
		for (let cell = 0; cell < cells; cell++) starts[cell] = starts[cell + 1]!;
		starts[cells] = count;
	}

	/** The member nearest to a node, among equals the one of lowest number; -1 when there is none. */
	nearest(node: number): number {
		const { x, y, left, bottom } = this.#field;
		const starts = this.starts;
		const members = this.members;
		const places = this.places;
		const columns = this.columns;
		const rows = this.rows;
		const cellM = this.cellM;
		const atX = x[node]!;
		const atY = y[node]!;
		const column = this.#columnOf(node);
		const row = this.#rowOf(node);
		// How far the node is from the nearest side of its own cell: so much nearer is every ring.
		const insideX = atX - left - column * cellM;
		const insideY = atY - bottom - row * cellM;
		const marginM = Math.min(insideX, cellM - insideX, insideY, cellM - insideY);
		let best = -1;
		let leastM2 = Number.POSITIVE_INFINITY;
		// The own cell is looked through with the first ring: a row of them at a time.
		for (let ring = 1; ; ring++) {
			const lastRow = Math.min(rows - 1, row + ring);
			for (let r = Math.max(0, row - ring); r <= lastRow; r++) {
				const isWhole = ring === 1 || r === row - ring || r === row + ring;
				const cells = isWhole ? 2 * ring + 1 : 1;
				const step = isWhole ? cells : 2 * ring;
				for (let from = column - ring; from <= column + ring; from += step) {
					const first = Math.max(0, from);
					const last = Math.min(columns - 1, from + cells - 1);
					if (first > last) continue;
					const end = starts[r * columns + last + 1]!;
					for (let i = starts[r * columns + first]!; i < end; i++) {
						const dx = places[2 * i]! - atX;
						const dy = places[2 * i + 1]! - atY;
						const squareM2 = dx * dx + dy * dy;
						if (squareM2 > leastM2 || (squareM2 === leastM2 && members[i]! > best)) continue;
						leastM2 = squareM2;
						best = members[i]!;
					}
				}
			}
			const beyondM = ring * cellM + marginM;
			if (beyondM > 0 && beyondM * beyondM > leastM2) return best;
			if (ring >= columns && ring >= rows) return best;
		}
	}

	/** Calls `visit` with each member in the cells around a node: all that are within a cell's size, and some more. */
	around(node: number, visit: (other: number) => void): void {
		const column = this.#columnOf(node);
		const row = this.#rowOf(node);
		for (let r = Math.max(0, row - 1); r <= Math.min(this.rows - 1, row + 1); r++) {
			const first = r * this.columns + Math.max(0, column - 1);
			const last = r * this.columns + Math.min(this.columns - 1, column + 1);
			for (let i = this.starts[first]!; i < this.starts[last + 1]!; i++) visit(this.members[i]!);
		}
	}

	#columnOf(node: number): number {
		return Math.min(this.columns - 1, Math.floor((this.#field.x[node]! - this.#field.left) / this.cellM));
	}

	#rowOf(node: number): number {
		return Math.min(this.rows - 1, Math.floor((this.#field.y[node]! - this.#field.bottom) / this.cellM));
	}

	#cellOf(node: number): number {
		return this.#rowOf(node) * this.columns + this.#columnOf(node);
	}
}
