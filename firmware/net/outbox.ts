import { BROADCAST, type LinkAddress } from "../address.js";
import { copyBytes } from "../bytes.js";
import type { Fragmenter } from "../fragments/fragmenter.js";
import type { CsmaOutcome } from "../mac/csma.js";
import type { LinkLayer } from "../mac/link-layer.js";
import type { FrameWaiter } from "../mac/outgoing-frame.js";
import type { NetworkHost } from "./network-host.js";
import { type ControlKind, type PacketRecord, queued } from "./packet-record.js";

export type { ControlKind } from "./packet-record.js";

/** Why a packet did not leave the node. */
export type OutboxDrop =
	| "queue-full"
	| "node-stopped"
	| "mac-counter-exhausted"
	/** The nonces under the link keys are used up: the keys must change. */
	| "nonce-exhausted"
	/** It waited too long for its receiver to be awake. */
	| "receiver-asleep"
	/** Whoever sent it took it back, to send its content in another packet. */
	| "withdrawn"
	| Exclude<CsmaOutcome, "sent" | "mac-late">;

/**
 * The packets that wait for the air, first in, first out; each is fragmented as its frames are sent.
 *
 * A packet of which one frame is lost is given up at once: the rest would only cost airtime.
 */
export class Outbox implements FrameWaiter {
	readonly #host: NetworkHost;
	readonly #link: LinkLayer;
	/** Whether the receiver of a packet is awake; undefined where all always are. */
	gate: ((destination: LinkAddress) => boolean) | undefined;
	/**
	 * Told of each packet but those of the node's own protocols that left the queue: undefined when its last frame was
	 * acknowledged (or broadcast), else why it did not get through. `ident` as {@link sendPacket} was given it.
	 */
	onDone: ((ident: number, reason: OutboxDrop | undefined) => void) | undefined;
	/** The first of the packets that wait or are being sent, and their number. */
	#first: PacketRecord | undefined;
	#length = 0;
	/** What cuts the packet that is being sent, on loan until it ends; undefined before its first frame. */
	#fragmenter: Fragmenter | undefined;
	/** A frame is with the link layer. */
	#inFlight = false;
	/** How often {@link hold} was called without a {@link release} yet. */
	#holds = 0;
	/** The queue was cleared since: how that frame ends concerns nobody. */
	#orphaned = false;
	#tag: number;

	/** `firstTag`: 0 to 65,535, best random. */
	constructor(host: NetworkHost, link: LinkLayer, firstTag: number) {
		this.#host = host;
		this.#link = link;
		this.#tag = firstTag;
		// Made now if none is free: a chip's stack has no room for that beneath the end of a frame.
		this.#fragmenter = this.takeFragmenter();
		this.beginAnew();
	}

	/** Packets that wait or are being sent. */
	get length(): number {
		return this.#length;
	}

	/** Takes over `buffer`, which holds an IPv6 packet of `length` octets, for the neighbour `destination`. */
	sendPacket(buffer: Uint8Array, length: number, destination: LinkAddress, ident: number): void {
		this.take(this.#host.workspace.network.records.take(buffer, length, destination, ident, undefined));
	}

	/** As {@link sendPacket}, for a packet of the node's own protocols. */
	sendControl(buffer: Uint8Array, length: number, destination: LinkAddress, control: ControlKind): void {
		this.take(this.#host.workspace.network.records.take(buffer, length, destination, 0, control));
	}

	/** Sends a copy of a MAC payload to all neighbours. */
	broadcast(payload: Uint8Array, length: number, control: ControlKind): void {
		const { pool, network } = this.#host.workspace;
		const buffer = pool.take();
		copyBytes(payload, 0, buffer, 0, length);
		const record = network.records.take(buffer, length, BROADCAST, 0, control);
		record.isRaw = true;
		this.take(record);
	}

	/** As {@link sendPacket}, with the record of a packet that has waited already. */
	take(record: PacketRecord): void {
		record.next = undefined;
		if (this.#length >= this.#host.profile.queueLength) {
			this.dismiss(record, "queue-full");
			return;
		}
		this.#first = queued(this.#first, record);
		this.#length++;
		this.sendNext();
	}

	/** Forgets everything that waits, as a node does that loses its power. */
	clear(): void {
		let record = this.#first;
		this.#first = undefined;
		this.#length = 0;
		while (record !== undefined) {
			const following = record.next;
			this.dismiss(record, "node-stopped");
			record = following;
		}
		this.beginAnew();
		this.#orphaned = this.#inFlight;
	}

	/** Sends on, once {@link gate} may have opened or the link layer has no other frame any more. */
	resume(): void {
		this.sendNext();
	}

	/** Sends nothing on until {@link release} was called as often. */
	hold(): void {
		this.#holds++;
	}

	/** Sends on, if nobody else holds it. */
	release(): void {
		this.#holds--;
		this.sendNext();
	}

	/** A round is over: gives up what has waited through `most` of them for its receiver, the newest first. */
	endRound(most: number): void {
		for (let i = this.#length - 1; i >= 0; i--) {
			const waiting = this.at(i);
			if (waiting === undefined || (i === 0 && this.#inFlight) || ++waiting.rounds <= most) continue;
			this.remove(waiting);
			this.dismiss(waiting, "receiver-asleep");
		}
	}

	/** Takes a packet back that waits; one of which a frame is on its way cannot be. Returns whether it waited. */
	withdraw(ident: number): boolean {
		let waiting = this.#inFlight ? this.#first?.next : this.#first;
		while (waiting !== undefined && (waiting.control !== undefined || waiting.ident !== ident)) {
			waiting = waiting.next;
		}
		if (waiting === undefined) return false;
		this.remove(waiting);
		this.dismiss(waiting, "withdrawn");
		return true;
	}

	private at(index: number): PacketRecord | undefined {
		let record = this.#first;
		for (let i = 0; i < index && record !== undefined; i++) record = record.next;
		return record;
	}

	/** Takes one that waits out of the queue. */
	private remove(record: PacketRecord): void {
		this.#length--;
		if (record === this.#first) {
			this.#first = record.next;
			this.beginAnew();
			return;
		}
		let before = this.#first!;
		while (before.next !== record) before = before.next!;
		before.next = record.next;
	}

	/** Puts the first packet whose receiver is awake at the head of the queue, and returns it; undefined for none. */
	private select(): PacketRecord | undefined {
		const { gate } = this;
		const first = this.#first;
		if (gate === undefined || first === undefined || gate(first.destination)) return first;
		// What its receiver has of it will be too old when he is awake again.
		this.beginAnew();
		let before = first;
		for (let record = first.next; record !== undefined; record = record.next) {
			if (gate(record.destination)) {
				before.next = record.next;
				record.next = first;
				this.#first = record;
				return record;
			}
			before = record;
		}
		return undefined;
	}

	/** Gives back what a packet held that left the queue, or found no place in it; `reason` says why it did not get through. */
	private dismiss(record: PacketRecord, reason: OutboxDrop | undefined): void {
		const { sink, clock, id, workspace } = this.#host;
		const { buffer, ident, control } = record;
		workspace.network.records.give(record);
		workspace.pool.give(buffer);
		if (control !== undefined) return;
		if (reason !== undefined) sink.datagramDropped(clock.nowUs(), id, ident, reason);
		this.onDone?.(ident, reason);
	}

	private sendNext(): void {
		if (this.#holds > 0 || this.#first === undefined || this.#inFlight || this.#link.busy) return;
		const head = this.select();
		if (head === undefined) return;
		const { buffer, length, destination, isRaw } = head;
		const room = this.#link.room(destination);
		if (!isRaw && this.#fragmenter === undefined) {
			this.#tag = (this.#tag + 1) & 0xffff;
			const plan = this.#host.chaining?.planFor(destination);
			if (plan === "nonce-exhausted") {
				this.retire(head, plan);
				this.sendNext();
				return;
			}
			this.#fragmenter = this.takeFragmenter();
			this.#fragmenter.begin(buffer, length, this.#link.address, destination, this.#tag, room, plan);
		}
		const at = this.#link.begin(destination);
		if (at < 0) {
			this.retire(head, "mac-counter-exhausted");
			this.sendNext();
			return;
		}
		let end = at + length;
		if (isRaw) copyBytes(buffer, 0, this.#link.buffer, at, length);
		else end = this.#fragmenter!.next(this.#link.buffer, at, room);
		this.#inFlight = true;
		this.#link.commit(end, this);
	}

	/** A frame of ours was sent, or given up: goes on with the next one. */
	noteSent(outcome: CsmaOutcome, transmissions: number): void {
		this.#inFlight = false;
		this.#holds++;
		const head = this.#first;
		if (this.#orphaned || head === undefined) this.#orphaned = false;
		else {
			if (head.control !== undefined) {
				const { sink, clock, id } = this.#host;
				sink.controlSent(clock.nowUs(), id, head.control, transmissions);
			}
			if (outcome === "mac-late") this.beginAnew();
			else if (outcome !== "sent" || head.isRaw || this.#fragmenter?.done === true) {
				this.retire(head, outcome === "sent" ? undefined : outcome);
			}
		}
		this.release();
	}

	private takeFragmenter(): Fragmenter {
		const { profile, workspace, chaining, ports } = this.#host;
		const { fragments } = workspace;
		const hash = chaining === undefined ? undefined : fragments.hashOf(ports.digest);
		return fragments.takeFragmenter(profile.contexts, profile.elideUdpChecksum, hash);
	}

	/** The packet at the head is sent from its first frame on, or not at all. */
	private beginAnew(): void {
		if (this.#fragmenter !== undefined) this.#host.workspace.fragments.giveFragmenter(this.#fragmenter);
		this.#fragmenter = undefined;
	}

	/** Takes the head off the queue; `reason` says why it did not get through. */
	private retire(head: PacketRecord, reason: OutboxDrop | undefined): void {
		this.remove(head);
		this.dismiss(head, reason);
	}
}
