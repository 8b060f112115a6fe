import type { NodeEvents } from "../../../firmware/events.js";
import { rfc4944 } from "../../../firmware/fragments/rfc4944.js";
import { ContextTable } from "../../../firmware/frames/context-table.js";
import { CSMA_DEFAULTS } from "../../../firmware/mac/csma.js";
import { Node, type NodeConfig, type NodeProfile } from "../../../firmware/node.js";
import type { Sensor } from "../../../firmware/ports.js";
import { Workspace } from "../../../firmware/workspace.js";
import { hostCipher, hostDigest } from "../../../host-tools/crypto.js";
import { RowHeap } from "../../../sim/kernel/row-heap.js";
import { HandClock } from "./hand-clock.js";
import { SeededRandom } from "./random.js";
import { Recorder } from "./recorder.js";
import { Wire } from "./wire.js";

export const PAN = 0xabcd;
export const EUI_HIGH = 0x02000000;
/** 2001:db8::/64 */
export const PREFIX = Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0);
/** Context 0 is the prefix, as in the scenarios that ship. */
export const CONTEXTS = new ContextTable().set(0, PREFIX, 64);

/** What the nodes of a test have in common unless it says otherwise. */
export const PROFILE: NodeProfile = {
	channel: 26,
	panId: PAN,
	txPowerDbm: 0,
	prefix: PREFIX,
	contexts: CONTEXTS,
	resolvesAddresses: false,
	csma: CSMA_DEFAULTS,
	neighbours: 16,
	queueLength: 8,
	hopLimit: 64,
	elideUdpChecksum: false,
	maxPacketBytes: 1280,
	budgetBytes: 4 * 1280,
	chaining: undefined,
};

export interface NodeSettings extends Omit<Partial<NodeConfig>, "profile"> {
	readonly profile?: Partial<NodeProfile>;
	readonly sensors?: readonly Sensor[];
	/** Taken in place of the network's recorder. */
	readonly sink?: NodeEvents;
	/** What its store holds: give those of a node that was stopped to the one that takes its place. */
	readonly blobs?: Map<string, Uint8Array>;
}

/** Nodes on a {@link Wire}. Node i has the short address i + 1; node 0 is the sink. */
export class TestNetwork {
	readonly clock = new HandClock();
	readonly wire = new Wire(this.clock);
	readonly rows = new RowHeap(0);
	readonly workspace = new Workspace(2048, this.rows);
	readonly pool = this.workspace.pool;
	readonly recorder = new Recorder();
	readonly nodes: Node[] = [];

	/** `count` nodes with the same settings, started. */
	static of(count: number, settings: NodeSettings = {}): TestNetwork {
		const network = new TestNetwork();
		for (let i = 0; i < count; i++) network.add(settings);
		return network;
	}

	/** Adds one node and starts it; with the `id` of another it is that one after a power cycle. */
	add(settings: NodeSettings = {}): Node {
		const id = this.nodes.length;
		const { sensors = [], sink = this.recorder.sink, blobs = new Map(), profile, ...config } = settings;
		const node = new Node(
			{
				profile: { ...PROFILE, ...profile },
				id,
				shortAddress: id + 1,
				extendedHigh: EUI_HIGH,
				extendedLow: id + 1,
				isSink: id === 0,
				routing: { kind: "static", routes: [] },
				policy: rfc4944.create({}),
				protection: undefined,
				linkKeyOf: undefined,
				...config,
			},
			{
				radio: this.wire.radio(),
				clock: this.clock,
				sink,
				store: {
					get: (name) => blobs.get(name),
					set: (name, value) => {
						if (value === undefined) blobs.delete(name);
						else blobs.set(name, value.slice());
						return true;
					},
				},
				cipher: hostCipher,
				digest: hostDigest,
				sensors,
				battery: { level: () => 255 },
				random: (purpose) => new SeededRandom(id * 1000 + purpose.length),
			},
			this.workspace,
		);
		this.nodes.push(node);
		node.start();
		return node;
	}

	/** Waits until every time-out is over, and returns what is still held: nothing, unless there is a leak. */
	leaks(waitUs = 61_000_000): string[] {
		this.clock.advanceBy(waitUs);
		const leaks: string[] = [];
		for (const { id, reassembler, outbox } of this.nodes) {
			const { contexts, bytesInUse } = reassembler;
			if (contexts.length > 0) leaks.push(`node ${id} keeps ${contexts.length} contexts`);
			if (bytesInUse !== 0) leaks.push(`node ${id} is charged ${bytesInUse} octets`);
			if (outbox.length > 0) leaks.push(`node ${id} keeps ${outbox.length} packets`);
		}
		const { records } = this.workspace.network;
		if (records.lent !== 0) leaks.push(`${records.lent} records are not given back`);
		const { lent } = this.workspace.fragments;
		if (lent !== 0) leaks.push(`${lent} parts of the adaptation layer are not given back`);
		if (this.pool.lent !== 0) leaks.push(`${this.pool.lent} buffers are not given back`);
		if (this.workspace.link.lent !== 0) leaks.push(`${this.workspace.link.lent} frames are not given back`);
		return leaks;
	}
}
