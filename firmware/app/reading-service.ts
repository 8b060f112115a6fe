import type { LinkAddress } from "../address.js";
import type { ClusterClient } from "../cluster/client.js";
import type { Timer } from "../ports.js";
import { type HeldPack, HeldPacks, packsThatFit } from "./aggregating.js";
import { type Dispatch, Dispatches } from "./dispatches.js";
import { type Pack, writePacks } from "./packs.js";
import { Reading, ReadingBuffer, ReadingState } from "./reading-buffer.js";
import type { ReadingsHost } from "./readings-host.js";
import { ReceiptReader, type ServiceJudge } from "./receipt-reader.js";

/** Time of a slot that is not the frame's own: back-off of the CSMA, turnaround, acknowledgement, guard, in µs. */
const SLOT_OVERHEAD_US = 3_500;
/** An octet at 250 kbit/s, and those of a frame around its UDP payload. */
const OCTET_US = 32;
const FRAME_OVERHEAD_BYTES = 30;
/** Octets of a pack besides its body at most: number, name, age. */
const PACK_HEADER_BYTES = 45;

export interface ReadingServiceOptions {
	readonly host: ReadingsHost;
	/** Readings that are kept at most, 1 or more. */
	readonly bufferedReadings: number;
	readonly judge: ServiceJudge;
	/** How likely a datagram reaches the sink over this neighbour, in 1/255, as it claims; -1 when it claims nothing. */
	completionOf(neighbour: LinkAddress): number;
}

/**
 * Readings at a node that is no sink: keeps its own until the sink has them, hands them to its head, and passes on those
 * of its members when it leads.
 */
export class ReadingService implements ClusterClient {
	readonly buffer: ReadingBuffer;
	readonly held: HeldPacks;
	readonly receipts: ReceiptReader;
	readonly #options: ReadingServiceOptions;
	readonly #payload: Uint8Array;
	readonly #dispatches: Dispatches<Reading | HeldPack>;
	#timer: Timer = 0;
	readonly #onWindowEnd = (): void => this.#dispatches.withdraw(this.#options.host);

	constructor(options: ReadingServiceOptions) {
		const { host, bufferedReadings, judge } = options;
		const { node, clock, store, sink, address, sinkAddress, keys, datagramRoom } = host;
		this.#options = options;
		this.#payload = new Uint8Array(datagramRoom);
		this.buffer = new ReadingBuffer({
			node,
			clock,
			store,
			sink,
			address,
			capacity: bufferedReadings,
			maxBodyBytes: this.maxBodyBytes,
		});
		this.held = new HeldPacks(address);
		this.receipts = new ReceiptReader({ clock, buffer: this.buffer, judge, address, sinkAddress, keys });
		this.#dispatches = new Dispatches(clock, (dispatch, reason) => this.end(dispatch, reason));
		host.whenDone((ident, reason) => this.#dispatches.note(ident, reason));
		host.onReadings((packet, offset, end) => this.held.take(packet, offset, end, clock.nowUs()));
	}

	/** Octets that the encoded records of one reading may have, so that a frame carries it. */
	get maxBodyBytes(): number {
		const { host } = this.#options;
		return host.frameRoom(host.sinkAddress) - PACK_HEADER_BYTES;
	}

	/** Takes a copy of encoded SenML records, `bytes[0..length)`, whose times count from `referenceUs`. */
	accept(bytes: Uint8Array, length: number, records: number, referenceUs: number): void {
		this.buffer.accept(bytes, length, records, referenceUs);
	}

	onSlot(head: LinkAddress, untilUs: number): void {
		this.prepare();
		const { host } = this.#options;
		const nowUs = host.clock.nowUs();
		const inTime = Math.floor((untilUs - nowUs - SLOT_OVERHEAD_US) / OCTET_US) - FRAME_OVERHEAD_BYTES;
		const room = Math.min(host.frameRoom(head), inTime, this.#payload.length);
		const packs = packsThatFit(this.sendable(), room, nowUs);
		if (packs.length === 0) return;
		this.send(head, packs, (length) => host.sendToNeighbour(head, this.#payload, length));
		this.endAt(untilUs);
	}

	onForward(untilUs: number): void {
		this.prepare();
		const { host } = this.#options;
		const nextHop = host.nextHop();
		if (nextHop === undefined) return;
		this.endAt(untilUs);
		// What the queue refuses is kept for the next round.
		for (let i = 0; i <= this.buffer.readings.length + this.held.packs.length; i++) {
			const packs = packsThatFit(this.sendable(), this.#payload.length, host.clock.nowUs());
			if (packs.length === 0) return;
			const queued = this.send(nextHop, packs, (length) => host.sendToSink(this.#payload, length));
			if (!queued) return;
		}
	}

	onTerm(_round: number): void {
		this.receipts.beginTerm();
		this.held.beginTerm();
	}

	onReceiptsEnd(): void {
		this.receipts.settle();
	}

	writeReceipt(_sequence: number, _bytes: Uint8Array, offset: number): number {
		return offset;
	}

	onReceipt(bytes: Uint8Array, offset: number, end: number): boolean {
		return this.receipts.receive(bytes, offset, end);
	}

	/** The node stops, or loses its power: what it holds in RAM is gone. */
	stop(): void {
		this.#options.host.clock.cancel(this.#timer);
		this.#timer = 0;
		this.buffer.clear();
		this.held.clear();
	}

	/** What has not left by then is packed anew in the next window: a datagram that waits tells wrong ages. */
	private endAt(untilUs: number): void {
		const { clock } = this.#options.host;
		clock.cancel(this.#timer);
		this.#timer = clock.at(untilUs, this.#onWindowEnd);
	}

	private prepare(): void {
		this.receipts.settle();
		this.#dispatches.expire();
	}

	/** Own readings that wait, oldest first, then what others gave us. */
	private sendable(): (Reading | HeldPack)[] {
		const own = this.buffer.readings.filter(({ state }) => state === ReadingState.waiting);
		return [...own, ...this.held.packs.filter(({ isUnderWay }) => !isUnderWay)];
	}

	/** Returns whether the datagram is on its way, or arrived, rather than refused at once. */
	private send(
		via: LinkAddress,
		packs: readonly (Reading | HeldPack)[],
		transmit: (length: number) => number,
	): boolean {
		const length = writePacks(packs, this.#options.host.clock.nowUs(), this.#payload, 0);
		for (const pack of packs) {
			if (pack instanceof Reading) {
				pack.state = ReadingState.underWay;
				pack.wasSent = true;
			} else pack.isUnderWay = true;
		}
		this.#dispatches.send(via, packs, () => transmit(length));
		return !packs.some((pack) => isWaiting(pack));
	}

	private end({ via, content }: Dispatch<Reading | HeldPack>, reason: string | undefined): void {
		const held: HeldPack[] = [];
		for (const pack of content) {
			if (!(pack instanceof Reading)) held.push(pack);
			else if (reason === undefined) this.buffer.noteHandedOver(pack, via, this.completionOf(via));
			else this.buffer.sendAgain(pack);
		}
		if (reason === undefined) this.held.release(held);
		else this.held.retain(held);
	}

	/** Who claims nothing has no excuse of his own. */
	private completionOf(neighbour: LinkAddress): number {
		const claim = this.#options.completionOf(neighbour);
		return claim < 0 ? 1 : claim / 255;
	}
}

function isWaiting(pack: Pack): boolean {
	return pack instanceof Reading ? pack.state === ReadingState.waiting : !(pack as HeldPack).isUnderWay;
}
