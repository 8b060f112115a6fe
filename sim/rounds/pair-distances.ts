import type { Field } from "./field.js";

const MOST = 0x7fffffff;

/**
 * The distances of all pairs of nodes as whole numbers: the nearest of a few is found without a branch, which no processor
 * could guess. Takes 4 octets a pair.
 */
export class PairDistances {
	readonly #field: Field;
	/** Squared distances, 0 to {@link MOST}: of two, that which is less is not the farther one. */
	readonly #squares: Int32Array;

	constructor(field: Field) {
		const { nodes, widthM, heightM } = field;
		this.#field = field;
		this.#squares = new Int32Array(nodes * nodes);
		const mostM2 = widthM * widthM + heightM * heightM;
		const perM2 = mostM2 > 0 ? MOST / mostM2 : 0;
		for (let a = 0; a < nodes; a++)
			for (let b = 0; b < nodes; b++) this.#squares[a * nodes + b] = field.squareM2(a, b) * perM2;
	}

	/** The nearest to a node of the first `count` of some nodes, among equals the one of lowest number; -1 for none. */
	nearest(node: number, among: Int32Array, count: number): number {
		if (count === 0) return -1;
		const { nodes } = this.#field;
		const squares = this.#squares;
		let best = among[0]!;
		let least = squares[best * nodes + node]!;
		for (let i = 1; i < count; i++) {
			const other = among[i]!;
			const more = squares[other * nodes + node]! - least;
			// Whole numbers cannot tell apart what is about as far.
			if (more === 0) return this.#nearestExactly(node, among, count);
			const isNearer = more >> 31;
			least += more & isNearer;
			best += (other - best) & isNearer;
		}
		return best;
	}

	#nearestExactly(node: number, among: Int32Array, count: number): number {
		let best = -1;
		let leastM2 = Number.POSITIVE_INFINITY;
		for (let i = 0; i < count; i++) {
			const other = among[i]!;
			const squareM2 = this.#field.squareM2(node, other);
			if (squareM2 > leastM2 || (squareM2 === leastM2 && other > best)) continue;
			leastM2 = squareM2;
			best = other;
		}
		return best;
	}
}
