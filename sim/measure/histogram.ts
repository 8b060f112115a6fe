/** Each power of two is split in so many steps: values are kept to within 0.1 %. */
const STEP_BITS = 10;
const STEPS = 1 << STEP_BITS;
const TOP_BIT = 31;
const TWO_31 = 0x80000000;

/** Counts of non-negative integers with bounded memory, in steps of at most 1/1024 of their value. */
export class Histogram {
	#counts = new Float64Array(4 * STEPS);
	count = 0;
	sum = 0;
	max = 0;

	/** Adds one value; below 1024 exactly. */
	add(value: number): void {
		const index = indexOf(value);
		if (index >= this.#counts.length) {
			const wider = new Float64Array(Math.max(index + 1, this.#counts.length * 2));
			wider.set(this.#counts);
			this.#counts = wider;
		}
		this.#counts[index]!++;
		this.count++;
		this.sum += value;
		if (value > this.max) this.max = value;
	}

	get mean(): number {
		return this.count === 0 ? 0 : this.sum / this.count;
	}

	/** The value below or at which a share `q` of all lies (nearest rank); 0 when empty. */
	quantile(q: number): number {
		let rank = Math.max(1, Math.ceil(q * this.count));
		for (let i = 0; i < this.#counts.length; i++) {
			rank -= this.#counts[i]!;
			if (rank <= 0 && this.#counts[i]! > 0) return Math.min(this.max, lowerEdge(i));
		}
		return this.max;
	}
}

function indexOf(value: number): number {
	if (value < STEPS) return value;
	let scale = 0;
	let scaled = value;
	// What the bits of an integer do not hold, or not without a sign.
	for (; scaled >= TWO_31; scale++) scaled /= 2;
	const excess = TOP_BIT - STEP_BITS - Math.clz32(scaled);
	return (scale + excess + 1) * STEPS + ((scaled >> excess) - STEPS);
}

function lowerEdge(index: number): number {
	if (index < STEPS) return index;
	let edge = (index % STEPS) + STEPS;
	for (let scale = Math.floor(index / STEPS) - 1; scale > 0; scale--) edge *= 2;
	return edge;
}
