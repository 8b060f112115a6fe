import { completeSink } from "../../firmware/events.js";
import { SIM_EVENTS, type SimSink } from "../events.js";
import { Histogram } from "./histogram.js";
import { OrderedTable } from "./ordered-table.js";
import { Taint } from "./taint.js";

/** Counts by name. */
export type Counts = Record<string, number>;

/** What a run comes to, from its events alone. Times in milliseconds, energy in millijoules. */
export interface Summary {
	nodes: number;
	simulatedS: number;
	events: number;
	/** `data`: on the air for applications; `control`: for the nodes' own protocols (beacons, discovery). */
	frames: {
		data: number;
		control: number;
		acks: number;
		received: number;
		collided: number;
		macDropped: number;
		lost: Counts;
		refused: Counts;
	};
	/**
	 * `altered`: delivered with other content than was sent; `duplicates`: delivered again; `foreign`:
	 * delivered though no node of the network sent them.
	 */
	datagrams: {
		sent: number;
		delivered: number;
		lost: Counts;
		altered: number;
		duplicates: number;
		foreign: number;
	};
	deliveryRatio: number;
	latencyMs: { mean: number; p50: number; p95: number; max: number };
	hops: { mean: number; max: number };
	reassembly: {
		opened: number;
		completed: number;
		timedOut: number;
		refused: Counts;
		closed: Counts;
		peakBytes: number;
		open: number;
	};
	readings: number;
	echoReplies: number;
	died: number;
	energyMj: {
		total: number;
		meanPerNode: number;
		tx: number;
		rx: number;
		listen: number;
		sleep: number;
		cpu: number;
	};
}

/** Columns of a datagram that was sent, and of one that was delivered: its content, and when it was sent. */
const DIGEST = 0;
const SENT_US = 1;

/** Type bits of the first octet of a frame, and the value for acknowledgements. */
const TYPE_BITS = 7;
const ACK = 2;

/** Neither delivered nor given up when the run ended. */
const IN_FLIGHT = "in-flight";

/** Arrived with other content alone. */
const ALTERED = "altered";

/** Brought by an attacker alone. */
const REPLAYED = "replayed";

/** Twice the longest time-out that RFC 4944 allows, for a hop that waits for the next one. */
const GIVEN_UP_US = 120_000_000;

/** Delivered datagrams whose repetition is recognised. */
const REMEMBERED = 8192;

function count(counts: Counts, name: string): void {
	counts[name] = (counts[name] ?? 0) + 1;
}

/** Listens to the events of one run and sums them up, in memory that does not grow with its length. */
export class Metrics {
	readonly sink: SimSink;
	/** Datagrams that were sent and not delivered yet. */
	readonly #pending = new OrderedTable(2);
	/** Why a node gave up the one of this row; it may yet arrive, when only the acknowledgements were lost. */
	readonly #reasons: string[] = [];
	/** Datagrams that nobody waits for any more, by reason. */
	readonly #lost: Counts = {};
	/** Content of what was delivered, by datagram. */
	readonly #delivered = new OrderedTable(1);
	/** What attackers hear is no reception of the network's. */
	#firstAttacker = Number.POSITIVE_INFINITY;
	readonly #taint = new Taint();
	readonly #latencyUs = new Histogram();
	readonly #hops = new Histogram();
	readonly #summary: Summary = emptySummary();

	constructor() {
		const s = this.#summary;
		this.sink = completeSink(SIM_EVENTS, {
			runStarted: (_timeUs, _scenario, _seed, _fidelity, nodes) => {
				s.nodes = nodes;
			},
			nodePlaced: (_timeUs, node, _x, _y, role) => {
				if (role === "attacker") this.#firstAttacker = Math.min(this.#firstAttacker, node);
			},
			runEnded: (timeUs, events) => {
				s.simulatedS = timeUs / 1e6;
				s.events = events;
			},
			frameOnAir: (_timeUs, _node, _channel, _rssiDbm, psdu) => {
				if ((psdu[0]! & TYPE_BITS) === ACK) s.frames.acks++;
				else s.frames.data++;
			},
			controlSent: (_timeUs, _node, _kind, transmissions) => {
				s.frames.control += transmissions;
				s.frames.data -= transmissions;
			},
			frameReceived: (timeUs, node, from) => {
				if (node < this.#firstAttacker) s.frames.received++;
				this.#taint.noteReceived(timeUs, node, from >= this.#firstAttacker);
			},
			datagramForwarded: (timeUs, node, ident) => this.#taint.noteForwarded(timeUs, node, ident),
			frameLost: (_timeUs, _node, _from, cause) => {
				if (cause === "collision") s.frames.collided++;
				count(s.frames.lost, cause);
			},
			frameRefused: (_timeUs, _node, _source, reason) => count(s.frames.refused, reason),
			macDropped: () => {
				s.frames.macDropped++;
			},
			datagramSent: (timeUs, _node, ident, digest) => this.#noteSent(timeUs, ident, digest),
			datagramDelivered: (timeUs, node, ident, digest, _bytes, hops) =>
				this.#noteDelivered(timeUs, node, ident, digest, hops),
			datagramDropped: (_timeUs, _node, ident, reason) => this.#noteDropped(ident, reason),
			contextOpened: (_timeUs, _node, _source, _tag, _size, bytesInUse) => {
				s.reassembly.opened++;
				s.reassembly.open++;
				if (bytesInUse > s.reassembly.peakBytes) s.reassembly.peakBytes = bytesInUse;
			},
			contextClosed: (_timeUs, _node, _source, _tag, outcome) => {
				s.reassembly.open--;
				if (outcome === "completed") s.reassembly.completed++;
				else if (outcome === "reassembly-timed-out") s.reassembly.timedOut++;
				else count(s.reassembly.closed, outcome);
			},
			nodeMemory: (_timeUs, _node, peakBytes) => {
				// Contexts that grow by slots were never larger when one opened.
				if (peakBytes > s.reassembly.peakBytes) s.reassembly.peakBytes = peakBytes;
			},
			fragmentRefused: (_timeUs, _node, _source, _tag, _offset, reason) =>
				count(s.reassembly.refused, reason),
			readingCollected: () => {
				s.readings++;
			},
			echoReplied: () => {
				s.echoReplies++;
			},
			nodeDied: () => {
				s.died++;
			},
			nodeEnergy: (_timeUs, _node, txUj, rxUj, listenUj, sleepUj, cpuUj) => {
				const e = s.energyMj;
				e.tx += txUj / 1000;
				e.rx += rxUj / 1000;
				e.listen += listenUj / 1000;
				e.sleep += sleepUj / 1000;
				e.cpu += cpuUj / 1000;
			},
		});
	}

	/** The sums so far; complete after the run has ended. */
	summary(): Summary {
		const s = this.#summary;
		s.datagrams.lost = { ...this.#lost };
		for (let row = this.#pending.oldest; row >= 0; row = this.#pending.after(row))
			count(s.datagrams.lost, this.#reasons[row]!);
		s.deliveryRatio = s.datagrams.sent === 0 ? 0 : s.datagrams.delivered / s.datagrams.sent;
		const latency = this.#latencyUs;
		s.latencyMs = {
			mean: latency.mean / 1000,
			p50: latency.quantile(0.5) / 1000,
			p95: latency.quantile(0.95) / 1000,
			max: latency.max / 1000,
		};
		s.hops = { mean: this.#hops.mean, max: this.#hops.max };
		const e = s.energyMj;
		e.total = e.tx + e.rx + e.listen + e.sleep + e.cpu;
		e.meanPerNode = s.nodes === 0 ? 0 : e.total / s.nodes;
		return s;
	}

	#noteSent(timeUs: number, ident: number, digest: number): void {
		this.#summary.datagrams.sent++;
		this.#settleOld(timeUs);
		const pending = this.#pending;
		// A twin takes its place at the end: the table stays in order of sending.
		const twin = pending.find(ident);
		if (twin >= 0) this.#lose(twin);
		const row = pending.add(ident);
		pending.set(row, SENT_US, timeUs);
		pending.set(row, DIGEST, digest);
		this.#reasons[row] = IN_FLIGHT;
	}

	/** Counts as lost what was sent so long ago that no retransmission can bring it any more. */
	#settleOld(nowUs: number): void {
		const pending = this.#pending;
		for (let row = pending.oldest; row >= 0; row = pending.oldest) {
			if (nowUs - pending.get(row, SENT_US) < GIVEN_UP_US) return;
			this.#lose(row);
		}
	}

	#lose(row: number): void {
		count(this.#lost, this.#reasons[row]!);
		this.#pending.remove(row);
	}

	#noteDropped(ident: number, reason: string): void {
		const row = this.#pending.find(ident);
		// The time-out at a receiver only follows from what its sender has told already.
		if (row < 0 || (this.#reasons[row] !== IN_FLIGHT && reason === "reassembly-timed-out")) return;
		this.#reasons[row] = reason;
	}

	#noteDelivered(timeUs: number, node: number, ident: number, digest: number, hops: number): void {
		const { datagrams } = this.#summary;
		const pending = this.#pending;
		const row = pending.find(ident);
		if (row < 0) {
			const before = this.#delivered.find(ident);
			if (before < 0) datagrams.foreign++;
			else if (this.#delivered.get(before, DIGEST) === digest) datagrams.duplicates++;
			else datagrams.altered++;
			return;
		}
		if (pending.get(row, DIGEST) !== digest) {
			datagrams.altered++;
			this.#reasons[row] = ALTERED;
			return;
		}
		if (this.#taint.touches(timeUs, node, ident)) {
			// What an attacker brings is not delivered, be it as it was sent: it may yet come by itself.
			this.#reasons[row] = REPLAYED;
			return;
		}
		datagrams.delivered++;
		this.#latencyUs.add(timeUs - pending.get(row, SENT_US));
		this.#hops.add(hops);
		pending.remove(row);
		this.#remember(ident, digest);
	}

	#remember(ident: number, digest: number): void {
		const delivered = this.#delivered;
		const known = delivered.find(ident);
		delivered.set(known < 0 ? delivered.add(ident) : known, DIGEST, digest);
		delivered.trim(REMEMBERED);
	}
}

function emptySummary(): Summary {
	return {
		nodes: 0,
		simulatedS: 0,
		events: 0,
		frames: { data: 0, control: 0, acks: 0, received: 0, collided: 0, macDropped: 0, lost: {}, refused: {} },
		datagrams: { sent: 0, delivered: 0, lost: {}, altered: 0, duplicates: 0, foreign: 0 },
		deliveryRatio: 0,
		latencyMs: { mean: 0, p50: 0, p95: 0, max: 0 },
		hops: { mean: 0, max: 0 },
		reassembly: { opened: 0, completed: 0, timedOut: 0, refused: {}, closed: {}, peakBytes: 0, open: 0 },
		readings: 0,
		echoReplies: 0,
		died: 0,
		energyMj: { total: 0, meanPerNode: 0, tx: 0, rx: 0, listen: 0, sleep: 0, cpu: 0 },
	};
}
