import { completeSink } from "../../firmware/events.js";
import { SIM_EVENTS, type SimSink } from "../events.js";
import type { Scenario } from "../scenario/scenario.js";
import { shortest } from "../topology/spatial-edges.js";
import { countFoci } from "./foci.js";
import { type Front, frontOf } from "./front.js";

/** What a run of a worm comes to, from its events alone. Shares are of all nodes. */
export interface WormSummary {
	nodes: number;
	simulatedS: number;
	events: number;
	/** `links`: each direction counts; `largestComponent`: share of nodes in it; see `graphBuilt` for the others. */
	graph: {
		links: number;
		meanDegree: number;
		excessDegree: number;
		largestComponent: number;
		transitivity: number;
	};
	/** Share of nodes that verify code, and so are immune. */
	verifying: number;
	transmissibility: number;
	r0: number;
	/** Share of nodes that were ever infected. */
	finalSize: number;
	/** Largest share of nodes infected at one time, and when it was first so. */
	peak: number;
	peakTimeS: number;
	/** When the last node was infected. */
	lastInfectionS: number;
	/** Nodes that were infected, and those of them that were patched within the run. */
	infected: number;
	patched: number;
	/** Links over which a susceptible node lost its trust in an infected one. */
	distrusted: number;
	/** Speed of the front, where it started from a side or from the centre and passed in order; and how constant it was. */
	waveMPerS: number | null;
	waveFit: number | null;
	/** Lengths of the links by which nodes were infected; null where nodes have no places. */
	hopM: { median: number; mean: number; max: number } | null;
	/** Infections with nobody infected before within {@link FOCUS_HOPS} median lengths of such links. */
	foci: number | null;
	/** What theory says; null where it says nothing. */
	predicted: { finalSize: number; waveMPerS: number | null };
}

/** A new focus is at least so many median lengths from the old ones. */
export const FOCUS_HOPS = 5;

/** Watches the events of a worm's run. */
export class WormMetrics {
	readonly sink: SimSink;
	readonly #x: number[] = [];
	readonly #y: number[] = [];
	/** Infected nodes in order, whom they have it from, and when. */
	readonly #order: number[] = [];
	readonly #from: number[] = [];
	readonly #timeS: number[] = [];
	#place: Scenario["worm"]["place"] = "random";
	#period: readonly [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
	#now = 0;
	#most = 0;
	#verifying = 0;
	readonly #summary: WormSummary = emptySummary();

	constructor() {
		const s = this.#summary;
		this.sink = completeSink(SIM_EVENTS, {
			runStarted: (_timeUs, scenario, _seed, _fidelity, nodes) => {
				s.nodes = nodes;
				this.#place = (JSON.parse(scenario) as Scenario).worm.place;
			},
			nodePlaced: (_timeUs, node, x, y, role) => {
				this.#x[node] = x;
				this.#y[node] = y;
				if (role === "verifying") this.#verifying++;
			},
			graphBuilt: (_timeUs, links, largest, meanDegree, excess, transitivity, periodX, periodY) => {
				const largestComponent = largest / s.nodes;
				s.graph = { links, meanDegree, excessDegree: excess, largestComponent, transitivity };
				this.#period = [periodX || Number.POSITIVE_INFINITY, periodY || Number.POSITIVE_INFINITY];
			},
			wormPredicted: (_timeUs, transmissibility, r0, finalSize, waveMPerS) => {
				s.transmissibility = transmissibility;
				s.r0 = r0;
				s.predicted = { finalSize, waveMPerS: waveMPerS || null };
			},
			nodeInfected: (timeUs, node, from) => {
				this.#order.push(node);
				this.#from.push(from);
				this.#timeS.push(timeUs / 1e6);
				if (++this.#now <= this.#most) return;
				this.#most = this.#now;
				s.peakTimeS = timeUs / 1e6;
			},
			nodePatched: () => {
				this.#now--;
				s.patched++;
			},
			neighbourDistrusted: () => {
				s.distrusted++;
			},
			runEnded: (timeUs, events) => {
				s.simulatedS = timeUs / 1e6;
				s.events = events;
			},
		});
	}

	summary(): WormSummary {
		const s = this.#summary;
		const front = this.#front();
		return {
			...s,
			verifying: this.#verifying / s.nodes,
			infected: this.#order.length,
			finalSize: this.#order.length / s.nodes,
			peak: this.#most / s.nodes,
			lastInfectionS: this.#timeS.at(-1) ?? 0,
			waveMPerS: front?.speedMPerS ?? null,
			waveFit: front?.fit ?? null,
			...this.#hops(),
		};
	}

	#hops(): Pick<WormSummary, "hopM" | "foci"> {
		const known = this.#order.filter((node, i) => this.#from[i] === node).length;
		const lengths = this.#order.map((node, i) => this.#apart(node, this.#from[i]!)).slice(known);
		const sorted = lengths.sort((a, b) => a - b);
		const max = sorted.at(-1) ?? 0;
		if (max === 0) return { hopM: null, foci: null };
		const median = sorted[sorted.length >> 1]!;
		const mean = sorted.reduce((sum, length) => sum + length, 0) / sorted.length;
		const positions = { x: Float64Array.from(this.#x), y: Float64Array.from(this.#y) };
		const foci = countFoci(positions, this.#order, known, FOCUS_HOPS * median, this.#period);
		return { hopM: { median, mean, max }, foci };
	}

	#apart(a: number, b: number): number {
		return this.#length(this.#x[a]! - this.#x[b]!, this.#y[a]! - this.#y[b]!);
	}

	#length(differenceX: number, differenceY: number): number {
		const dx = shortest(differenceX, this.#period[0]);
		const dy = shortest(differenceY, this.#period[1]);
		return Math.sqrt(dx * dx + dy * dy);
	}

	#front(): Front | undefined {
		if (this.#place === "random") return undefined;
		const [left, right] = bounds(this.#x);
		const [bottom, top] = bounds(this.#y);
		const [periodX] = this.#period;
		if (this.#place === "left") {
			const distance = this.#order.map((node) => shortest(this.#x[node]! - left, periodX));
			return frontOf(distance, this.#timeS, Number.isFinite(periodX) ? periodX / 2 : right - left);
		}
		const x = (left + right) / 2;
		const y = (bottom + top) / 2;
		const distance = this.#order.map((node) => this.#length(this.#x[node]! - x, this.#y[node]! - y));
		return frontOf(distance, this.#timeS, Math.min(right - left, top - bottom) / 2);
	}
}

function bounds(values: readonly number[]): readonly [number, number] {
	let least = Number.POSITIVE_INFINITY;
	let most = Number.NEGATIVE_INFINITY;
	for (const value of values) {
		least = Math.min(least, value);
		most = Math.max(most, value);
	}
	return [least, most];
}

function emptySummary(): WormSummary {
	return {
		nodes: 0,
		simulatedS: 0,
		events: 0,
		graph: { links: 0, meanDegree: 0, excessDegree: 0, largestComponent: 0, transitivity: 0 },
		verifying: 0,
		transmissibility: 0,
		r0: 0,
		finalSize: 0,
		peak: 0,
		peakTimeS: 0,
		lastInfectionS: 0,
		infected: 0,
		patched: 0,
		distrusted: 0,
		waveMPerS: null,
		waveFit: null,
		hopM: null,
		foci: null,
		predicted: { finalSize: 0, waveMPerS: null },
	};
}
