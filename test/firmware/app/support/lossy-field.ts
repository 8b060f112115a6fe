import { LinkAddress } from "../../../../firmware/address.js";
import { ClusterCollector } from "../../../../firmware/app/collecting-clusters.js";
import { ReadingService } from "../../../../firmware/app/reading-service.js";
import type { ReadingsHost } from "../../../../firmware/app/readings-host.js";
import { putI32be } from "../../../../firmware/bytes.js";
import type { KeyOf } from "../../../../firmware/mac/link-keys.js";
import { LinkKeyring } from "../../../../firmware/mac/link-keys.js";
import type { OutboxDrop } from "../../../../firmware/net/outbox.js";
import type { Store } from "../../../../firmware/ports.js";
import { hostCipher } from "../../../../host-tools/crypto.js";
import { HandClock } from "../../support/hand-clock.js";
import { Recorder } from "../../support/recorder.js";

export const SINK = LinkAddress.short(1);
const ROUND_US = 20_000_000;

/** How one datagram ends: whether it is received, and whether its sender thinks so. */
export type Fate = "arrives" | "unacknowledged" | "lost" | "swallowed" | "waits" | "repeated";
export const FATES: readonly Fate[] = ["arrives", "unacknowledged", "lost", "swallowed", "waits", "repeated"];

type Handler = Parameters<ReadingsHost["onReadings"]>[0];

interface Packet {
	readonly to: number;
	readonly via: LinkAddress;
	readonly bytes: Uint8Array;
}

/** One node, with what survives its power cycles. */
class Place {
	readonly address: LinkAddress;
	readonly blobs = new Map<string, Uint8Array>();
	handler: Handler = () => {};
	done: (ident: number, reason: OutboxDrop | undefined) => void = () => {};
	service: ReadingService | undefined;
	waiting: [ident: number, packet: Packet][] = [];
	/** Where its datagrams for the sink go first. */
	next = 0;

	constructor(i: number) {
		this.address = LinkAddress.short(i + 1);
	}

	get store(): Store {
		return {
			get: (name) => this.blobs.get(name),
			set: (name, value) => {
				if (value !== undefined) this.blobs.set(name, value.slice());
				return true;
			},
		};
	}
}

/** A sink (place 0) and nodes without radios: the test says how each datagram ends. */
export class LossyField {
	readonly clock = new HandClock();
	readonly recorder = new Recorder();
	readonly places: Place[];
	sink: ClusterCollector;
	/** Copies of datagrams, to be received again later. */
	readonly copies: Packet[] = [];
	/** Judgements: head, completion (-1 for arrived), whether proven. */
	readonly judgements: [head: string, completion: number, isProven: boolean][] = [];
	fate: () => Fate = () => "arrives";
	#via: LinkAddress = SINK;
	#ident = 0;
	#term = 0;
	readonly #keyOf: ((own: number) => KeyOf) | undefined;
	readonly #capacity: number;

	constructor(nodes: number, capacity: number, firstNumber = 0, keyOf?: (own: number) => KeyOf) {
		this.#keyOf = keyOf;
		this.#capacity = capacity;
		this.places = Array.from({ length: nodes + 1 }, (_, i) => new Place(i));
		this.sink = new ClusterCollector(this.#host(0));
		for (let i = 1; i <= nodes; i++) {
			const number = new Uint8Array(4);
			putI32be(number, 0, firstNumber);
			this.places[i]!.blobs.set("reading-number", number);
			this.start(i);
		}
	}

	start(i: number): void {
		this.places[i]!.service = new ReadingService({
			host: this.#host(i),
			bufferedReadings: this.#capacity,
			judge: {
				noteArrived: (head) => this.judgements.push([head.toString(), -1, true]),
				noteMissing: (head, completion, isProven) =>
					this.judgements.push([head.toString(), completion, isProven]),
			},
			completionOf: () => 242,
		});
	}

	/** A node loses its power, and is back at once. */
	reboot(i: number): void {
		this.places[i]!.service!.stop();
		this.places[i]!.waiting = [];
		this.start(i);
	}

	/** The sink loses its power, and is back at once. */
	restartSink(): void {
		this.sink = new ClusterCollector(this.#host(0));
	}

	accept(i: number): void {
		// [{n: "t", v: 5}]
		const body = Uint8Array.of(0xa2, 0x00, 0x61, 0x74, 0x02, 0x05);
		this.places[i]!.service!.accept(body, body.length, 1, this.clock.nowUs());
	}

	slot(i: number, head: number): void {
		this.places[i]!.service!.onSlot(this.places[head]!.address, this.clock.nowUs() + 10_000);
		this.clock.advanceBy(10_000);
	}

	forward(i: number): void {
		this.places[i]!.service!.onForward(this.clock.nowUs() + 800_000);
		this.clock.advanceBy(800_000);
	}

	/** A term begins; whom `hears` names hears a receipt, of all that the sink says. */
	receipts(hears: (node: number) => boolean): Uint8Array[] {
		return this.receiptsWithin(120_000, hears);
	}

	/** The same in a phase that lasts `phaseUs`. */
	receiptsWithin(phaseUs: number, hears: (node: number) => boolean = () => true): Uint8Array[] {
		this.beginTerm();
		const untilUs = this.clock.nowUs() + phaseUs;
		const said: Uint8Array[] = [];
		for (;;) {
			const bytes = new Uint8Array(127);
			const end = this.sink.writeReceipt(0, bytes, 0, untilUs);
			if (end === 0) break;
			said.push(bytes.slice(0, end));
			for (let i = 1; i < this.places.length; i++) {
				if (hears(i)) this.places[i]!.service!.onReceipt(bytes, 1, end);
			}
			this.clock.advanceBy(4_500);
		}
		this.clock.advanceTo(untilUs);
		return said;
	}

	/** A term begins, silently. */
	beginTerm(): void {
		this.clock.advanceBy(ROUND_US);
		this.#term++;
		this.sink.onTerm();
		for (const { service } of this.places) service?.onTerm(this.#term);
	}

	/** What was on the air for long is received, and acknowledged. */
	landWaiting(): void {
		for (const place of this.places) {
			for (const [ident, packet] of place.waiting.splice(0)) {
				this.#receive(packet);
				place.done(ident, undefined);
			}
		}
	}

	/** A copy of an earlier datagram comes (again, or late). */
	replay(k: number): void {
		const packet = this.copies[k];
		if (packet !== undefined) this.#receive(packet);
	}

	#host(i: number): ReadingsHost {
		const place = this.places[i]!;
		const { address, store } = place;
		return {
			node: i,
			clock: this.clock,
			store,
			sink: this.recorder.sink,
			address,
			sinkAddress: SINK,
			keys: this.#keyOf === undefined ? undefined : new LinkKeyring(hostCipher, store, this.#keyOf(i)),
			datagramRoom: 400,
			frameRoom: () => 110,
			broadcastRoom: 116,
			nextHop: () => this.places[place.next]!.address,
			sendToNeighbour: (neighbour, payload, length) => this.#send(i, neighbour.low - 1, payload, length),
			sendToSink: (payload, length) => this.#send(i, 0, payload, length),
			withdraw: (ident) => {
				// Every other one is on the air already.
				const i = place.waiting.findIndex(([waiting]) => waiting === ident && ident % 2 === 0);
				if (i < 0) return;
				place.waiting.splice(i, 1);
				place.done(ident, "withdrawn");
			},
			whenDone: (handler) => {
				place.done = handler;
			},
			onReadings: (handler) => {
				place.handler = handler;
			},
			via: () => this.#via,
		};
	}

	#send(from: number, to: number, payload: Uint8Array, length: number): number {
		const ident = ++this.#ident;
		const place = this.places[from]!;
		const packet = { to, via: place.address, bytes: payload.slice(0, length) };
		const fate = this.fate();
		this.copies.push(packet);
		if (fate === "waits") {
			place.waiting.push([ident, packet]);
			return ident;
		}
		if (fate === "arrives" || fate === "unacknowledged" || fate === "repeated") this.#receive(packet);
		if (fate === "repeated") this.#receive(packet);
		const isAcknowledged = fate !== "unacknowledged" && fate !== "lost";
		place.done(ident, isAcknowledged ? undefined : "mac-retries");
		return ident;
	}

	#receive({ to, via, bytes }: Packet): void {
		this.#via = via;
		this.places[to]!.handler(bytes, 0, bytes.length);
	}
}
