import { log1p } from "../kernel/math.js";
import type { RandomStream } from "../kernel/random.js";
import type { EdgeList } from "./contact-graph.js";
import { PointTree } from "./point-tree.js";

/** Points in a plane or on a torus, each with a weight. */
export interface WeightedPoints {
	readonly x: Float64Array;
	readonly y: Float64Array;
	readonly weight: Float64Array;
	/** Width and height after which the field begins again; Infinity for a field with borders. */
	readonly period: readonly [x: number, y: number];
}

/**
 * The chance of an edge by the product of both weights and the distance: it rises with the product and falls with the
 * distance, neither strictly.
 */
export type EdgeChance = (product: number, distance: number) => number;

/** Points of a group have weights within this factor, or their bounds would say little. */
const GROUP_FACTOR = 2;

/**
 * Draws each pair of points as an edge with its own chance, independently of all others.
 *
 * Nothing is cut off, whatever the tail: pairs are looked at by pairs of boxes, with the chance of the nearest and
 * heaviest as a bound; candidates under that bound are found by skipping geometrically, and kept in proportion to their
 * own chance. Boxes are halved until the bound is good or stands for one candidate, so that the cost grows with points and
 * edges and not with pairs (the idea of Bringmann, Keusch and Lengler, "Geometric inhomogeneous random graphs",
 * TCS 2019).
 */
export function drawEdges(points: WeightedPoints, chance: EdgeChance, random: RandomStream): EdgeList {
	const sampler = new EdgeSampler(points, chance, random);
	return sampler.edges();
}

class EdgeSampler {
	readonly #points: WeightedPoints;
	readonly #chance: EdgeChance;
	readonly #random: RandomStream;
	readonly #tree: PointTree;
	#from = new Int32Array(1024);
	#to = new Int32Array(1024);
	#count = 0;

	constructor(points: WeightedPoints, chance: EdgeChance, random: RandomStream) {
		this.#points = points;
		this.#chance = chance;
		this.#random = random;
		this.#tree = new PointTree(points.x, points.y, points.weight, byWeight(points.weight));
	}

	edges(): EdgeList {
		const { roots } = this.#tree;
		roots.forEach((a, i) => {
			for (const b of roots.slice(i)) this.#visit(a, b);
		});
		return { from: this.#from, to: this.#to, count: this.#count };
	}

	/** Draws the edges between two boxes that share no point, or within one. */
	#visit(a: number, b: number): void {
		const tree = this.#tree;
		const sizeA = tree.end[a]! - tree.start[a]!;
		const sizeB = tree.end[b]! - tree.start[b]!;
		const pairs = a === b ? (sizeA * (sizeA - 1)) / 2 : sizeA * sizeB;
		if (pairs === 0) return;
		const product = tree.maxWeight[a]! * tree.maxWeight[b]!;
		const most = this.#chance(product, this.#distance(a, b, nearest));
		if (!(most > 0)) return;
		const isLeafA = tree.left[a]! < 0;
		const isLeafB = tree.left[b]! < 0;
		if (pairs * most <= 1 || (isLeafA && isLeafB) || this.#isEven(a, b, product, most)) {
			if (a === b) this.#drawWithin(a, most);
			else this.#drawBetween(a, b, most);
		} else if (a === b) {
			const left = tree.left[a]!;
			this.#visit(left, left);
			this.#visit(left, left + 1);
			this.#visit(left + 1, left + 1);
		} else if (isLeafB || (!isLeafA && sizeA >= sizeB)) {
			this.#visit(tree.left[a]!, b);
			this.#visit(tree.left[a]! + 1, b);
		} else {
			this.#visit(a, tree.left[b]!);
			this.#visit(a, tree.left[b]! + 1);
		}
	}

	/** Whether even the farthest pair is half as likely as the nearest. */
	#isEven(a: number, b: number, product: number, most: number): boolean {
		return this.#chance(product, this.#distance(a, b, farthest)) >= most / 2;
	}

	/** The least or the greatest distance between points of two boxes, at least or at most. */
	#distance(a: number, b: number, along: (low: number, high: number, period: number) => number): number {
		const { minX, maxX, minY, maxY } = this.#tree;
		const [periodX, periodY] = this.#points.period;
		const dx = along(minX[b]! - maxX[a]!, maxX[b]! - minX[a]!, periodX);
		const dy = along(minY[b]! - maxY[a]!, maxY[b]! - minY[a]!, periodY);
		return Math.sqrt(dx * dx + dy * dy);
	}

	#drawBetween(a: number, b: number, most: number): void {
		const { start, end, order } = this.#tree;
		const width = end[b]! - start[b]!;
		const pairs = (end[a]! - start[a]!) * width;
		for (let k = this.#skip(most); k < pairs; k += 1 + this.#skip(most)) {
			const row = Math.floor(k / width);
			this.#consider(order[start[a]! + row]!, order[start[b]! + k - row * width]!, most);
		}
	}

	#drawWithin(box: number, most: number): void {
		const { start, end, order } = this.#tree;
		const size = end[box]! - start[box]!;
		let row = 1;
		// Pairs (row, column) with column < row, row by row; k counts from the beginning of the row.
		for (let k = this.#skip(most); ; k += 1 + this.#skip(most)) {
			while (k >= row) {
				k -= row++;
				if (row >= size) return;
			}
			this.#consider(order[start[box]! + row]!, order[start[box]! + k]!, most);
		}
	}

	/** How many pairs to pass over until the next candidate. */
	#skip(most: number): number {
		return most >= 1 ? 0 : Math.floor(-this.#random.exponential() / log1p(-most));
	}

	/** Keeps a candidate in proportion to its own chance. */
	#consider(a: number, b: number, most: number): void {
		const { x, y, weight, period } = this.#points;
		const dx = shortest(x[a]! - x[b]!, period[0]);
		const dy = shortest(y[a]! - y[b]!, period[1]);
		const chance = this.#chance(weight[a]! * weight[b]!, Math.sqrt(dx * dx + dy * dy));
		if (chance >= most || this.#random.uniform() * most < chance) this.#add(a, b);
	}

	#add(a: number, b: number): void {
		if (this.#count === this.#from.length) {
			this.#from = widened(this.#from);
			this.#to = widened(this.#to);
		}
		this.#from[this.#count] = a;
		this.#to[this.#count++] = b;
	}
}

function widened(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
	const wider = new Int32Array(values.length * 2);
	wider.set(values);
	return wider;
}

/** Points by classes of weight, heaviest last; the lightest class takes all that weigh little. */
function byWeight(weight: Float64Array): number[][] {
	let sum = 0;
	for (const value of weight) sum += value;
	const lightest = sum / weight.length / 4;
	const groups: number[][] = [];
	for (let point = 0; point < weight.length; point++) {
		let group = 0;
		for (let bound = lightest; weight[point]! > bound; bound *= GROUP_FACTOR) group++;
		while (groups.length <= group) groups.push([]);
		groups[group]!.push(point);
	}
	return groups;
}

/** How far two coordinates are apart, the shorter way round. */
export function shortest(difference: number, period: number): number {
	const apart = Math.abs(difference);
	return Math.min(apart, period - apart);
}

/** The least that a difference between `low` and `high` means, the shorter way round. */
function nearest(low: number, high: number, period: number): number {
	if (low <= 0 && high >= 0) return 0;
	const [least, most] = low > 0 ? [low, high] : [-high, -low];
	return Math.min(least, period - most);
}

/** The most that a difference between `low` and `high` means, the shorter way round. */
function farthest(low: number, high: number, period: number): number {
	const most = Math.max(Math.abs(low), Math.abs(high));
	const least = low <= 0 && high >= 0 ? 0 : Math.min(Math.abs(low), Math.abs(high));
	if (most < period / 2) return most;
	return least <= period / 2 ? period / 2 : period - least;
}
