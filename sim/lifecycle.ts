import { RandomStream } from "./kernel/random.js";
import type { Scenario } from "./scenario/scenario.js";

/** Something that befalls a node. */
export interface Occurrence {
	readonly node: number;
	readonly timeUs: number;
}

/** When nodes come late, lose their power, and die. */
export interface LifecyclePlan {
	readonly joins: readonly Occurrence[];
	/** In order of their time. */
	readonly reboots: readonly Occurrence[];
	readonly downUs: number;
	/** In order of their time; whether it befalls the node is decided then. */
	readonly deaths: readonly Occurrence[];
	/** When one node of those that live by then dies, ascending. */
	readonly anyDeathsUs: readonly number[];
}

/** Who may come late or reboot: found when asked for, as most runs let nobody. */
export class LifecycleNodes {
	readonly #isSink: Uint8Array;
	readonly #next: () => Int32Array;

	/** `next` gives each node's next one on its way to a sink, -1 for none. */
	constructor(isSink: Uint8Array, next: () => Int32Array) {
		this.#isSink = isSink;
		this.#next = next;
	}

	/** All nodes that are no sinks, ascending. */
	get all(): readonly number[] {
		const all: number[] = [];
		this.#isSink.forEach((isSink, node) => {
			if (isSink === 0) all.push(node);
		});
		return all;
	}

	/** Those among them that pass nothing on. */
	get leaves(): readonly number[] {
		const passesOn = new Uint8Array(this.#isSink.length);
		for (const node of this.#next()) if (node >= 0) passesOn[node] = 1;
		return this.all.filter((node) => passesOn[node] === 0);
	}
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
	{ lifecycle, cluster, seed, durationS }: Scenario,
	nodes: LifecycleNodes,
): LifecyclePlan {
	const { lateJoiners, reboots, deaths } = lifecycle;
	const ratePerHour = deaths.ratePerHour + (deaths.ratePerRound * 3600) / cluster.roundS;
	const random = new RandomStream(seed, "deaths", 0);
	const mortals = (): readonly number[] => candidates(deaths.among, nodes);
	return {
		joins: planJoins(lateJoiners, () => candidates(lateJoiners.among, nodes), seed, durationS),
		reboots: planReboots(reboots, () => candidates(reboots.among, nodes), seed, durationS),
		downUs: Math.round(reboots.downS * 1e6),
		deaths: atRate("deaths-at-rate", ratePerHour, deaths, mortals, seed, durationS).sort(byTime),
		anyDeathsUs: Array.from({ length: deaths.count }, () => timeIn(deaths, durationS, random)).sort(
			(a, b) => a - b,
		),
	};
}

/** What befalls nodes, done to them. */
export interface LifecycleHost {
	/** Calls back at a time, unless the node is dead by then. */
	at(node: number, timeUs: number, callback: () => void): void;
	atAll(timeUs: number, callback: () => void): void;
	isAlive(node: number): boolean;
	/** Whether it leads a cluster right now. */
	leads(node: number): boolean;
	powerOn(node: number): void;
	reboot(node: number): void;
	kill(node: number): void;
}

/** Lets everything come to pass that was planned. */
export function scheduleLifecycle(
	{ joins, reboots, deaths, anyDeathsUs }: LifecyclePlan,
	{ lifecycle, seed }: Scenario,
	nodes: LifecycleNodes,
	host: LifecycleHost,
): void {
	for (const { node, timeUs } of joins) host.at(node, timeUs, () => host.powerOn(node));
	for (const { node, timeUs } of reboots) host.at(node, timeUs, () => host.reboot(node));
	const { among } = lifecycle.deaths;
	const mayDie = (node: number): boolean => among !== "heads" || host.leads(node);
	for (const { node, timeUs } of deaths) {
		host.at(node, timeUs, () => {
			if (mayDie(node)) host.kill(node);
		});
	}
	if (anyDeathsUs.length === 0) return;
	const mortals = candidates(among, nodes);
	const random = new RandomStream(seed, "deaths-whom", 0);
	for (const timeUs of anyDeathsUs) {
		host.atAll(timeUs, () => {
			const left = mortals.filter((node) => host.isAlive(node) && mayDie(node));
			if (left.length > 0) host.kill(left[random.below(left.length)]!);
		});
	}
}

/** Whom it may befall at some time; that heads lead right then is seen when the time has come. */
function candidates(
	among: "all" | "leaves" | "heads" | readonly number[],
	nodes: LifecycleNodes,
): readonly number[] {
	if (among === "heads") return nodes.all;
	if (typeof among === "string") return nodes[among];
	const named = new Set(among);
	return nodes.all.filter((node) => named.has(node));
}

function planJoins(
	{ count, ...span }: Span & { readonly count: number },
	among: () => readonly number[],
	seed: number,
	durationS: number,
): Occurrence[] {
	if (count === 0) return [];
	const left = [...among()];
	if (count > left.length) {
		throw new RangeError(
			`lifecycle.lateJoiners.count: expected at most ${left.length} nodes that may come late, got ${count}`,
		);
	}
	const random = new RandomStream(seed, "late-joiners", 0);
	return Array.from({ length: count }, () => {
		const [node] = left.splice(random.below(left.length), 1);
		return { node: node!, timeUs: timeIn(span, durationS, random) };
	});
}

function planReboots(
	{ count, ratePerHour, ...span }: Span & { readonly count: number; readonly ratePerHour: number },
	among: () => readonly number[],
	seed: number,
	durationS: number,
): Occurrence[] {
	const planned = atRate("reboots-at-rate", ratePerHour, span, among, seed, durationS);
	const random = new RandomStream(seed, "reboots", 0);
	const nodes = count === 0 ? [] : among();
	for (let i = 0; i < count && nodes.length > 0; i++) {
		planned.push({ node: nodes[random.below(nodes.length)]!, timeUs: timeIn(span, durationS, random) });
	}
	return planned.sort(byTime);
}

/** Of each node those of a Poisson process of its own. */
function atRate(
	purpose: string,
	ratePerHour: number,
	span: Span,
	among: () => readonly number[],
	seed: number,
	durationS: number,
): Occurrence[] {
	if (ratePerHour === 0) return [];
	const meanUs = 3600e6 / ratePerHour;
	const endUs = endOf(span, durationS) * 1e6;
	return among().flatMap((node) => {
		const random = new RandomStream(seed, purpose, node);
		const times: Occurrence[] = [];
		let atUs = span.fromS * 1e6 + random.exponential() * meanUs;
		for (; atUs < endUs; atUs += random.exponential() * meanUs)
			times.push({ node, timeUs: Math.round(atUs) });
		return times;
	});
}

function byTime(a: Occurrence, b: Occurrence): number {
	return a.timeUs - b.timeUs || a.node - b.node;
}

function endOf({ toS }: Span, durationS: number): number {
	return toS === null ? durationS : Math.min(toS, durationS);
}

function timeIn(span: Span, durationS: number, random: RandomStream): number {
	const lengthS = Math.max(0, endOf(span, durationS) - span.fromS);
	return Math.round((span.fromS + random.uniform() * lengthS) * 1e6);
}
