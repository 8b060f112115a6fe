import { type Election, type ElectionFactory, LEAD, TICKS } from "../../firmware/cluster/election.js";
import type { Battery, Random } from "../../firmware/ports.js";
import { RandomStream } from "../kernel/random.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Options } from "../topology/topology.js";
import type { AttackFactory } from "./attack.js";
import type { AttackEntry } from "./common-options.js";

/**
 * What an attack makes of the nodes that it has captured. Their own firmware runs on: it is told lies by its ports, or
 * has another election in it. Each is asked only while the attack goes on; else the node is as it was.
 */
export interface CaptureHooks {
	/** What the battery says, given the charge that there is; both 0 to 255. */
	readonly charge?: (honest: number) => number;
	/** Leads in each term, whatever the network's election would decide, and claims the best merit. */
	readonly volunteers?: boolean;
}

/** The first sixteenth of a window: before honest nodes, and not all at once. */
const VOLUNTEERS_BEFORE = TICKS / 16;

/** Options of attacks that capture nodes. */
export const CAPTURE_OPTIONS = {
	share: {
		type: "number",
		exclusiveMinimum: 0,
		maximum: 1,
		default: 0.1,
		description: "Share of the nodes, sinks excepted, that are captured: drawn from the seed, at least one",
	},
	nodes: {
		anyOf: [{ enum: [null] }, { type: "array", items: { type: "integer", minimum: 0 }, minItems: 1 }],
		default: null,
		description: "The captured nodes by number, in place of a share",
	},
} as const;

/** The nodes that the attacks of a scenario have captured, before these are made. */
export class Captures {
	/** By entry of the scenario's `attacks`, ascending; empty for those that capture none. */
	readonly nodes: readonly (readonly number[])[];
	readonly #hooks = new Map<number, CaptureHooks>();
	readonly #entries = new Map<number, AttackEntry>();
	readonly #durationUs: number;
	readonly #nowUs: () => number;

	/** Throws a RangeError that names the entry where more are to be captured than there are. */
	constructor(
		scenario: Scenario,
		factories: readonly AttackFactory[],
		count: number,
		sinks: readonly number[],
		nowUs: () => number,
	) {
		this.#durationUs = scenario.durationS * 1e6;
		this.#nowUs = nowUs;
		const isSink = new Set(sinks);
		const left = Array.from({ length: count }, (_, node) => node).filter((node) => !isSink.has(node));
		const members = left.length;
		this.nodes = (scenario.attacks as readonly AttackEntry[]).map((entry, i) => {
			const { kind: _, ...options } = entry;
			const hooks = factories[i]!.captures?.(options as Options);
			if (hooks === undefined) return [];
			const chosen = choose(scenario.seed, i, entry, left, members);
			for (const node of chosen) {
				this.#entries.set(node, entry);
				this.#hooks.set(node, hooks);
			}
			return chosen;
		});
	}

	/** The battery that a node's firmware sees. */
	batteryOf(node: number, honest: Battery): Battery {
		const charge = this.#hooks.get(node)?.charge;
		if (charge === undefined) return honest;
		return {
			level: () => {
				const level = honest.level();
				return this.#isActive(node) ? charge(level) : level;
			},
		};
	}

	/** Whether a node has an election in its firmware that no honest one has. */
	volunteers(node: number): boolean {
		return this.#hooks.get(node)?.volunteers === true;
	}

	/** The election that a node's firmware has in it. */
	electionOf(node: number, honest: ElectionFactory): ElectionFactory {
		if (!this.volunteers(node)) return honest;
		return {
			name: honest.name,
			options: honest.options,
			reach: honest.reach,
			roundsPerElection: honest.roundsPerElection,
			create: (options, host) =>
				volunteering(honest.create(options, host), host.random, () => this.#isActive(node)),
		};
	}

	#isActive(node: number): boolean {
		const { control, startS, stopS } = this.#entries.get(node)!;
		const nowUs = this.#nowUs();
		// The control keeps its hands off: what captured nodes do then is what honest ones would.
		return !control && nowUs >= startS * 1e6 && nowUs < (stopS === null ? this.#durationUs : stopS * 1e6);
	}
}

/** Takes the chosen nodes out of `left`. */
function choose(
	seed: number,
	entry: number,
	options: AttackEntry,
	left: number[],
	members: number,
): number[] {
	const asked = options["nodes"] as readonly number[] | null;
	const name = `attacks[${entry}]`;
	if (asked !== null) {
		for (const node of asked) {
			const at = left.indexOf(node);
			if (at < 0)
				throw new RangeError(
					`${name}.nodes: expected nodes that are no sinks and captured once, got ${node}`,
				);
			left.splice(at, 1);
		}
		return [...asked].sort((a, b) => a - b);
	}
	const share = options["share"] as number;
	const count = Math.max(1, Math.round(share * members));
	if (count > left.length)
		throw new RangeError(`${name}.share: expected at most ${left.length} nodes that are left, got ${count}`);
	const random = new RandomStream(seed, `attack-${entry}-captured`, 0);
	const chosen = Array.from({ length: count }, () => left.splice(random.below(left.length), 1)[0]!);
	return chosen.sort((a, b) => a - b);
}

/** An election that its owner replaced by one that always leads; outside the attack it is the honest one. */
function volunteering(honest: Election, random: Random, isActive: () => boolean): Election {
	const election: Election = {
		begin: (situation) => (isActive() ? random.below(VOLUNTEERS_BEFORE) : honest.begin(situation)),
		decide: (situation, tick) => (isActive() ? LEAD : honest.decide(situation, tick)),
		withdraws: (situation, heard) => !isActive() && (honest.withdraws?.(situation, heard) ?? false),
		merit: (situation) => (isActive() ? 0 : (honest.merit?.(situation) ?? 0)),
	};
	// What is absent means something of its own.
	if (honest.uncovered !== undefined) election.uncovered = (situation) => honest.uncovered!(situation);
	if (honest.prefers !== undefined) election.prefers = (a, b) => honest.prefers!(a, b);
	if (honest.learn !== undefined) election.learn = (outcome) => honest.learn!(outcome);
	if (honest.save !== undefined) election.save = () => honest.save!();
	if (honest.restore !== undefined) election.restore = (blob) => honest.restore!(blob);
	return election;
}
