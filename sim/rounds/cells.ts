import type { Field } from "./field.js";

/** Some of the nodes by the square cells of the field that they stand in, for searches that look only nearby. */
export class Cells {
	readonly #field: Field;
	readonly #members: Int32Array;
	/** Where the members of each cell begin; one more than there are cells. */
	#starts = new Int32Array(2);
	#columns = 1;
	#rows = 1;
	#cellM = 1;

	constructor(field: Field) {
		this.#field = field;
		this.#members = new Int32Array(field.nodes);
	}

	/** Sorts the first `count` of `nodes` into cells of at least `cellM`, and no more of these than there are nodes. */
	fill(nodes: Int32Array, count: number, cellM: number): void {
		const { widthM, heightM } = this.#field;
		const leastM = Math.sqrt((widthM * heightM) / Math.max(1, count));
		this.#cellM = Math.max(cellM, leastM, Math.max(widthM, heightM) / Math.max(1, count), 1e-9);
		this.#columns = Math.floor(widthM / this.#cellM) + 1;
		this.#rows = Math.floor(heightM / this.#cellM) + 1;
		const cells = this.#columns * this.#rows;
		if (this.#starts.length <= cells) this.#starts = new Int32Array(2 * cells + 2);
		const starts = this.#starts.fill(0);
		for (let i = 0; i < count; i++) starts[this.#cellOf(nodes[i]!) + 1]!++;
		for (let cell = 0; cell < cells; cell++) starts[cell + 1] = starts[cell + 1]! + starts[cell]!;
		for (let i = count - 1; i >= 0; i--) {
			// Counted down to the cell's begin, which leaves the starts of all cells one place to the left.
			const cell = this.#cellOf(nodes[i]!);
			this.#members[--starts[cell + 1]!] = nodes[i]!;
		}
		for (let cell = 0; cell < cells; cell++) starts[cell] = starts[cell + 1]!;
		starts[cells] = count;
	}

	/** The member nearest to a node, among equals the one of lowest number; -1 when there is none. */
	nearest(node: number): number {
		const { x, y, left, bottom } = this.#field;
		const starts = this.#starts;
		const members = this.#members;
		const columns = this.#columns;
		const rows = this.#rows;
		const cellM = this.#cellM;
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
		for (let ring = 0; ring < columns || ring < rows; ring++) {
			const beyondM = (ring - 1) * cellM + marginM;
			if (ring > 0 && beyondM > 0 && beyondM * beyondM > leastM2) break;
			const lastRow = Math.min(rows - 1, row + ring);
			for (let r = Math.max(0, row - ring); r <= lastRow; r++) {
				const isEdge = ring === 0 || r === row - ring || r === row + ring;
				const step = isEdge ? 1 : 2 * ring;
				for (let c = column - ring; c <= column + ring; c += step) {
					if (c < 0 || c >= columns) continue;
					const cell = r * columns + c;
					for (let i = starts[cell]!, end = starts[cell + 1]!; i < end; i++) {
						const other = members[i]!;
						const dx = x[other]! - atX;
						const dy = y[other]! - atY;
						const squareM2 = dx * dx + dy * dy;
						if (squareM2 > leastM2 || (squareM2 === leastM2 && other > best)) continue;
						leastM2 = squareM2;
						best = other;
					}
				}
			}
		}
		return best;
	}

	/** Calls `visit` with each member in the cells around a node: all that are within a cell's size, and some more. */
	around(node: number, visit: (other: number) => void): void {
		const column = this.#columnOf(node);
		const row = this.#rowOf(node);
		for (let r = Math.max(0, row - 1); r <= Math.min(this.#rows - 1, row + 1); r++) {
			for (let c = Math.max(0, column - 1); c <= Math.min(this.#columns - 1, column + 1); c++) {
				const cell = r * this.#columns + c;
				for (let i = this.#starts[cell]!; i < this.#starts[cell + 1]!; i++) visit(this.#members[i]!);
			}
		}
	}

	#columnOf(node: number): number {
		return Math.min(this.#columns - 1, Math.floor((this.#field.x[node]! - this.#field.left) / this.#cellM));
	}

	#rowOf(node: number): number {
		return Math.min(this.#rows - 1, Math.floor((this.#field.y[node]! - this.#field.bottom) / this.#cellM));
	}

	#cellOf(node: number): number {
		return this.#rowOf(node) * this.#columns + this.#columnOf(node);
	}
}
