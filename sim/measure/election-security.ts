import type { LinkAddress } from "../../firmware/address.js";
import { completeSink } from "../../firmware/events.js";
import { SIM_EVENTS, type SimSink } from "../events.js";
import type { Scenario } from "../scenario/scenario.js";
import { HeadShares, type HeadSharesSummary } from "./head-shares.js";
import { ReadingLedger } from "./reading-ledger.js";

/** What compromised heads held over a part of a run, and what honest nodes got through. */
export interface SecurityPeriod extends HeadSharesSummary {
	/** Of the readings of honest nodes, the share that arrived; see {@link ReadingLedger.finish}. */
	deliveryRatio: number;
	/** Readings that honest nodes accepted. */
	accepted: number;
}

/** Judgements of honest nodes about their neighbours as heads. */
export interface Dismissals {
	/** How often an honest node was dismissed by another, and how many honest ones were by anybody. */
	honest: number;
	honestNodes: number;
	/** The same for captured nodes and invented names. */
	compromised: number;
	compromisedNames: number;
}

/**
 * Who led honest nodes in a run under attack, from its events alone. Compromised are captured nodes, and names that no node
 * has; honest are all nodes that are not captured, sinks apart.
 */
export interface ElectionSecuritySummary {
	/** Captured nodes. */
	captured: number;
	/** From when on `converged` counts. */
	convergedS: number;
	whole: SecurityPeriod;
	converged: SecurityPeriod;
	/** Tenths of the run. */
	overTime: readonly (HeadSharesSummary & { fromS: number })[];
	/** When the last honest node left its last compromised head; null where some still have one at the end. */
	clearedS: number | null;
	dismissed: Dismissals;
	/** Energy that a node used on average, and the first death; null where nobody died. */
	honest: GroupSummary;
	compromised: GroupSummary;
}

/** What became of the charge of a group of nodes. */
export interface GroupSummary {
	meanEnergyMj: number;
	died: number;
	fndS: number | null;
}

/** Rounds in which a reading may still be on its way. */
const GRACE_ROUNDS = 3;
const PARTS = 10;

/** Listens to the events of one run of clustered nodes under attack. */
export class ElectionSecurity {
	readonly sink: SimSink;
	readonly #numbers = new Map<string, number>();
	readonly #roles: string[] = [];
	readonly #captured = new Set<number>();
	readonly #heads: HeadShares;
	readonly #whole = new ReadingLedger();
	readonly #converged = new ReadingLedger();
	/** Numbers of the first readings that count as converged, by node. */
	readonly #firstLate: (number | undefined)[] = [];
	readonly #dismissedHonest = new Set<string>();
	readonly #dismissedOthers = new Set<string>();
	#dismissals = { honest: 0, compromised: 0 };
	readonly #energyUj: number[] = [];
	readonly #deathsUs: (number | undefined)[] = [];
	#convergedUs = 0;
	#graceUs = 0;
	#buffered = 0;
	#endUs = 0;

	constructor() {
		this.#heads = new HeadShares(PARTS, (head) => this.#isCompromised(head));
		const heads = this.#heads;
		this.sink = completeSink(SIM_EVENTS, {
			runStarted: (_timeUs, scenario) => this.#begin(JSON.parse(scenario) as Scenario),
			nodePlaced: (_timeUs, node, _x, _y, role, address) => {
				this.#roles[node] = role;
				if (role === "node" || role === "sink") this.#numbers.set(String(address), node);
			},
			nodeCaptured: (_timeUs, node) => void this.#captured.add(node),
			roleTaken: (timeUs, node, _round, role, head) => {
				if (!this.#isHonest(node)) return;
				// Who takes a node for the sink that is none is led by it.
				const isLed = role === "member" || (role === "direct" && !this.#isSink(head));
				heads.take(timeUs, node, isLed ? String(head) : "");
			},
			readingHandedOver: (timeUs, node, _sequence, head) => {
				if (this.#isHonest(node)) heads.handOver(timeUs, String(head));
			},
			readingAccepted: (timeUs, node, sequence) => this.#accept(timeUs, node, sequence),
			readingArrived: (timeUs, _node, origin, sequence, _via, again) =>
				this.#arrive(timeUs, this.#numbers.get(String(origin)), sequence, again !== 0),
			readingConfirmed: (_timeUs, node, sequence) => {
				for (const ledger of this.#ledgersOf(node, sequence)) ledger.confirm(node, sequence);
			},
			readingAbandoned: (_timeUs, node, sequence, reason) => {
				for (const ledger of this.#ledgersOf(node, sequence)) ledger.abandon(node, sequence, reason);
			},
			serviceChanged: (_timeUs, node, neighbour, _score, admitted) => {
				if (admitted === 0 && this.#isHonest(node)) this.#dismiss(String(neighbour));
			},
			nodeStopped: (timeUs, node) => this.#lose(timeUs, node),
			nodeDied: (timeUs, node) => {
				this.#lose(timeUs, node);
				this.#deathsUs[node] = timeUs;
			},
			nodeEnergy: (_timeUs, node, txUj, rxUj, listenUj, sleepUj, cpuUj) => {
				this.#energyUj[node] = txUj + rxUj + listenUj + sleepUj + cpuUj;
			},
			runEnded: (timeUs) => {
				this.#endUs = timeUs;
				heads.advance(timeUs);
			},
		});
	}

	/** The sums; complete after the run has ended. */
	summary(): ElectionSecuritySummary {
		const heads = this.#heads.summary();
		const isNode = (node: number): boolean => this.#roles[node] === "node";
		const nodes = [...this.#roles.keys()].filter(isNode);
		const overTime = heads.parts.map((part, i) => ({ fromS: this.#heads.fromUs(i) / 1e6, ...part }));
		return {
			captured: this.#captured.size,
			convergedS: this.#convergedUs / 1e6,
			whole: this.#period(heads.whole, this.#whole),
			converged: this.#period(heads.converged, this.#converged),
			overTime,
			clearedS: heads.clearedUs === undefined ? null : heads.clearedUs / 1e6,
			dismissed: {
				honest: this.#dismissals.honest,
				honestNodes: this.#dismissedHonest.size,
				compromised: this.#dismissals.compromised,
				compromisedNames: this.#dismissedOthers.size,
			},
			honest: this.#group(nodes.filter((node) => !this.#captured.has(node))),
			compromised: this.#group(nodes.filter((node) => this.#captured.has(node))),
		};
	}

	#begin({ cluster, durationS }: Scenario): void {
		const roundUs = Math.round(cluster.roundS * 1e6);
		this.#convergedUs = Math.round((cluster.convergedS ?? durationS / 2) * 1e6);
		this.#graceUs = GRACE_ROUNDS * roundUs;
		this.#buffered = cluster.bufferedReadings;
		this.#heads.begin(roundUs, this.#convergedUs, Math.round(durationS * 1e6));
	}

	#period(heads: HeadSharesSummary, ledger: ReadingLedger): SecurityPeriod {
		const { deliveryRatio, accepted } = ledger.finish(this.#endUs, this.#graceUs, this.#buffered);
		return { ...heads, deliveryRatio, accepted };
	}

	#isHonest(node: number): boolean {
		return this.#roles[node] === "node" && !this.#captured.has(node);
	}

	#isSink(address: LinkAddress): boolean {
		const node = this.#numbers.get(String(address));
		return node !== undefined && this.#roles[node] === "sink";
	}

	#isCompromised(head: string): boolean {
		const node = this.#numbers.get(head);
		return node === undefined || this.#captured.has(node);
	}

	#accept(timeUs: number, node: number, sequence: number): void {
		if (!this.#isHonest(node)) return;
		this.#whole.accept(timeUs, node, sequence);
		if (timeUs < this.#convergedUs) return;
		this.#firstLate[node] ??= sequence;
		this.#converged.accept(timeUs, node, sequence);
	}

	#arrive(timeUs: number, node: number | undefined, sequence: number, again: boolean): void {
		if (node === undefined || !this.#isHonest(node)) return;
		for (const ledger of this.#ledgersOf(node, sequence)) ledger.arrive(timeUs, node, sequence, again);
	}

	/** Those that have an account of a reading. */
	#ledgersOf(node: number, sequence: number): readonly ReadingLedger[] {
		if (!this.#isHonest(node)) return [];
		const first = this.#firstLate[node];
		return first !== undefined && sequence >= first ? [this.#whole, this.#converged] : [this.#whole];
	}

	#dismiss(neighbour: string): void {
		const isHonest = !this.#isCompromised(neighbour);
		(isHonest ? this.#dismissedHonest : this.#dismissedOthers).add(neighbour);
		this.#dismissals[isHonest ? "honest" : "compromised"]++;
	}

	#lose(timeUs: number, node: number): void {
		this.#heads.take(timeUs, node, "");
		if (!this.#isHonest(node)) return;
		this.#whole.restart(node);
		this.#converged.restart(node);
	}

	#group(nodes: readonly number[]): GroupSummary {
		const energies = nodes.map((node) => this.#energyUj[node]).filter((used) => used !== undefined);
		const deaths = nodes.map((node) => this.#deathsUs[node]).filter((timeUs) => timeUs !== undefined);
		const totalUj = energies.reduce((sum, used) => sum + used, 0);
		return {
			meanEnergyMj: energies.length === 0 ? 0 : totalUj / energies.length / 1000,
			died: deaths.length,
			fndS: deaths.length === 0 ? null : Math.min(...deaths) / 1e6,
		};
	}
}
