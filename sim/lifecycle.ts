import { RandomStream } from "./kernel/random.js";
import type { Scenario } from "./scenario/scenario.js";

/** Something that befalls a node. */
export interface Occurrence {
	readonly node: number;
	readonly timeUs: number;
}

/** When nodes come late, and when they lose their power. */
export interface LifecyclePlan {
	readonly joins: readonly Occurrence[];
	/** In order of their time. */
	readonly reboots: readonly Occurrence[];
	readonly downUs: number;
}

/** Who may come late or reboot. */
export interface LifecycleNodes {
	/** All nodes that are no sinks, ascending. */
	readonly all: readonly number[];
	/** Those among them that pass nothing on. */
	readonly leaves: readonly number[];
}

/** Who of `nodes` may come late or reboot; `next` is each node's next one on its way to a sink. */
export function lifecycleNodes(nodes: number, sinks: readonly number[], next: Int32Array): LifecycleNodes {
	const all = Array.from({ length: nodes }, (_, node) => node).filter((node) => !sinks.includes(node));
	return { all, leaves: all.filter((node) => !next.includes(node)) };
}

interface Span {
	readonly fromS: number;
	readonly toS: number | null;
}

/**
 * Draws from the seed who comes late and who reboots when.
 *
 * Throws a RangeError when more nodes are to come late than there are.
 */
export function planLifecycle(
	{ lifecycle, seed, durationS }: Scenario,
	nodes: LifecycleNodes,
): LifecyclePlan {
	const { lateJoiners, reboots } = lifecycle;
	return {
		joins: planJoins(lateJoiners, candidates(lateJoiners.among, nodes), seed, durationS),
		reboots: planReboots(reboots, candidates(reboots.among, nodes), seed, durationS),
		downUs: Math.round(reboots.downS * 1e6),
	};
}

function candidates(among: "all" | "leaves" | readonly number[], nodes: LifecycleNodes): readonly number[] {
	if (typeof among === "string") return nodes[among];
	return nodes.all.filter((node) => among.includes(node));
}

function planJoins(
	{ count, ...span }: Span & { readonly count: number },
	among: readonly number[],
	seed: number,
	durationS: number,
): Occurrence[] {
	if (count > among.length) {
		throw new RangeError(
			`lifecycle.lateJoiners.count: expected at most ${among.length} nodes that may come late, got ${count}`,
		);
	}
	const random = new RandomStream(seed, "late-joiners", 0);
	const left = [...among];
	return Array.from({ length: count }, () => {
		const [node] = left.splice(random.below(left.length), 1);
		return { node: node!, timeUs: timeIn(span, durationS, random) };
	});
}

function planReboots(
	{ count, ratePerHour, ...span }: Span & { readonly count: number; readonly ratePerHour: number },
	among: readonly number[],
	seed: number,
	durationS: number,
): Occurrence[] {
	const planned: Occurrence[] = [];
	const random = new RandomStream(seed, "reboots", 0);
	for (let i = 0; i < count && among.length > 0; i++) {
		planned.push({ node: among[random.below(among.length)]!, timeUs: timeIn(span, durationS, random) });
	}
	if (ratePerHour > 0) {
		const meanUs = 3600e6 / ratePerHour;
		const endUs = endOf(span, durationS) * 1e6;
		for (const node of among) {
			const own = new RandomStream(seed, "reboots-at-rate", node);
			let atUs = span.fromS * 1e6 + own.exponential() * meanUs;
			for (; atUs < endUs; atUs += own.exponential() * meanUs)
				planned.push({ node, timeUs: Math.round(atUs) });
		}
	}
	return planned.sort((a, b) => a.timeUs - b.timeUs || a.node - b.node);
}

function endOf({ toS }: Span, durationS: number): number {
	return toS === null ? durationS : Math.min(toS, durationS);
}

function timeIn(span: Span, durationS: number, random: RandomStream): number {
	const lengthS = Math.max(0, endOf(span, durationS) - span.fromS);
	return Math.round((span.fromS + random.uniform() * lengthS) * 1e6);
}
