import { exp, fromDb } from "../kernel/math.js";
import { streamKey, threefry2x32 } from "../kernel/random.js";
import type { LinkGraph } from "./links.js";

/** How strongly and how fast links fade. */
export interface FadingOptions {
	/** Standard deviation of the received power, in dB; 0 for none. */
	readonly deviationDb: number;
	/** How long a link stays as it is, in seconds. */
	readonly coherenceS: number;
}

/** Fading is cut at this many deviations, so that the search for links has an end. */
export const FADING_LIMIT = 3;

/** Entries of the table from which a uniform number becomes a factor. */
const STEPS = 4096;
/** Steps a deviation when the normal distribution is summed up. */
const FINENESS = 2048;
const NEVER = -1;

/**
 * Block fading: the power of each link is constant during a block and drawn anew for the next one.
 *
 * Normal in dB, the same in both directions of a pair, and a pure function of seed, pair and number of the block.
 */
export class Fading {
	/** What arrives over each link, in mW, as of the last {@link refresh} of its sender. */
	readonly powerMw: Float64Array;
	readonly #links: LinkGraph;
	readonly #blockUs: number;
	/** The block that the links of a sender stand for. */
	readonly #block: Float64Array;
	/** Power ratios by quantile. */
	readonly #ratio: Float64Array;
	readonly #key0: number;
	readonly #key1: number;
	readonly #drawn = new Int32Array(2);

	constructor(links: LinkGraph, options: FadingOptions, seed: number) {
		this.#links = links;
		this.powerMw = links.powerMw.slice();
		this.#blockUs = Math.max(1, Math.round(options.coherenceS * 1e6));
		this.#block = new Float64Array(links.nodes).fill(NEVER);
		this.#ratio = normalQuantiles().map((deviations) => fromDb(options.deviationDb * deviations));
		this.#key0 = seed | 0;
		this.#key1 = streamKey(seed, "fading");
	}

	/** Brings the links of a sender up to a time; costs nothing within a block. */
	refresh(from: number, nowUs: number): void {
		const block = Math.floor(nowUs / this.#blockUs);
		if (this.#block[from] === block) return;
		this.#block[from] = block;
		const { start, to, powerMw } = this.#links;
		const end = start[from + 1]!;
		for (let i = start[from]!; i < end; i++)
			this.powerMw[i] = powerMw[i]! * this.#factor(from, to[i]!, block);
	}

	#factor(a: number, b: number, block: number): number {
		const low = Math.min(a, b);
		const high = Math.max(a, b);
		// The number of a pair must not depend on how many nodes there are: an attacker's radio shifts nobody's draws.
		threefry2x32(this.#key0, this.#key1, ((high * (high - 1)) / 2 + low) | 0, block | 0, this.#drawn);
		const position = ((this.#drawn[0]! >>> 0) / 0x100000000) * STEPS;
		const index = Math.floor(position);
		const below = this.#ratio[index]!;
		return below + (position - index) * (this.#ratio[index + 1]! - below);
	}
}

let shared: Float64Array | undefined;

/** Quantiles of the normal distribution at 0, 1/STEPS, … 1, cut at {@link FADING_LIMIT} deviations. */
function normalQuantiles(): Float64Array {
	if (shared !== undefined) return shared;
	const quantiles = new Float64Array(STEPS + 1).fill(FADING_LIMIT);
	const width = 1 / FINENESS;
	const scale = width / Math.sqrt(2 * Math.PI);
	// The normal distribution has 0.13499 % below -3 deviations: they all fall on the limit.
	let below = 0.0013498980316301;
	let entry = 0;
	for (let i = -FADING_LIMIT * FINENESS; i < FADING_LIMIT * FINENESS; i++) {
		const middle = (i + 0.5) * width;
		const above = below + scale * exp((-middle * middle) / 2);
		for (; entry <= STEPS && entry / STEPS <= above; entry++) {
			quantiles[entry] = Math.max(-FADING_LIMIT, (i + (entry / STEPS - below) / (above - below)) * width);
		}
		below = above;
	}
	shared = quantiles;
	return quantiles;
}
