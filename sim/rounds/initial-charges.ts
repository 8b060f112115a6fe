import { RandomStream } from "../kernel/random.js";

/** A share of the nodes that begin with a multiple of the usual charge. */
export interface ChargeLevel {
	readonly share: number;
	readonly factor: number;
}

/**
 * Which multiple of the usual charge each node begins with: the shares in order of their levels, rounded to whole nodes,
 * of nodes in random order; all others 1.
 *
 * Throws a RangeError when the shares come to more than 1.
 */
export function chargeFactors(nodes: number, levels: readonly ChargeLevel[], seed: number): Float64Array {
	const total = levels.reduce((sum, { share }) => sum + share, 0);
	if (total > 1 + 1e-9)
		throw new RangeError(`levels: expected shares that come to at most 1, got ${Number(total.toFixed(6))}`);
	const factors = new Float64Array(nodes).fill(1);
	const random = new RandomStream(seed, "charge", 0);
	const order = Int32Array.from({ length: nodes }, (_, node) => node);
	for (let i = nodes - 1; i > 0; i--) {
		const other = random.below(i + 1);
		const node = order[i]!;
		order[i] = order[other]!;
		order[other] = node;
	}
	let share = 0;
	let taken = 0;
	for (const level of levels) {
		share += level.share;
		const end = Math.min(nodes, Math.round(share * nodes));
		while (taken < end) factors[order[taken++]!] = level.factor;
	}
	return factors;
}
