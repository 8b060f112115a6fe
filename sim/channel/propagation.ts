import { log10 } from "../kernel/math.js";
import { RandomStream } from "../kernel/random.js";

/** How much power is lost between two places. */
export interface Propagation {
	/** Path loss from node `from` to node `to`, in dB, at a distance in metres. */
	lossDb(distanceM: number, from: number, to: number): number;
	/** Beyond this distance no link exists, in metres; Infinity when only the loss decides. */
	readonly maxRangeM: number;
	/** The least loss that the model gives at a distance: bounds the search for neighbours. */
	leastLossDb(distanceM: number): number;
	/** The loss at a distance on average over pairs: what a cluster radius in metres comes to. Absent, the least one. */
	meanLossDb?(distanceM: number): number;
}

/** What a module exports to be used as a propagation model. */
export interface PropagationFactory {
	readonly name: string;
	/** JSON Schema of each option, with its default. */
	readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
	create(options: Readonly<Record<string, number>>, seed: number): Propagation;
}

/** Shadowing is cut at this many deviations, so that the search for neighbours has an end. */
const SHADOWING_LIMIT = 3;

/** Log-distance path loss with log-normal shadowing, symmetric per pair, and per-node offsets. */
class LogDistance implements Propagation {
	readonly maxRangeM: number;
	readonly #referenceLossDb: number;
	readonly #exponent: number;
	readonly #shadowingDb: number;
	readonly #nodeOffsetDb: number;
	readonly #seed: number;
	readonly #transmitters: NodeDeviations;
	readonly #receivers: NodeDeviations;

	constructor(options: Readonly<Record<string, number>>, seed: number) {
		this.#referenceLossDb = options["referenceLossDb"]!;
		this.#exponent = options["exponent"]!;
		this.#shadowingDb = options["shadowingDb"]!;
		this.#nodeOffsetDb = options["nodeOffsetDb"]!;
		this.maxRangeM = options["maxRangeM"]! > 0 ? options["maxRangeM"]! : Number.POSITIVE_INFINITY;
		this.#seed = seed;
		this.#transmitters = new NodeDeviations(seed, "transmitter-offset");
		this.#receivers = new NodeDeviations(seed, "receiver-offset");
	}

	meanLossDb(distanceM: number): number {
		return this.#referenceLossDb + 10 * this.#exponent * log10(Math.max(distanceM, 1));
	}

	lossDb(distanceM: number, from: number, to: number): number {
		let lossDb = this.meanLossDb(distanceM);
		if (this.#shadowingDb > 0) {
			const pair = Math.min(from, to);
			lossDb += this.#shadowingDb * normal(this.#seed, `shadowing-${pair}`, Math.max(from, to));
		}
		if (this.#nodeOffsetDb > 0) {
			lossDb += this.#nodeOffsetDb * this.#transmitters.of(from);
			lossDb += this.#nodeOffsetDb * this.#receivers.of(to);
		}
		return lossDb;
	}

	leastLossDb(distanceM: number): number {
		return this.meanLossDb(distanceM) - SHADOWING_LIMIT * (this.#shadowingDb + 2 * this.#nodeOffsetDb);
	}
}

/** By how many deviations each node differs from the mean, drawn once however many links it has. */
class NodeDeviations {
	readonly #seed: number;
	readonly #purpose: string;
	/** NaN for those that were not asked for. */
	#values = new Float64Array(64).fill(Number.NaN);

	constructor(seed: number, purpose: string) {
		this.#seed = seed;
		this.#purpose = purpose;
	}

	of(node: number): number {
		if (node >= this.#values.length) this.#grow(node);
		const known = this.#values[node]!;
		if (!Number.isNaN(known)) return known;
		const drawn = normal(this.#seed, this.#purpose, node);
		this.#values[node] = drawn;
		return drawn;
	}

	#grow(node: number): void {
		const wider = new Float64Array(Math.max(node + 1, 2 * this.#values.length)).fill(Number.NaN);
		wider.set(this.#values);
		this.#values = wider;
	}
}

function normal(seed: number, purpose: string, index: number): number {
	const value = new RandomStream(seed, purpose, index).gaussian();
	return Math.min(SHADOWING_LIMIT, Math.max(-SHADOWING_LIMIT, value));
}

/** The usual model of sensor networks (Zuniga & Krishnamachari 2004; Rappaport). */
export const logDistance: PropagationFactory = {
	name: "log-distance",
	options: {
		referenceLossDb: {
			type: "number",
			default: 40.2,
			description: "Loss at 1 m; free space at 2.45 GHz is 40.2 dB",
		},
		exponent: { type: "number", minimum: 1.5, maximum: 8, default: 3, description: "Path loss exponent" },
		shadowingDb: {
			type: "number",
			minimum: 0,
			maximum: 20,
			default: 0,
			description: "Deviation of log-normal shadowing, symmetric per pair of nodes",
		},
		nodeOffsetDb: {
			type: "number",
			minimum: 0,
			maximum: 6,
			default: 0,
			description: "Deviation of each node's transmitter and of its receiver: makes links asymmetric",
		},
		maxRangeM: { type: "number", minimum: 0, default: 0, description: "No link beyond this; 0 for no limit" },
	},
	create: (options, seed) => new LogDistance(options, seed),
};
