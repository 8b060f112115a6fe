/** Boxes with so few points are not halved. */
const LEAF_POINTS = 8;

/**
 * Points in nested boxes, each box as tight as its points allow: halved across its longer side until few are left.
 *
 * Box `b` holds the points `order[start[b]]` to `order[end[b] - 1]`; its halves are `left[b]` and `left[b] + 1`, or
 * `left[b]` is -1.
 */
export class PointTree {
	readonly order: Int32Array;
	readonly start: number[] = [];
	readonly end: number[] = [];
	readonly left: number[] = [];
	readonly minX: number[] = [];
	readonly maxX: number[] = [];
	readonly minY: number[] = [];
	readonly maxY: number[] = [];
	/** The largest weight of a point in the box. */
	readonly maxWeight: number[] = [];
	/** One box around each of the groups. */
	readonly roots: readonly number[];
	readonly #x: Float64Array;
	readonly #y: Float64Array;
	readonly #weight: Float64Array;

	/** `groups`: points by number, each in one group. */
	constructor(
		x: Float64Array,
		y: Float64Array,
		weight: Float64Array,
		groups: readonly (readonly number[])[],
	) {
		this.#x = x;
		this.#y = y;
		this.#weight = weight;
		this.order = Int32Array.from(groups.flat());
		const roots: number[] = [];
		let start = 0;
		for (const group of groups) {
			if (group.length > 0) roots.push(this.#box(start, start + group.length));
			start += group.length;
		}
		// Halves of a box are neighbours in the lists, so boxes are split in the order in which they were made.
		for (let box = 0; box < this.start.length; box++) this.#split(box);
		this.roots = roots;
	}

	#box(start: number, end: number): number {
		let minX = Number.POSITIVE_INFINITY;
		let maxX = Number.NEGATIVE_INFINITY;
		let minY = Number.POSITIVE_INFINITY;
		let maxY = Number.NEGATIVE_INFINITY;
		let maxWeight = 0;
		for (let i = start; i < end; i++) {
			const point = this.order[i]!;
			minX = Math.min(minX, this.#x[point]!);
			maxX = Math.max(maxX, this.#x[point]!);
			minY = Math.min(minY, this.#y[point]!);
			maxY = Math.max(maxY, this.#y[point]!);
			maxWeight = Math.max(maxWeight, this.#weight[point]!);
		}
		this.minX.push(minX);
		this.maxX.push(maxX);
		this.minY.push(minY);
		this.maxY.push(maxY);
		this.maxWeight.push(maxWeight);
		this.end.push(end);
		this.left.push(-1);
		return this.start.push(start) - 1;
	}

	#split(box: number): void {
		const start = this.start[box]!;
		const end = this.end[box]!;
		const width = this.maxX[box]! - this.minX[box]!;
		const height = this.maxY[box]! - this.minY[box]!;
		// Points at one place cannot be told apart by halving.
		if (end - start <= LEAF_POINTS || Math.max(width, height) === 0) return;
		const along = width >= height ? this.#x : this.#y;
		const middle = width >= height ? this.minX[box]! + width / 2 : this.minY[box]! + height / 2;
		let low = start;
		for (let i = start; i < end; i++) {
			const point = this.order[i]!;
			if (along[point]! > middle) continue;
			this.order[i] = this.order[low]!;
			this.order[low++] = point;
		}
		// The smallest double may have no half.
		if (low === start || low === end) return;
		this.left[box] = this.#box(start, low);
		this.#box(low, end);
	}
}
