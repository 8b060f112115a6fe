import { LinkAddress } from "../../../../firmware/address.js";
import type { ClusterClient, TrustGate } from "../../../../firmware/cluster/client.js";
import type { ClusterConfig } from "../../../../firmware/cluster/config.js";
import {
	type Election,
	type ElectionFactory,
	FOLLOW,
	type Situation,
} from "../../../../firmware/cluster/election.js";
import { completeSink } from "../../../../firmware/events.js";
import { predictiveCsm } from "../../../../firmware/fragments/predictive-variants.js";
import { linkLocalOf } from "../../../../firmware/net/addresses.js";
import { Node, type NodeConfig, type NodeProfile } from "../../../../firmware/node.js";
import type { Clock } from "../../../../firmware/ports.js";
import { Workspace } from "../../../../firmware/workspace.js";
import { hostCipher, hostDigest } from "../../../../host-tools/crypto.js";
import { SimulatedRadio } from "../../../../sim/channel/radio.js";
import { Transceivers } from "../../../../sim/channel/transceivers.js";
import { SIM_EVENTS } from "../../../../sim/events.js";
import { EventQueue } from "../../../../sim/kernel/queue.js";
import { RowHeap } from "../../../../sim/kernel/row-heap.js";
import { MemoryStore, SimulatedPorts } from "../../../../sim/network.js";
import { AIR, bothWays, type Edge, graphOf } from "../../../sim/support/radio-bench.js";
import { EUI_HIGH, PROFILE } from "../../support/network.js";
import { Recorder } from "../../support/recorder.js";

export const PORT = 0xf0b3;

/** Leads when `leads` says so of a node, at an instant of its own; uncovered ones lead at once where `covers` is set. */
export function electionOf(
	leads: (node: number, situation: Situation) => boolean,
	changes: Partial<ElectionFactory> & { readonly uncovered?: Election["uncovered"] } = {},
): ElectionFactory {
	const { uncovered, ...factory } = changes;
	return {
		name: "chosen",
		options: {},
		reach: "all",
		roundsPerElection: 3,
		create: (_options, { node, random }) => ({
			begin: (situation) => (leads(node, situation) ? random.below(1 << 16) : FOLLOW),
			decide: () => -2,
			...(uncovered === undefined ? {} : { uncovered }),
		}),
		...factory,
	};
}

export const CLUSTER: ClusterConfig = {
	election: electionOf(() => false),
	electionOptions: {},
	roundUs: 5_000_000,
	roundsPerElection: 3,
	syncUs: 60_000,
	receiptUs: 60_000,
	electionUs: 80_000,
	joinUs: 200_000,
	slotUs: 10_000,
	slotsPerSection: 8,
	sections: 4,
	sinkSlots: 8,
	forwardUs: 300_000,
	driftPpm: 40,
	radiusRssiDbm: -80,
	bufferedReadings: 8,
};

/** A clock that runs faster or slower by `ppm`, from another origin. */
class OwnClock implements Clock {
	readonly #true: Clock;
	readonly #ppm: number;
	readonly #originUs: number;

	constructor(clock: Clock, ppm: number, originUs: number) {
		this.#true = clock;
		this.#ppm = ppm;
		this.#originUs = originUs;
	}

	own(trueUs: number): number {
		return this.#originUs + Math.floor(trueUs * (1 + this.#ppm / 1e6));
	}

	true(ownUs: number): number {
		return Math.ceil((ownUs - this.#originUs) / (1 + this.#ppm / 1e6));
	}

	nowUs(): number {
		return this.own(this.#true.nowUs());
	}

	at(timeUs: number, callback: () => void): number {
		return this.#true.at(this.true(timeUs), callback);
	}

	cancel(timer: number): void {
		this.#true.cancel(timer);
	}
}

/** What the client of one node was told, and did. */
export interface Told {
	readonly slots: { readonly head: string; readonly untilUs: number; readonly timeUs: number }[];
	readonly forwards: number[];
	readonly terms: number[];
	readonly receipts: number[];
}

export interface FieldOptions {
	readonly cluster?: Partial<ClusterConfig>;
	readonly config?: Partial<NodeConfig>;
	readonly profile?: Partial<NodeProfile>;
	/** Drift of each node's clock in ppm. */
	readonly ppm?: (node: number) => number;
	readonly charge?: (node: number) => number;
	readonly client?: (field: Field, node: number) => Partial<ClusterClient>;
	readonly gate?: (field: Field, node: number) => TrustGate | undefined;
	readonly seed?: number;
	/** Nodes that start later: not with the field. */
	readonly late?: readonly number[];
}

/** Clustered nodes on simulated radios; node 0 is the sink, node i has the short address i + 1. */
export class Field {
	readonly queue = new EventQueue();
	readonly rows = new RowHeap(0);
	readonly workspace = new Workspace(2048, this.rows);
	readonly pool = this.workspace.pool;
	readonly recorder = new Recorder();
	readonly air: { timeUs: number; node: number; psdu: Uint8Array }[] = [];
	readonly lost: { timeUs: number; to: number; from: number; cause: string }[] = [];
	readonly transceivers: Transceivers;
	readonly nodes: Node[] = [];
	readonly told: Told[] = [];
	readonly received: { readonly node: number; readonly from: string; readonly timeUs: number }[] = [];
	readonly #options: FieldOptions;
	readonly #ports: SimulatedPorts[] = [];
	readonly clocks: OwnClock[] = [];

	constructor(count: number, edges: readonly Edge[], options: FieldOptions = {}) {
		this.#options = options;
		const sink = completeSink(SIM_EVENTS, {
			frameOnAir: (timeUs, node, _channel, _dbm, psdu) => this.air.push({ timeUs, node, psdu: psdu.slice() }),
			frameLost: (timeUs, to, from, cause) => this.lost.push({ timeUs, to, from, cause }),
		});
		const seed = options.seed ?? 1;
		this.transceivers = new Transceivers(graphOf(count, bothWays(edges)), this.queue, sink, AIR, seed);
		for (let id = 0; id < count; id++) {
			const clock = new OwnClock(this.queue, options.ppm?.(id) ?? 0, id * 1_000_003);
			this.clocks.push(clock);
			const radio = new SimulatedRadio(this.transceivers, id);
			const ports = new SimulatedPorts(
				{
					clock,
					sink: this.recorder.sink,
					cipher: hostCipher,
					digest: hostDigest,
					seed,
					trueClock: this.queue,
				},
				id,
				ownRadio(radio, clock),
				{ level: () => options.charge?.(id) ?? 255 },
			);
			this.#ports.push(ports);
			this.nodes.push(this.#make(id));
			if (options.late?.includes(id) !== true) this.nodes[id]!.start();
		}
	}

	#make(id: number): Node {
		const { config, cluster, profile } = this.#options;
		const node = new Node(
			{
				profile: {
					...PROFILE,
					neighbours: 32,
					chaining: { tokenBytes: 8, keyedTokenBytes: 4, helloPeriodUs: 30_000_000 },
					...profile,
				},
				id,
				shortAddress: id + 1,
				extendedHigh: EUI_HIGH,
				extendedLow: id + 1,
				isSink: id === 0,
				routing: { kind: "static", routes: [] },
				policy: predictiveCsm.create({}),
				protection: undefined,
				linkKeyOf: undefined,
				cluster: { ...CLUSTER, ...cluster },
				...config,
			},
			this.#ports[id]!,
			this.workspace,
		);
		const told: Told = { slots: [], forwards: [], terms: [], receipts: [] };
		this.told[id] = told;
		const client = this.#options.client?.(this, id);
		node.cluster!.attach(
			{
				onSlot: (head, untilUs) => {
					told.slots.push({ head: head.toString(), untilUs, timeUs: this.queue.nowUs() });
					client?.onSlot?.(head, untilUs);
				},
				onForward: (untilUs) => {
					told.forwards.push(this.queue.nowUs());
					client?.onForward?.(untilUs);
				},
				onTerm: (round) => {
					told.terms.push(round);
					client?.onTerm?.(round);
				},
				writeReceipt: (sequence, bytes, offset, untilUs) =>
					client?.writeReceipt?.(sequence, bytes, offset, untilUs) ?? offset,
				onReceipt: (bytes, offset, end) => {
					told.receipts.push(this.queue.nowUs());
					return client?.onReceipt?.(bytes, offset, end) ?? false;
				},
			},
			this.#options.gate?.(this, id),
		);
		node.network.bind(PORT, (packet) => {
			const from = new LinkAddress().setInterfaceId(packet, 16);
			this.received.push({ node: id, from: from.toString(), timeUs: this.queue.nowUs() });
		});
		return node;
	}

	/** A node loses its power. */
	kill(id: number): void {
		this.nodes[id]!.stop();
		this.transceivers.kill(id);
	}

	/** It has power again, and what it had stored. */
	revive(id: number): void {
		this.transceivers.powerOn(id);
		this.#ports[id]!.reboot();
		this.nodes[id] = this.#make(id);
		this.nodes[id]!.start();
	}

	/** Sends a datagram of `bytes` octets to a neighbour, or to the sink by its routable address. */
	send(from: number, to: LinkAddress | "sink", bytes = 40): void {
		const destination = to === "sink" ? this.nodes[0]!.global! : linkLocalOf(to);
		this.nodes[from]!.network.sendUdp(destination, PORT, PORT, new Uint8Array(bytes), bytes);
	}

	/** Runs for a time in seconds. */
	run(seconds: number): void {
		this.queue.run(this.queue.nowUs() + Math.round(seconds * 1e6));
	}

	/** The role that each node took last. */
	roles(): string[] {
		return this.nodes.map((_, id) => {
			const last = this.recorder.of("roleTaken", id).at(-1);
			return last === undefined ? "none" : `${last["role"]} ${last["head"]}`.trim();
		});
	}

	/** Share of the time that a receiver was on so far. */
	awake(id: number): number {
		const { states } = this.transceivers;
		states.book(id, this.queue.nowUs());
		return states.onUs(id) / this.queue.nowUs();
	}

	/** What is still held when everything has timed out. */
	leaks(): string[] {
		this.run(70);
		const leaks: string[] = [];
		for (const { id, reassembler, outbox } of this.nodes) {
			if (reassembler.contexts.length > 0) leaks.push(`node ${id} keeps contexts`);
			if (outbox.length > 0) leaks.push(`node ${id} keeps ${outbox.length} packets`);
		}
		const { records } = this.workspace.network;
		if (records.lent !== 0) leaks.push(`${records.lent} records are not given back`);
		if (this.pool.lent !== 0) leaks.push(`${this.pool.lent} buffers are not given back`);
		return leaks;
	}
}

function ownRadio(radio: SimulatedRadio, clock: OwnClock): SimulatedRadio {
	const own = Object.create(radio) as SimulatedRadio;
	own.configure = (config) => radio.configure(config);
	own.receive = (on) => radio.receive(on);
	own.receiveAt = (timeUs, durationUs) => radio.receiveAt(clock.true(timeUs), durationUs);
	own.transmit = (psdu, options, waiter) =>
		radio.transmit(psdu, { cca: options.cca, atUs: clock.true(options.atUs) }, waiter);
	own.onReceive = (receiver) =>
		radio.onReceive({
			frameReceived: (psdu, rssi, lqi, sfdUs) => receiver.frameReceived(psdu, rssi, lqi, clock.own(sfdUs)),
		});
	return own;
}

/** All nodes hear each other equally well. */
export function mesh(count: number, dbm = -60): Edge[] {
	const edges: Edge[] = [];
	for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) edges.push([a, b, dbm]);
	return edges;
}

export { MemoryStore };
