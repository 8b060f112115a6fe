import { BROADCAST, type LinkAddress } from "../address.js";
import type { BufferPool } from "../buffer-pool.js";
import { copyBytes } from "../bytes.js";
import type { ChainPlan } from "../fragments/chain-sender.js";
import type { Fragmenter } from "../fragments/fragmenter.js";
import type { CsmaOutcome } from "../mac/csma.js";
import type { LinkLayer } from "../mac/link-layer.js";

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

/** What a node sends on its own account. */
export type ControlKind =
	| "gradient"
	| "neighbour-discovery"
	| "hello"
	| "sync"
	| "advertisement"
	| "join"
	| "schedule"
	| "receipt";

interface Outgoing {
	readonly buffer: Uint8Array;
	readonly length: number;
	readonly destination: LinkAddress;
	/** A MAC payload as it stands, not an IPv6 packet. */
	readonly raw: boolean;
	readonly ident: number;
	/** The protocol of the node's own that sends it, undefined for the packets of applications. */
	readonly control: ControlKind | undefined;
	/** Rounds that it has waited through. */
	rounds: number;
}

/**
 * The packets that wait for the air, first in, first out; each is fragmented as its frames are sent.
 *
 * A packet of which one frame is lost is given up at once: the rest would only cost airtime.
 */
export class Outbox {
	readonly #link: LinkLayer;
	readonly #fragmenter: Fragmenter;
	readonly #pool: BufferPool;
	readonly #capacity: number;
	readonly #planFor: (destination: LinkAddress) => ChainPlan | "nonce-exhausted" | undefined;
	readonly #onDrop: (ident: number, reason: OutboxDrop) => void;
	/** Whether the receiver of a packet is awake; undefined where all always are. */
	gate: ((destination: LinkAddress) => boolean) | undefined;
	/**
	 * Told of each packet but those of the node's own protocols that left the queue: undefined when its last frame was
	 * acknowledged (or broadcast), else why it did not get through. `ident` as {@link sendPacket} was given it.
	 */
	onDone: ((ident: number, reason: OutboxDrop | undefined) => void) | undefined;
	readonly #queue: Outgoing[] = [];
	#started = false;
	/** A frame is with the link layer. */
	#inFlight = false;
	/** How often {@link hold} was called without a {@link release} yet. */
	#holds = 0;
	/** The queue was cleared since: how that frame ends concerns nobody. */
	#orphaned = false;
	#tag: number;
	readonly #onControl: (kind: ControlKind, transmissions: number) => void;
	readonly #onFrameDone = (outcome: CsmaOutcome, transmissions: number): void =>
		this.advance(outcome, transmissions);

	/**
	 * `capacity`: packets that may wait; `firstTag`: 0 to 65,535, best random; `planFor`: how to chain a packet to a
	 * neighbour.
	 */
	constructor(
		link: LinkLayer,
		fragmenter: Fragmenter,
		pool: BufferPool,
		capacity: number,
		firstTag: number,
		onDrop: (ident: number, reason: OutboxDrop) => void,
		onControl: (kind: ControlKind, transmissions: number) => void,
		planFor: (destination: LinkAddress) => ChainPlan | "nonce-exhausted" | undefined = () => undefined,
	) {
		this.#link = link;
		this.#fragmenter = fragmenter;
		this.#pool = pool;
		this.#capacity = capacity;
		this.#tag = firstTag;
		this.#onDrop = onDrop;
		this.#planFor = planFor;
		this.#onControl = onControl;
	}

	/** Packets that wait or are being sent. */
	get length(): number {
		return this.#queue.length;
	}

	/** Takes over `buffer`, which holds an IPv6 packet of `length` octets, for the neighbour `destination`. */
	sendPacket(buffer: Uint8Array, length: number, destination: LinkAddress, ident: number): void {
		this.enqueue({
			buffer,
			length,
			destination: destination.clone(),
			raw: false,
			ident,
			control: undefined,
			rounds: 0,
		});
	}

	/** As {@link sendPacket}, for a packet of the node's own protocols. */
	sendControl(buffer: Uint8Array, length: number, destination: LinkAddress, control: ControlKind): void {
		this.enqueue({
			buffer,
			length,
			destination: destination.clone(),
			raw: false,
			ident: 0,
			control,
			rounds: 0,
		});
	}

	/** Sends a copy of a MAC payload to all neighbours. */
	broadcast(payload: Uint8Array, length: number, control: ControlKind): void {
		const buffer = this.#pool.take();
		copyBytes(payload, 0, buffer, 0, length);
		this.enqueue({ buffer, length, destination: BROADCAST, raw: true, ident: 0, control, rounds: 0 });
	}

	/** Forgets everything that waits, as a node does that loses its power. */
	clear(): void {
		for (const { buffer, ident, control } of this.#queue.splice(0)) {
			this.#pool.give(buffer);
			if (control === undefined) this.tell(ident, "node-stopped");
		}
		this.#started = false;
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

	/** A round is over: gives up what has waited through `most` of them for its receiver. */
	endRound(most: number): void {
		for (let i = this.#queue.length - 1; i >= 0; i--) {
			const waiting = this.#queue[i]!;
			if ((i === 0 && this.#inFlight) || ++waiting.rounds <= most) continue;
			this.#queue.splice(i, 1);
			if (i === 0) this.#started = false;
			this.#pool.give(waiting.buffer);
			if (waiting.control === undefined) this.tell(waiting.ident, "receiver-asleep");
		}
	}

	/** Takes a packet back that waits; one of which a frame is on its way cannot be. Returns whether it waited. */
	withdraw(ident: number): boolean {
		for (let i = this.#inFlight ? 1 : 0; i < this.#queue.length; i++) {
			const waiting = this.#queue[i]!;
			if (waiting.control !== undefined || waiting.ident !== ident) continue;
			this.#queue.splice(i, 1);
			if (i === 0) this.#started = false;
			this.#pool.give(waiting.buffer);
			this.tell(ident, "withdrawn");
			return true;
		}
		return false;
	}

	/** Puts the first packet whose receiver is awake at the head of the queue; returns whether there is one. */
	private select(): boolean {
		const { gate } = this;
		if (gate === undefined) return this.#queue.length > 0;
		for (let i = 0; i < this.#queue.length; i++) {
			const waiting = this.#queue[i]!;
			if (!gate(waiting.destination)) {
				// What its receiver has of it will be too old when he is awake again.
				if (i === 0) this.#started = false;
				continue;
			}
			if (i > 0) {
				this.#queue.splice(i, 1);
				this.#queue.unshift(waiting);
			}
			return true;
		}
		return false;
	}

	private tell(ident: number, reason: OutboxDrop | undefined): void {
		if (reason !== undefined) this.#onDrop(ident, reason);
		this.onDone?.(ident, reason);
	}

	private enqueue(outgoing: Outgoing): void {
		if (this.#queue.length >= this.#capacity) {
			this.#pool.give(outgoing.buffer);
			if (outgoing.control === undefined) this.tell(outgoing.ident, "queue-full");
			return;
		}
		this.#queue.push(outgoing);
		this.sendNext();
	}

	private sendNext(): void {
		if (this.#holds > 0 || this.#inFlight || this.#link.busy || !this.select()) return;
		const head = this.#queue[0]!;
		const { buffer, length, destination } = head;
		const room = this.#link.room(destination);
		if (!head.raw && !this.#started) {
			this.#tag = (this.#tag + 1) & 0xffff;
			const plan = this.#planFor(destination);
			if (plan === "nonce-exhausted") {
				this.retire(head, plan);
				this.sendNext();
				return;
			}
			this.#fragmenter.begin(buffer, length, this.#link.address, destination, this.#tag, room, plan);
		}
		this.#started = true;
		const at = this.#link.begin(destination);
		if (at < 0) {
			this.retire(head, "mac-counter-exhausted");
			this.sendNext();
			return;
		}
		let end = at + length;
		if (head.raw) copyBytes(buffer, 0, this.#link.buffer, at, length);
		else end = this.#fragmenter.next(this.#link.buffer, at, room);
		this.#inFlight = true;
		this.#link.commit(end, this.#onFrameDone);
	}

	private advance(outcome: CsmaOutcome, transmissions: number): void {
		this.#inFlight = false;
		this.#holds++;
		const head = this.#queue[0];
		const control = this.#orphaned ? undefined : head?.control;
		if (control !== undefined) this.#onControl(control, transmissions);
		if (this.#orphaned || head === undefined) this.#orphaned = false;
		else if (outcome === "mac-late") this.#started = false;
		else if (outcome !== "sent" || head.raw || this.#fragmenter.done) {
			this.retire(head, outcome === "sent" ? undefined : outcome);
		}
		this.release();
	}

	/** Takes the head off the queue; `reason` says why it did not get through. */
	private retire(head: Outgoing, reason: OutboxDrop | undefined): void {
		this.#queue.shift();
		this.#started = false;
		this.#pool.give(head.buffer);
		if (head.control === undefined) this.tell(head.ident, reason);
	}
}
