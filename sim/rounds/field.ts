import type { Positions } from "../channel/links.js";

/** Where nodes and the base station stand, in metres; the base is no node. */
export class Field {
	readonly nodes: number;
	readonly x: Float64Array;
	readonly y: Float64Array;
	readonly baseX: number;
	readonly baseY: number;
	/** Squared distance of each node from the base, in square metres. */
	readonly squareToBaseM2: Float64Array;
	/** The smallest rectangle that holds all nodes: its lower left corner, width and height. */
	readonly left: number;
	readonly bottom: number;
	readonly widthM: number;
	readonly heightM: number;

	/** `base`: its place, or undefined for the middle of the nodes' bounding box. */
	constructor(positions: Positions, base: readonly [number, number] | undefined) {
		const { x, y } = positions;
		this.nodes = x.length;
		this.x = x;
		this.y = y;
		[this.left, this.widthM] = extent(x);
		[this.bottom, this.heightM] = extent(y);
		this.baseX = base?.[0] ?? this.left + this.widthM / 2;
		this.baseY = base?.[1] ?? this.bottom + this.heightM / 2;
		this.squareToBaseM2 = x.map((at, node) => square(at - this.baseX) + square(y[node]! - this.baseY));
	}

	/** Squared distance between two nodes. */
	squareM2(a: number, b: number): number {
		return square(this.x[a]! - this.x[b]!) + square(this.y[a]! - this.y[b]!);
	}

	/** Squared distance from a node to the farthest corner of the rectangle: what reaches this reaches everybody. */
	squareToAllM2(node: number): number {
		const dx = this.x[node]! - this.left;
		const dy = this.y[node]! - this.bottom;
		return square(Math.max(dx, this.widthM - dx)) + square(Math.max(dy, this.heightM - dy));
	}

	/** Side of the square that is as large as the rectangle, in metres. */
	get sideM(): number {
		return Math.sqrt(this.widthM * this.heightM);
	}

	/** Mean distance from the base, in metres. */
	get meanToBaseM(): number {
		let sum = 0;
		for (const squareM2 of this.squareToBaseM2) sum += Math.sqrt(squareM2);
		return sum / this.nodes;
	}
}

function square(x: number): number {
	return x * x;
}

/** The least value, and how far the greatest is above it. */
function extent(values: Float64Array): [number, number] {
	let least = Number.POSITIVE_INFINITY;
	let most = Number.NEGATIVE_INFINITY;
	for (const value of values) {
		least = Math.min(least, value);
		most = Math.max(most, value);
	}
	return [least, most - least];
}
