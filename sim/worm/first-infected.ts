import type { Positions } from "../channel/links.js";
import { RandomStream } from "../kernel/random.js";
import type { WormOptions } from "./transmission.js";

/**
 * Numbers of the nodes that have the worm from the beginning, of those that can have it.
 *
 * Throws a RangeError when there are fewer than wanted.
 */
export function firstInfected(
	{ initial, place }: WormOptions,
	positions: Positions,
	isSusceptible: (node: number) => boolean,
	seed: number,
): readonly number[] {
	const candidates: number[] = [];
	for (let node = 0; node < positions.x.length; node++) if (isSusceptible(node)) candidates.push(node);
	if (candidates.length < initial) {
		throw new RangeError(
			`worm.initial: expected at most as many as can be infected, ${candidates.length}, got ${initial}`,
		);
	}
	if (place === "random") return drawn(candidates, initial, new RandomStream(seed, "worm-initial", 0));
	const distance = place === "left" ? (node: number) => positions.x[node]! : fromCentre(positions);
	return candidates.sort((a, b) => distance(a) - distance(b) || a - b).slice(0, initial);
}

function drawn(candidates: number[], count: number, random: RandomStream): readonly number[] {
	for (let i = 0; i < count; i++) {
		const other = i + random.below(candidates.length - i);
		[candidates[i], candidates[other]] = [candidates[other]!, candidates[i]!];
	}
	return candidates.slice(0, count);
}

/** Squared distance of a node from the centre of the box around all nodes. */
function fromCentre({ x, y }: Positions): (node: number) => number {
	const middle = (values: Float64Array): number => {
		let least = Number.POSITIVE_INFINITY;
		let most = Number.NEGATIVE_INFINITY;
		for (const value of values) {
			least = Math.min(least, value);
			most = Math.max(most, value);
		}
		return (least + most) / 2;
	};
	const centreX = middle(x);
	const centreY = middle(y);
	return (node) => {
		const dx = x[node]! - centreX;
		const dy = y[node]! - centreY;
		return dx * dx + dy * dy;
	};
}
