import { completeSink, tee } from "../../firmware/events.js";
import { airtimeUs } from "../../firmware/mac/timing.js";
import { SIM_EVENTS, type SimSink } from "../events.js";
import { type BlockSummary, Blocks } from "./blocks.js";
import { ElectionSecurity, type ElectionSecuritySummary } from "./election-security.js";
import { FalseDeliveries } from "./false-deliveries.js";
import type { Counts } from "./metrics.js";
import { Occupancy, type OccupancySummary } from "./occupancy.js";
import { Taint } from "./taint.js";
import { type VerdictSummary, Verdicts } from "./verdicts.js";

/** Energy of a group of nodes for each octet of payload that arrived, in microjoules; null where none did. */
export interface EnergyPerByte {
	txUj: number;
	rxUj: number;
	listenUj: number;
}

/** What a run under attack comes to, from its events alone. */
export interface LabSummary {
	/** Radios of attackers, kinds of attack, and nodes that they attack. */
	attackers: number;
	kinds: readonly string[];
	victims: readonly number[];
	/** Whether all of it is the airtime control. */
	control: boolean;
	/** Data that applications were given and that no honest node sent so, or not again. */
	falseDelivered: { total: number; altered: number; foreign: number; replayed: number };
	/** Delivered again without an attacker's part in it. */
	repeated: number;
	/** UDP payload that arrived as it was sent, once each, in octets a second. */
	goodputBytesPerS: number;
	latencyMs: { p50: number; p90: number; p95: number; p99: number };
	energyPerByte: {
		honest: EnergyPerByte | null;
		sinks: EnergyPerByte | null;
		victims: EnergyPerByte | null;
	};
	occupancy: { victims: OccupancySummary; others: OccupancySummary };
	/** Frames that attackers put on the air, and the share of time that they took. */
	onAir: { frames: number; share: number };
	refused: { attackers: Counts; honest: Counts };
	verdicts: VerdictSummary;
	blocks: BlockSummary;
	/** Who led honest nodes; absent where nodes form no clusters. */
	elections?: ElectionSecuritySummary;
}

interface Energy {
	txUj: number;
	rxUj: number;
	listenUj: number;
}

/** Listens to the events of one run under attack, in memory that does not grow with its length. */
export class LabMetrics {
	readonly sink: SimSink;
	readonly #blocks = new Blocks();
	readonly #deliveries = new FalseDeliveries();
	readonly #occupancy = new Occupancy();
	readonly #verdicts = new Verdicts();
	readonly #taint = new Taint();
	readonly #roles: string[] = [];
	readonly #kinds = new Set<string>();
	readonly #victims = new Set<number>();
	readonly #energy: Energy[] = [];
	/** Undefined where nodes form no clusters. */
	readonly #elections: ElectionSecurity | undefined;
	#isControl = true;
	#frames = 0;
	#airUs = 0;
	#endUs = 0;

	constructor(isClustered = false) {
		this.#elections = isClustered ? new ElectionSecurity() : undefined;
		const verdicts = this.#verdicts;
		const deliveries = this.#deliveries;
		const occupancy = this.#occupancy;
		const sink = completeSink(SIM_EVENTS, {
			nodePlaced: (_timeUs, node, _x, _y, role, address) => {
				this.#roles[node] = role;
				if (role !== "attacker") this.#blocks.noteHonest(String(address));
			},
			standingChanged: (timeUs, node, neighbour, state) =>
				this.#blocks.noteStanding(timeUs, node, String(neighbour), state),
			attackPlanned: (_timeUs, _node, _entry, kind, victim, _spoofed, control) => {
				this.#kinds.add(kind);
				this.#victims.add(victim);
				if (control === "") this.#isControl = false;
			},
			frameOnAir: (_timeUs, node, _channel, _rssiDbm, psdu) => {
				if (!this.#isAttacker(node)) return;
				this.#frames++;
				this.#airUs += airtimeUs(psdu.length);
			},
			frameReceived: (timeUs, node, from) => {
				const isAttackers = this.#isAttacker(from);
				// What attackers hear themselves is nobody's verdict.
				if (this.#isAttacker(node)) verdicts.end();
				else verdicts.begin(timeUs, node, isAttackers);
				this.#taint.noteReceived(timeUs, node, isAttackers);
				if (isAttackers && !this.#isAttacker(node)) this.#blocks.noteAttack(timeUs, node);
			},
			frameRefused: (timeUs, node, _source, reason) => verdicts.refuse(timeUs, node, reason),
			fragmentRefused: (timeUs, node, _source, _tag, _offset, reason) =>
				verdicts.refuse(timeUs, node, reason),
			fragmentStored: (timeUs, node) => verdicts.accept(timeUs, node),
			contextOpened: (timeUs, node, source, tag, _size, bytesInUse) =>
				occupancy.opened(timeUs, node, String(source), tag, bytesInUse, verdicts.isAttackers(timeUs, node)),
			contextClosed: (timeUs, node, source, tag, _outcome, bytesInUse) =>
				occupancy.closed(timeUs, node, String(source), tag, bytesInUse),
			datagramSent: (timeUs, _node, ident, digest) => deliveries.noteSent(timeUs, ident, digest),
			datagramForwarded: (timeUs, node, ident) => {
				verdicts.accept(timeUs, node);
				this.#taint.noteForwarded(timeUs, node, ident);
			},
			datagramDelivered: (timeUs, node, ident, digest, bytes) => {
				verdicts.accept(timeUs, node);
				const isByAttacker = this.#taint.touches(timeUs, node, ident);
				deliveries.noteDelivered(timeUs, ident, digest, bytes, isByAttacker);
			},
			nodeEnergy: (_timeUs, node, txUj, rxUj, listenUj) => {
				this.#energy[node] = { txUj, rxUj, listenUj };
			},
			runEnded: (timeUs) => {
				this.#endUs = timeUs;
				verdicts.end();
				occupancy.finish(timeUs);
			},
		});
		this.sink = this.#elections === undefined ? sink : tee(SIM_EVENTS, [sink, this.#elections.sink]);
	}

	/** The sums; complete after the run has ended. */
	summary(): LabSummary {
		const { altered, foreign, replayed, repeated, payloadBytes, latencyUs } = this.#deliveries;
		const victims = [...this.#victims].sort((a, b) => a - b);
		const honest = this.#nodes((role) => role === "node" || role === "sink");
		const others = honest.filter((node) => !this.#victims.has(node));
		const seconds = this.#endUs / 1e6;
		const quantile = (q: number): number => latencyUs.quantile(q) / 1000;
		const { refusedAttackers, refusedHonest } = this.#verdicts;
		return {
			attackers: this.#nodes((role) => role === "attacker").length,
			kinds: [...this.#kinds],
			victims,
			control: this.#isControl,
			falseDelivered: { total: altered + foreign + replayed, altered, foreign, replayed },
			repeated,
			goodputBytesPerS: seconds === 0 ? 0 : payloadBytes / seconds,
			latencyMs: { p50: quantile(0.5), p90: quantile(0.9), p95: quantile(0.95), p99: quantile(0.99) },
			energyPerByte: {
				honest: this.#energyOf(this.#nodes((role) => role === "node")),
				sinks: this.#energyOf(this.#nodes((role) => role === "sink")),
				victims: this.#energyOf(victims),
			},
			occupancy: {
				victims: this.#occupancy.summary(victims, this.#endUs),
				others: this.#occupancy.summary(others, this.#endUs),
			},
			onAir: { frames: this.#frames, share: this.#endUs === 0 ? 0 : this.#airUs / this.#endUs },
			refused: { attackers: { ...refusedAttackers }, honest: { ...refusedHonest } },
			verdicts: this.#verdicts.summary(),
			blocks: this.#blocks.summary(),
			...(this.#elections === undefined ? {} : { elections: this.#elections.summary() }),
		};
	}

	#isAttacker(radio: number): boolean {
		return this.#roles[radio] === "attacker";
	}

	#nodes(wanted: (role: string) => boolean): number[] {
		return [...this.#roles.keys()].filter((node) => wanted(this.#roles[node]!));
	}

	#energyOf(nodes: readonly number[]): EnergyPerByte | null {
		const bytes = this.#deliveries.payloadBytes;
		if (bytes === 0) return null;
		const sum = { txUj: 0, rxUj: 0, listenUj: 0 };
		for (const node of nodes) {
			const used = this.#energy[node];
			if (used === undefined) continue;
			sum.txUj += used.txUj;
			sum.rxUj += used.rxUj;
			sum.listenUj += used.listenUj;
		}
		return { txUj: sum.txUj / bytes, rxUj: sum.rxUj / bytes, listenUj: sum.listenUj / bytes };
	}
}
