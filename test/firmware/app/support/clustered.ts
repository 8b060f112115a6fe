import { ClusterCollector } from "../../../../firmware/app/collecting-clusters.js";
import { ReadingService } from "../../../../firmware/app/reading-service.js";
import { NodeReadings } from "../../../../firmware/app/readings-host.js";
import { encodeSenmlRecords } from "../../../../firmware/frames/senml.js";
import type { Node } from "../../../../firmware/node.js";
import { ServiceTrust } from "../../../../firmware/trust/service.js";
import { type NodeSettings, TestNetwork } from "../../support/network.js";
import { far } from "../../support/packets.js";

/** What a slot lasts in these tests, and a phase of receipts. */
export const SLOT_US = 10_000;
export const RECEIPTS_US = 120_000;

/** A node that is no sink, with what keeps its readings. */
export class Member {
	readonly node: Node;
	readonly service: ReadingService;
	readonly trust: ServiceTrust;
	/** What every neighbour claims of its way, in 1/255. */
	claim = 242;

	constructor(network: TestNetwork, bufferedReadings: number, settings: NodeSettings = {}) {
		this.node = network.add(settings);
		const { ports, id } = this.node;
		this.trust = new ServiceTrust({
			node: id,
			clock: ports.clock,
			store: ports.store,
			sink: ports.sink,
			fragments: {},
		});
		this.service = new ReadingService({
			host: new NodeReadings(this.node, far(1)),
			bufferedReadings,
			judge: this.trust,
			completionOf: () => this.claim,
		});
	}

	/** Samples `value` now. */
	accept(value: number): void {
		const bytes = new Uint8Array(100);
		const length = encodeSenmlRecords([{ name: "temp", unit: "Cel", value }], bytes, 0);
		this.service.accept(bytes, length, 1, this.node.ports.clock.nowUs());
	}
}

/** A sink and some others, all awake, whose slots, forwarding and receipts the test calls. */
export class ClusteredNetwork {
	readonly network = new TestNetwork();
	readonly sink: ClusterCollector;
	readonly members: Member[] = [];
	#term = 0;

	constructor(members: number, bufferedReadings = 32, settings: (node: number) => NodeSettings = () => ({})) {
		this.sink = new ClusterCollector(new NodeReadings(this.network.add(settings(0)), far(1)));
		for (let i = 1; i <= members; i++) {
			this.members.push(new Member(this.network, bufferedReadings, settings(i)));
		}
	}

	/** The slot of member `i` (from 0), whose head is member `head`, or the sink. */
	slot(i: number, head: number | "sink"): void {
		const { clock, nodes } = this.network;
		const address = head === "sink" ? nodes[0]!.address : this.members[head]!.node.address;
		this.members[i]!.service.onSlot(address, clock.nowUs() + SLOT_US);
		clock.advanceBy(SLOT_US);
	}

	forward(i: number): void {
		const { clock } = this.network;
		this.members[i]!.service.onForward(clock.nowUs() + 800_000);
		clock.advanceBy(800_000);
	}

	/** A term begins with receipts, which `hears` all, or the members it names. */
	receipts(hears: (member: number) => boolean = () => true): Uint8Array[] {
		const { clock } = this.network;
		this.#term++;
		this.sink.onTerm();
		for (const { service } of this.members) service.onTerm(this.#term);
		const untilUs = clock.nowUs() + RECEIPTS_US;
		const sent: Uint8Array[] = [];
		for (let sequence = 0; ; sequence++) {
			const bytes = new Uint8Array(127);
			const end = this.sink.writeReceipt(sequence, bytes, 0, untilUs);
			if (end === 0) break;
			sent.push(bytes.slice(0, end));
			this.members.forEach(({ service }, i) => {
				if (hears(i)) service.onReceipt(bytes, 1, end);
			});
			clock.advanceBy(5_000);
		}
		clock.advanceTo(untilUs);
		return sent;
	}
}
