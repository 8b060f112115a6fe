/** What the first-order radio model needs; energies in joules a bit, amplifiers a bit and a power of metres. */
export interface RadioConstants {
	/** Electronics of sender and receiver, each. */
	readonly electronicsJ: number;
	/** Amplifier where the distance counts squared. */
	readonly freeSpaceJ: number;
	/** Amplifier beyond the crossover, where it counts to the fourth power. */
	readonly multipathJ: number;
	/** Aggregation, for each signal that goes in. */
	readonly aggregationJ: number;
}

/**
 * First-order radio model: what it costs to send, receive and aggregate bits, and nothing else.
 *
 * Idle listening, loss and collisions do not exist in it. Distances come squared, in square metres. Source: Heinzelman,
 * Chandrakasan, Balakrishnan, IEEE Transactions on Wireless Communications 1(4), 2002, section IV.
 */
export class RadioModel {
	readonly #electronicsJ: number;
	readonly #freeSpaceJ: number;
	readonly #multipathJ: number;
	readonly #aggregationJ: number;
	/** Square of the distance at which both amplifiers cost the same; infinite without the fourth power. */
	readonly crossoverSquareM2: number;

	constructor(constants: RadioConstants) {
		const { electronicsJ, freeSpaceJ, multipathJ, aggregationJ } = constants;
		this.#electronicsJ = electronicsJ;
		this.#freeSpaceJ = freeSpaceJ;
		this.#multipathJ = multipathJ;
		this.#aggregationJ = aggregationJ;
		this.crossoverSquareM2 = multipathJ > 0 ? freeSpaceJ / multipathJ : Number.POSITIVE_INFINITY;
	}

	/** The distance at which both amplifiers cost the same, in metres: d0. */
	get crossoverM(): number {
		return Math.sqrt(this.crossoverSquareM2);
	}

	sendJ(bits: number, squareM2: number): number {
		const amplifierJ =
			squareM2 < this.crossoverSquareM2
				? this.#freeSpaceJ * squareM2
				: this.#multipathJ * squareM2 * squareM2;
		return bits * (this.#electronicsJ + amplifierJ);
	}

	receiveJ(bits: number): number {
		return bits * this.#electronicsJ;
	}

	/** To aggregate one signal with others, the head's own one too. */
	aggregateJ(bits: number): number {
		return bits * this.#aggregationJ;
	}

	/**
	 * The number of clusters that costs least in a square field of side `sideM`, whose nodes are `distanceM` from the base
	 * on average: sqrt(N / 2π) M / d, and with the fourth power sqrt(N / 2π) sqrt(ε_fs / ε_mp) M / d² (same source, equation
	 * 19; the first form is that of SEP, Smaragdakis, Matta, Bestavros, 2004).
	 */
	optimalHeads(nodes: number, sideM: number, distanceM: number): number {
		const side = Math.sqrt(nodes / (2 * Math.PI)) * sideM;
		const squareM2 = distanceM * distanceM;
		if (squareM2 < this.crossoverSquareM2) return side / distanceM;
		return (side * Math.sqrt(this.crossoverSquareM2)) / squareM2;
	}

	/**
	 * What a round of a packet of `bits` from every node costs by the same formula, with that number of clusters; the mean
	 * distance to a head is then M / sqrt(2π k).
	 */
	roundJ(bits: number, nodes: number, sideM: number, distanceM: number): number {
		const electronicsJ = this.#electronicsJ;
		const heads = Math.max(1, Math.min(nodes, this.optimalHeads(nodes, sideM, distanceM)));
		const toHeadM2 = (sideM * sideM) / (2 * Math.PI * heads);
		const toBaseJ = this.sendJ(1, distanceM * distanceM) - electronicsJ;
		const eachJ = 2 * electronicsJ + this.#aggregationJ + this.#freeSpaceJ * toHeadM2;
		return bits * (nodes * eachJ + heads * toBaseJ);
	}
}
