/** Instants at which nodes are to be asked, at most one a node, in order of time and then of entry: a binary heap. */
export class Agenda {
	/** Instant times 2^32 plus number of entry: orders both at once, and is exact. */
	readonly #keys: Float64Array;
	readonly #nodes: Int32Array;
	#size = 0;
	#entries = 0;

	constructor(nodes: number) {
		this.#keys = new Float64Array(nodes);
		this.#nodes = new Int32Array(nodes);
	}

	get size(): number {
		return this.#size;
	}

	/** Forgets all, and the order in which they came. */
	clear(): void {
		this.#size = 0;
		this.#entries = 0;
	}

	/** `tick` from 0 to 2^20. The node must have no entry. */
	push(node: number, tick: number): void {
		const key = tick * 0x100000000 + this.#entries++;
		const keys = this.#keys;
		const nodes = this.#nodes;
		let at = this.#size++;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (keys[parent]! < key) break;
			keys[at] = keys[parent]!;
			nodes[at] = nodes[parent]!;
			at = parent;
		}
		keys[at] = key;
		nodes[at] = node;
	}

	/** Instant of the first entry; there must be one. */
	get tick(): number {
		return Math.floor(this.#keys[0]! / 0x100000000);
	}

	/** Takes the node of the first entry; there must be one. */
	pop(): number {
		const keys = this.#keys;
		const nodes = this.#nodes;
		const first = nodes[0]!;
		const size = --this.#size;
		const key = keys[size]!;
		const node = nodes[size]!;
		let at = 0;
		for (;;) {
			let child = 2 * at + 1;
			if (child >= size) break;
			if (child + 1 < size && keys[child + 1]! < keys[child]!) child++;
			if (keys[child]! > key) break;
			keys[at] = keys[child]!;
			nodes[at] = nodes[child]!;
			at = child;
		}
		keys[at] = key;
		nodes[at] = node;
		return first;
	}
}
