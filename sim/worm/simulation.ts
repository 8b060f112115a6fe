import { addressOf } from "../../firmware/mote/addresses.js";
import type { SimSink } from "../events.js";
import { EventQueue } from "../kernel/queue.js";
import { RandomStream } from "../kernel/random.js";
import { optionsOf, type Scenario, type ScenarioModules } from "../scenario/scenario.js";
import { type ContactGraph, contactsOf } from "../topology/contact-graph.js";
import { degreeCounts, degreeMoments, largestComponent, transitivity } from "../topology/graph-measures.js";
import type { Topology } from "../topology/topology.js";
import { firstInfected } from "./first-infected.js";
import { predict } from "./predictions.js";
import { LinkContacts, strikesUntilDistrust, type WormOptions } from "./transmission.js";

const SUSCEPTIBLE = 0;
const INFECTED = 1;
const PATCHED = 2;
const VERIFYING = 3;

/**
 * One run of a worm along the links of a topology: nodes are susceptible, infected or patched, without radios or frames.
 *
 * Each link, each patch and each score has a random stream of its own, so that runs of one seed which differ in their defence
 * meet the same contacts. Everything that happens is told to the sink.
 */
export class WormSimulation {
	readonly scenario: Scenario;
	readonly durationUs: number;
	readonly sink: SimSink;
	readonly #options: WormOptions;
	readonly #topology: Topology;
	readonly #graph: ContactGraph;
	readonly #queue = new EventQueue();
	readonly #contacts: LinkContacts;
	readonly #state: Uint8Array;
	/** When each node is to be infected at the latest, as far as is known. */
	readonly #dueUs: Float64Array;
	readonly #infect: number;
	readonly #patch: number;
	readonly #distrust: number;

	/** Throws a RangeError when the topology gives no links, or too few nodes that could be infected. */
	constructor(scenario: Scenario, modules: ScenarioModules, sink: SimSink) {
		this.scenario = scenario;
		this.sink = sink;
		this.durationUs = Math.round(scenario.durationS * 1e6);
		this.#options = scenario.worm;
		this.#topology = modules.topology.create(optionsOf(scenario.topology), scenario.seed);
		const graph = contactsOf(this.#topology);
		if (graph === undefined)
			throw new RangeError(
				"topology.kind: expected a topology of links with fidelity graph, got one of places",
			);
		this.#graph = graph;
		this.#contacts = new LinkContacts(this.#options);
		this.#state = new Uint8Array(graph.nodes);
		this.#dueUs = new Float64Array(graph.nodes).fill(Number.POSITIVE_INFINITY);
		this.#infect = this.#queue.register((node, from) => this.#onInfect(node, from));
		this.#patch = this.#queue.register((node) => this.#onPatch(node));
		this.#distrust = this.#queue.register((node, from) => this.#onDistrust(node, from));
		this.#setVerifying();
		const first = firstInfected(
			this.#options,
			this.#topology.positions,
			(node) => this.#state[node] === SUSCEPTIBLE,
			scenario.seed,
		);
		this.#announce(first.length);
		for (const node of first) this.#queue.post(0, this.#infect, node, node);
	}

	get nodes(): number {
		return this.#graph.nodes;
	}

	nowUs(): number {
		return this.#queue.nowUs();
	}

	/** Runs up to a time, at most the scenario's end. */
	run(untilUs: number): void {
		this.#queue.run(Math.min(untilUs, this.durationUs));
	}

	/** Ends the log. */
	finish(): void {
		this.sink.runEnded(this.#queue.nowUs(), this.#queue.processed);
	}

	#setVerifying(): void {
		const { verifyingShare } = this.#options;
		if (verifyingShare === 0) return;
		for (let node = 0; node < this.nodes; node++) {
			const random = new RandomStream(this.scenario.seed, "worm-verify", node);
			if (random.uniform() < verifyingShare) this.#state[node] = VERIFYING;
		}
	}

	#announce(initial: number): void {
		const { sink, scenario } = this;
		const graph = this.#graph;
		const { x, y } = this.#topology.positions;
		sink.runStarted(0, JSON.stringify(scenario), scenario.seed, scenario.fidelity, this.nodes);
		let immune = 0;
		for (let node = 0; node < this.nodes; node++) {
			const isVerifying = this.#state[node] === VERIFYING;
			if (isVerifying) immune++;
			sink.nodePlaced(
				0,
				node,
				x[node]!,
				y[node]!,
				isVerifying ? "verifying" : "node",
				addressOf(node, "extended"),
			);
		}
		const [periodX, periodY] = graph.period;
		const { mean, excess } = degreeMoments(degreeCounts(graph));
		sink.graphBuilt(
			0,
			graph.to.length,
			largestComponent(graph),
			mean,
			excess,
			transitivity(graph),
			Number.isFinite(periodX) ? periodX : 0,
			Number.isFinite(periodY) ? periodY : 0,
		);
		const theory = predict(graph, this.#options, immune / this.nodes, initial / this.nodes);
		sink.wormPredicted(0, theory.transmissibility, theory.r0, theory.finalSize, theory.waveMPerS ?? 0);
	}

	#onInfect(node: number, from: number): void {
		if (this.#state[node] !== SUSCEPTIBLE) return;
		this.#state[node] = INFECTED;
		const nowUs = this.#queue.nowUs();
		this.sink.nodeInfected(nowUs, node, from);
		const { patchPerS } = this.#options;
		const patch = new RandomStream(this.scenario.seed, "worm-patch", node);
		const patchS = patchPerS === 0 ? Number.POSITIVE_INFINITY : patch.exponential() / patchPerS;
		if (nowUs + patchS * 1e6 < this.durationUs)
			this.#queue.post(nowUs + Math.round(patchS * 1e6), this.#patch, node, 0);
		const untilS = Math.min(patchS, (this.durationUs - nowUs) / 1e6);
		for (let link = this.#graph.start[node]!; link < this.#graph.start[node + 1]!; link++)
			this.#contact(node, link, untilS);
	}

	/** Draws what comes of a link from a node that has just been infected. */
	#contact(from: number, link: number, untilS: number): void {
		const node = this.#graph.to[link]!;
		if (this.#state[node] !== SUSCEPTIBLE) return;
		const { seed } = this.scenario;
		const random = new RandomStream(seed, "worm-contact", link);
		const outcome = this.#contacts.draw(
			random,
			this.#graph.prr === undefined ? 1 : this.#graph.prr[link]!,
			this.#strikes(link),
			untilS,
		);
		if (outcome === "nothing") return;
		const atUs = this.#queue.nowUs() + Math.round(this.#contacts.atS * 1e6);
		// What comes after another neighbour's code changes nothing.
		if (atUs >= this.#dueUs[node]!) return;
		if (outcome === "infected") this.#dueUs[node] = atUs;
		this.#queue.post(atUs, outcome === "infected" ? this.#infect : this.#distrust, node, from);
	}

	#strikes(link: number): number {
		const { theta, scores, score } = this.#options;
		if (theta === 0 || scores === "equal") return strikesUntilDistrust(score, theta);
		return strikesUntilDistrust(new RandomStream(this.scenario.seed, "worm-score", link).uniform(), theta);
	}

	#onPatch(node: number): void {
		this.#state[node] = PATCHED;
		this.sink.nodePatched(this.#queue.nowUs(), node);
	}

	#onDistrust(node: number, from: number): void {
		if (this.#state[node] === SUSCEPTIBLE) this.sink.neighbourDistrusted(this.#queue.nowUs(), node, from);
	}
}
