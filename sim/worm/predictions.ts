import type { ContactGraph } from "../topology/contact-graph.js";
import { degreeCounts, degreeMoments } from "../topology/graph-measures.js";
import { LinkTheory } from "./link-theory.js";
import type { WormOptions } from "./transmission.js";

/** What theory says of a worm on a graph, before it runs. */
export interface Predictions {
	/** Chance T that an infected node infects a given neighbour who can be infected. */
	readonly transmissibility: number;
	/** Mean number of nodes that one infected by a neighbour infects, at first: T (⟨k²⟩ - ⟨k⟩) / ⟨k⟩ times the share that can be. */
	readonly r0: number;
	/** Share of all nodes that a large outbreak infects. */
	readonly finalSize: number;
	/** Speed of a plane wave, in m/s; undefined where the kernel has none, or nothing spreads. */
	readonly waveMPerS: number | undefined;
}

/**
 * What holds for a graph that looks like a tree from each of its nodes (large, sparse, and with a kernel that is wide
 * compared with the distance of nodes). `immune` and `initial`: shares of nodes.
 *
 * T by `link-theory.ts`; R0 and final size as bond percolation (Newman, "Spread of epidemic disease on networks", Phys. Rev. E
 * 66, 016128, 2002), with immune nodes taken out; the wave by {@link waveSpeed}.
 */
export function predict(
	graph: ContactGraph,
	options: WormOptions,
	immune: number,
	initial: number,
): Predictions {
	const links = prrShares(graph).map(([prr, share]) => [new LinkTheory(options, prr), share] as const);
	const transform = (decayPerS: number): number =>
		links.reduce((sum, [link, share]) => sum + share * link.mean(decayPerS), 0);
	const counts = degreeCounts(graph);
	const transmissibility = transform(0);
	const children = degreeMoments(counts).excess * (1 - immune);
	const r0 = transmissibility * children;
	return {
		transmissibility,
		r0,
		finalSize: finalSize(counts, transmissibility, immune, initial),
		waveMPerS:
			r0 > 1 && graph.kernel !== undefined
				? waveSpeed(graph.kernel.transform, children, transform)
				: undefined,
	};
}

/** The reception ratios of links, each with its share of them. */
function prrShares({ prr, to }: ContactGraph): readonly (readonly [prr: number, share: number])[] {
	if (prr === undefined) return [[1, 1]];
	const counts = new Map<number, number>();
	for (const ratio of prr) counts.set(ratio, (counts.get(ratio) ?? 0) + 1);
	return [...counts].map(([ratio, count]) => [ratio, count / to.length] as const);
}

/** Rounds after which the iteration has come as near as matters, also close to the threshold. */
const ROUNDS = 100_000;

/**
 * Share of nodes that are infected in the end, by generating functions.
 *
 * `counts`: nodes by degree. With u the chance that a link never brings the worm, u = 1 - T + T (immune + (1 - immune -
 * initial) g1(u)), g1(u) = Σ k p_k u^(k-1) / ⟨k⟩; those that are neither immune nor infected at first stay well with chance Σ p_k u^k.
 */
export function finalSize(
	counts: readonly number[],
	transmissibility: number,
	immune: number,
	initial: number,
): number {
	const nodes = counts.reduce((sum, count) => sum + count, 0);
	const links = counts.reduce((sum, count, degree) => sum + count * degree, 0);
	const susceptible = 1 - immune - initial;
	if (links === 0) return initial;
	// From 0 the iteration rises to the least solution, which is the one of a large outbreak.
	let u = 0;
	for (let round = 0; round < ROUNDS; round++) {
		let further = 0;
		for (let degree = counts.length - 1; degree >= 1; degree--)
			further = further * u + (degree * counts[degree]!) / links;
		const next = 1 - transmissibility + transmissibility * (immune + susceptible * further);
		if (Math.abs(next - u) < 1e-15) break;
		u = next;
	}
	let well = 0;
	for (let degree = counts.length - 1; degree >= 0; degree--) well = well * u + counts[degree]! / nodes;
	return initial + susceptible * (1 - well);
}

/**
 * The linear speed of a plane wave: min over λ of s(λ) / λ, where infections at the front grow as exp(s t - λ x).
 *
 * Each newly infected node hands the worm to `children` others, at displacements after the kernel and delays after the link: a
 * branching random walk, whose foremost member moves at this speed (Biggins, "The growth and spread of the general branching
 * random walk", Ann. Appl. Probab. 5, 1995), so that s solves children M(λ) L(s) = 1. Where β and γ are all there is, L(s) = β / (β
 * + γ + s) and s = β children M(λ) - β - γ: the same as linearising the integro-differential equations of the network.
 * Undefined where M(λ) exists for no λ above 0.
 */
export function waveSpeed(
	spread: (ratePerM: number) => number,
	children: number,
	delay: (decayPerS: number) => number,
): number | undefined {
	const speed = (rate: number): number => {
		const mean = children * spread(rate);
		return Number.isFinite(mean) ? growth(mean, delay) / rate : Number.POSITIVE_INFINITY;
	};
	// s(λ) is convex, so s(λ)/λ falls to its least value and rises from there.
	let best = 0;
	let least = Number.POSITIVE_INFINITY;
	for (let rate = SLOWEST_RATE; rate < FASTEST_RATE; rate *= RATE_STEP) {
		const found = speed(rate);
		if (found < least) {
			least = found;
			best = rate;
		} else if (least < Number.POSITIVE_INFINITY) break;
	}
	if (best === 0) return undefined;
	let low = best / RATE_STEP;
	let high = best * RATE_STEP;
	for (let i = 0; i < 60; i++) {
		const third = (high - low) / 3;
		if (speed(low + third) < speed(high - third)) high -= third;
		else low += third;
	}
	return speed((low + high) / 2);
}

/** Decays in space that are tried, in 1/m: from fronts as wide as the widest field to such as are narrower than any. */
const SLOWEST_RATE = 1e-8;
const FASTEST_RATE = 1e8;
const RATE_STEP = 1.1;

/** The growth rate s at which mean offspring times the transform of their delays is 1, in 1/s, by bisection. */
function growth(mean: number, delay: (decayPerS: number) => number): number {
	let low = 0;
	let high = 1;
	while (mean * delay(high) > 1) {
		low = high;
		high *= 2;
	}
	for (let i = 0; i < 100 && high - low > 1e-15 * high; i++) {
		const middle = (low + high) / 2;
		if (mean * delay(middle) > 1) low = middle;
		else high = middle;
	}
	return (low + high) / 2;
}
