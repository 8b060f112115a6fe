import { fromDb } from "../kernel/math.js";
import type { Propagation } from "./propagation.js";

/**
 * Who hears whom, as flat arrays: the links of node u are at [start[u], start[u + 1]), `to` ascending.
 *
 * `powerMw` is what arrives at `to` when u sends; `prr` is an extra chance that a frame survives.
 */
export interface LinkGraph {
	readonly nodes: number;
	readonly start: Int32Array;
	readonly to: Int32Array;
	readonly powerMw: Float64Array;
	/** Undefined where every link relies on the signal alone. */
	readonly prr: Float32Array | undefined;
}

/** One explicit link; `prr` is its packet reception ratio, 0 to 1. */
export interface ExplicitLink {
	readonly from: number;
	readonly to: number;
	readonly prr: number;
}

/** Places of nodes, in metres. */
export interface Positions {
	readonly x: Float64Array;
	readonly y: Float64Array;
}

/** Grows as links are added, source by source. */
class LinkBuilder {
	#to = new Int32Array(1024);
	#powerMw = new Float64Array(1024);
	count = 0;
	readonly start: Int32Array;

	constructor(nodes: number) {
		this.start = new Int32Array(nodes + 1);
	}

	add(to: number, powerMw: number): void {
		if (this.count === this.#to.length) {
			const wider = new Int32Array(this.count * 2);
			wider.set(this.#to);
			this.#to = wider;
			const widerPower = new Float64Array(this.count * 2);
			widerPower.set(this.#powerMw);
			this.#powerMw = widerPower;
		}
		this.#to[this.count] = to;
		this.#powerMw[this.count++] = powerMw;
	}

	finish(prr: Float32Array | undefined): LinkGraph {
		return {
			nodes: this.start.length - 1,
			start: this.start,
			to: this.#to.slice(0, this.count),
			powerMw: this.#powerMw.slice(0, this.count),
			prr,
		};
	}
}

/**
 * Links by propagation: all pairs whose received power is at least `floorDbm`.
 *
 * Pairs are found through a grid of cells as wide as the reach, so that the cost grows with the
 * number of links and not with the square of the nodes.
 */
export function linksByPropagation(
	positions: Positions,
	txPowerDbm: ArrayLike<number>,
	propagation: Propagation,
	floorDbm: number,
): LinkGraph {
	const { x, y } = positions;
	const nodes = x.length;
	let strongestDbm = Number.NEGATIVE_INFINITY;
	for (let i = 0; i < nodes; i++) strongestDbm = Math.max(strongestDbm, txPowerDbm[i]!);
	const reachM = Math.min(propagation.maxRangeM, reach(propagation, strongestDbm - floorDbm));
	const cells = new CellIndex(x, y, Math.max(reachM, 1e-3));
	const builder = new LinkBuilder(nodes);
	for (let from = 0; from < nodes; from++) {
		builder.start[from] = builder.count;
		const count = cells.collect(x[from]!, y[from]!, reachM);
		for (let i = 0; i < count; i++) {
			const to = cells.near[i]!;
			if (to === from) continue;
			const distanceM = cells.distanceM(x[from]!, y[from]!, to);
			const receivedDbm = txPowerDbm[from]! - propagation.lossDb(distanceM, from, to);
			if (receivedDbm >= floorDbm) builder.add(to, fromDb(receivedDbm));
		}
	}
	builder.start[nodes] = builder.count;
	return builder.finish(undefined);
}

/** Links as a list says, all with a signal of `powerDbm`; later duplicates replace earlier ones. */
export function linksByList(nodes: number, links: readonly ExplicitLink[], powerDbm: number): LinkGraph {
	const byPair = new Map<number, ExplicitLink>();
	for (const link of links) byPair.set(link.from * nodes + link.to, link);
	const sorted = [...byPair.values()].sort((a, b) => a.from - b.from || a.to - b.to);
	const builder = new LinkBuilder(nodes);
	const prr = new Float32Array(sorted.length);
	let from = 0;
	for (const link of sorted) {
		while (from <= link.from) builder.start[from++] = builder.count;
		prr[builder.count] = link.prr;
		builder.add(link.to, fromDb(powerDbm));
	}
	while (from <= nodes) builder.start[from++] = builder.count;
	return builder.finish(prr);
}

/** The same links, of which each frame survives with the chance `prr` on top of all else; 1 changes nothing. */
export function thinned(links: LinkGraph, prr: number): LinkGraph {
	if (prr === 1) return links;
	const listed = links.prr ?? new Float32Array(links.to.length).fill(1);
	return { ...links, prr: listed.map((share) => share * prr) };
}

/** The distance at which even the least loss exceeds `lossDb`, by bisection, in metres. */
function reach(propagation: Propagation, lossDb: number): number {
	let low = 0;
	let high = 1;
	while (propagation.leastLossDb(high) < lossDb && high < 1e6) high *= 2;
	for (let i = 0; i < 60; i++) {
		const middle = (low + high) / 2;
		if (propagation.leastLossDb(middle) < lossDb) low = middle;
		else high = middle;
	}
	return high;
}

/** So few nodes are in order sooner by insertion than by the engine's sort. */
const FEW = 32;

/** Nodes by square cells: the neighbours of a place are in its cell and the eight around it. */
class CellIndex {
	/** What {@link collect} found last. */
	near: Int32Array = new Int32Array(64);
	readonly #x: Float64Array;
	readonly #y: Float64Array;
	readonly #start: Int32Array;
	readonly #members: Int32Array;
	readonly #columns: number;
	readonly #rows: number;
	readonly #minX: number;
	readonly #minY: number;
	readonly #cellM: number;

	constructor(x: Float64Array, y: Float64Array, cellM: number) {
		this.#x = x;
		this.#y = y;
		let minX = Number.POSITIVE_INFINITY;
		let minY = Number.POSITIVE_INFINITY;
		let maxX = Number.NEGATIVE_INFINITY;
		let maxY = Number.NEGATIVE_INFINITY;
		for (let i = 0; i < x.length; i++) {
			minX = Math.min(minX, x[i]!);
			maxX = Math.max(maxX, x[i]!);
			minY = Math.min(minY, y[i]!);
			maxY = Math.max(maxY, y[i]!);
		}
		// No more cells than nodes, or a sparse field would cost memory.
		const widest = Math.max(maxX - minX, maxY - minY, 1e-9);
		this.#cellM = Math.max(cellM, widest / Math.max(1, Math.floor(Math.sqrt(x.length))));
		this.#minX = minX;
		this.#minY = minY;
		this.#columns = Math.floor((maxX - minX) / this.#cellM) + 1;
		this.#rows = Math.floor((maxY - minY) / this.#cellM) + 1;
		this.#start = new Int32Array(this.#columns * this.#rows + 1);
		this.#members = new Int32Array(x.length);
		const cellOf = new Int32Array(x.length);
		for (let i = 0; i < x.length; i++) {
			cellOf[i] = this.#row(y[i]!) * this.#columns + this.#column(x[i]!);
			this.#start[cellOf[i]! + 1]!++;
		}
		for (let c = 1; c < this.#start.length; c++) this.#start[c]! += this.#start[c - 1]!;
		const next = this.#start.slice();
		for (let i = 0; i < x.length; i++) this.#members[next[cellOf[i]!]!++] = i;
	}

	#column(x: number): number {
		return Math.floor((x - this.#minX) / this.#cellM);
	}

	#row(y: number): number {
		return Math.floor((y - this.#minY) / this.#cellM);
	}

	/** From a place to a node, in metres. */
	distanceM(x: number, y: number, node: number): number {
		const dx = this.#x[node]! - x;
		const dy = this.#y[node]! - y;
		return Math.sqrt(dx * dx + dy * dy);
	}

	/**
	 * Fills the beginning of {@link near} with all nodes within `reachM` of a place, in order of their number, and returns
	 * how many there are. `reachM` is at most the width of a cell.
	 */
	collect(x: number, y: number, reachM: number): number {
		const column = this.#column(x);
		const firstColumn = Math.max(0, column - 1);
		const lastColumn = Math.min(this.#columns - 1, column + 1);
		const row = this.#row(y);
		let count = 0;
		for (let r = Math.max(0, row - 1); r <= Math.min(this.#rows - 1, row + 1); r++) {
			// The members of neighbouring cells of a row follow one another.
			const end = this.#start[r * this.#columns + lastColumn + 1]!;
			for (let i = this.#start[r * this.#columns + firstColumn]!; i < end; i++) {
				const node = this.#members[i]!;
				if (this.distanceM(x, y, node) > reachM) continue;
				if (count === this.near.length) this.#widen();
				this.near[count++] = node;
			}
		}
		this.#sort(count);
		return count;
	}

	#widen(): void {
		const wider = new Int32Array(2 * this.near.length);
		wider.set(this.near);
		this.near = wider;
	}

	#sort(count: number): void {
		const { near } = this;
		if (count > FEW) {
			near.subarray(0, count).sort();
			return;
		}
		for (let i = 1; i < count; i++) {
			const node = near[i]!;
			let at = i;
			for (; at > 0 && near[at - 1]! > node; at--) near[at] = near[at - 1]!;
			near[at] = node;
		}
	}
}
