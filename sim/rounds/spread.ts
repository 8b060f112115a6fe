/** How unequal the charges of all nodes are, and the shares of their first charge that they have spent. */
export class ChargeSpread {
	/** Of the charges, in joules; of none, 0. */
	mean = 0;
	/** Of the charges, in square joules: over all, not of a sample. */
	variance = 0;
	/**
	 * Jain's index of the shares: 1 when all are equal, also when nothing is spent; 1/n when one node spent alone (Jain,
	 * Chiu, Hawe, DEC-TR-301, 1984).
	 */
	jain = 1;
	readonly #initialJ: Float64Array;
	readonly #chargeJ: Float64Array;

	/** `initialJ` and `chargeJ`: what each node began with and what it has, both at least 0; read at each measurement. */
	constructor(initialJ: Float64Array, chargeJ: Float64Array) {
		this.#initialJ = initialJ;
		this.#chargeJ = chargeJ;
	}

	/** Brings {@link mean}, {@link variance} and {@link jain} up to date. */
	measure(): void {
		const initialJ = this.#initialJ;
		const chargeJ = this.#chargeJ;
		const { length } = chargeJ;
		let sum = 0;
		let shares = 0;
		let squaredShares = 0;
		for (let node = 0; node < length; node++) {
			const share = spentShare(initialJ[node]!, chargeJ[node]!);
			sum += chargeJ[node]!;
			shares += share;
			squaredShares += share * share;
		}
		const mean = length === 0 ? 0 : sum / length;
		let squares = 0;
		for (let node = 0; node < length; node++) squares += (chargeJ[node]! - mean) * (chargeJ[node]! - mean);
		this.mean = mean;
		this.variance = length === 0 ? 0 : squares / length;
		this.jain = squaredShares === 0 ? 1 : (shares * shares) / (length * squaredShares);
	}

	/** Gini's coefficient of the shares as they are now. */
	gini(): number {
		return giniCoefficient(this.#initialJ.map((joules, node) => spentShare(joules, this.#chargeJ[node]!)));
	}
}

/** The share of its first charge that a node has spent; 0 where it had none. */
function spentShare(initialJ: number, chargeJ: number): number {
	return initialJ > 0 ? 1 - chargeJ / initialJ : 0;
}

/** Gini's coefficient: 0 when all are equal, (n - 1)/n when one has all. Values at least 0; they are left as they are. */
export function giniCoefficient(values: Float64Array): number {
	const sorted = values.slice().sort();
	const { length } = sorted;
	let sum = 0;
	let weighted = 0;
	for (let i = 0; i < length; i++) {
		sum += sorted[i]!;
		weighted += (i + 1) * sorted[i]!;
	}
	return sum === 0 ? 0 : (2 * weighted) / (length * sum) - (length + 1) / length;
}
