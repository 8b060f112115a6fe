import { AddressMode, BROADCAST, type LinkAddress, NO_SHORT_ADDRESS } from "../address.js";
import { u16le } from "../bytes.js";
import {
	decodeMacHeader,
	encodeMacHeader,
	FrameType,
	type MacDrop,
	type MacHeader,
} from "../frames/mac-frame.js";
import type { Clock, FrameReceiver, Radio, Random, Sink } from "../ports.js";
import type { NeighbourTable } from "../trust/neighbours.js";
import { Csma, type CsmaOptions, type CsmaOutcome, type FrameSender, longestDeliveryUs } from "./csma.js";
import { isDuplicate } from "./duplicates.js";
import type { SecurityDrop } from "./frame-security.js";
import { LinkWorkspace } from "./link-workspace.js";
import type { FrameWaiter, OutgoingFrame } from "./outgoing-frame.js";
import type { FrameProtection } from "./protection.js";
import { CCA_US, FCS_BYTES, MAX_PSDU_BYTES, SHR_US, TURNAROUND_US } from "./timing.js";

/** Why a frame that the radio passed was refused. */
export type LinkDrop = MacDrop | SecurityDrop | "mac-not-data" | "mac-no-source" | "mac-source" | "duplicate";

/** Whom a link layer works for. */
export interface LinkOwner {
	/**
	 * Takes the MAC payload `psdu[header.next..header.end)`, valid only during the call. `sfdTimeUs`: when the
	 * start-of-frame delimiter ended.
	 */
	receiveFrame(psdu: Uint8Array, header: MacHeader, rssiDbm: number, sfdTimeUs: number): void;
	/** Told how each unicast frame ended, once the neighbour's statistics know it. */
	noteDelivery(destination: LinkAddress, outcome: CsmaOutcome, transmissions: number): void;
}

export interface LinkLayerOptions {
	readonly node: number;
	/** One of its own where absent. */
	readonly workspace?: LinkWorkspace;
	readonly owner: LinkOwner;
	readonly radio: Radio;
	readonly clock: Clock;
	readonly random: Random;
	readonly sink: Pick<Sink, "frameRefused" | "macDropped">;
	readonly neighbours: NeighbourTable;
	readonly csma: CsmaOptions;
	readonly panId: number;
	/** The address that our frames bear. */
	readonly address: LinkAddress;
	/** Link-layer security; undefined sends in the clear, and takes what comes in the clear. */
	readonly protection: FrameProtection | undefined;
}

/**
 * Data frames between neighbours: headers, sequence numbers, FCS, security, duplicate rejection and
 * link statistics, over CSMA/CA. One frame at a time is built in place and sent.
 */
export class LinkLayer implements FrameReceiver, FrameSender {
	readonly address: LinkAddress;
	readonly #owner: LinkOwner;
	readonly #workspace: LinkWorkspace;
	readonly #clock: Clock;
	readonly #sink: LinkLayerOptions["sink"];
	readonly #node: number;
	readonly #panId: number;
	readonly #neighbours: NeighbourTable;
	readonly #protection: FrameProtection | undefined;
	readonly #csma: Csma;
	/** How long a frame is remembered, to tell its retransmissions. */
	readonly #duplicateUs: number;
	#seq: number;
	/** The frame that is written or sent; none at rest. */
	#frame: OutgoingFrame | undefined;

	constructor(options: LinkLayerOptions) {
		const { radio, clock, random, csma } = options;
		this.address = options.address;
		this.#owner = options.owner;
		this.#workspace = options.workspace ?? new LinkWorkspace();
		this.#clock = clock;
		this.#sink = options.sink;
		this.#node = options.node;
		this.#panId = options.panId;
		this.#neighbours = options.neighbours;
		this.#protection = options.protection;
		this.#csma = new Csma(radio, clock, random, csma);
		this.#duplicateUs = longestDeliveryUs(csma);
		this.#seq = random.below(256);
		radio.onReceive(this);
	}

	frameReceived(psdu: Uint8Array, rssiDbm: number, _lqi: number, sfdTimeUs: number): void {
		const inClear = this.take(psdu, rssiDbm, sfdTimeUs);
		if (typeof inClear === "string") this.refuse(inClear);
		else this.#owner.receiveFrame(inClear, this.#workspace.received, rssiDbm, sfdTimeUs);
	}

	/** Whether a frame is under way. */
	get busy(): boolean {
		return this.#csma.busy;
	}

	/** Where the payload of the next frame is written, from the offset that {@link begin} gives until {@link commit}. */
	get buffer(): Uint8Array {
		return this.#frame!.buffer;
	}

	/** Octets that the payload of a frame to `destination` may have. */
	room(destination: LinkAddress): number {
		const addressBytes = 2 + destination.byteLength + this.address.byteLength;
		const overhead = this.#protection?.overheadBytes ?? 0;
		return MAX_PSDU_BYTES - 3 - addressBytes - overhead - FCS_BYTES;
	}

	/**
	 * Writes the header of the next frame; returns where its payload begins in `buffer`, or -1 when the key's
	 * frame counters are used up. Not while a frame is under way.
	 */
	begin(destination: LinkAddress): number {
		this.#frame ??= this.#workspace.takeFrame(this);
		const frame = this.#frame;
		const header = this.#workspace.made;
		frame.destination.set(destination);
		header.type = FrameType.data;
		// 2006: a payload of more than aMaxMacSafePayloadSize (102) octets is not for 2003 receivers.
		header.version = 1;
		header.ackRequest = !destination.isBroadcast;
		header.panIdCompression = true;
		this.#seq = (this.#seq + 1) & 0xff;
		header.seq = this.#seq;
		header.destinationPan = this.#panId;
		header.sourcePan = -1;
		header.destination.set(destination);
		header.source.set(this.address);
		header.securityEnabled = false;
		if (this.#protection?.prepare(header) === false) {
			this.discard(frame);
			return -1;
		}
		frame.payloadAt = encodeMacHeader(header, frame.buffer, 0);
		return frame.payloadAt;
	}

	/** Sends the frame whose payload ends at `end`; `waiter` is told how it ended. */
	commit(end: number, waiter: FrameWaiter): void {
		const frame = this.#frame!;
		frame.waiter = waiter;
		this.#csma.send(this.finishFrame(frame, end), frame);
	}

	/** No attempt with a frame of {@link commit} may end later than this; at first, any may. */
	set untilUs(untilUs: number | undefined) {
		this.#csma.untilUs = untilUs;
	}

	/**
	 * Broadcasts one frame whose channel assessment begins at `atUs`, or as soon after as may be, without backoff.
	 *
	 * `write` puts the payload at an offset of {@link buffer}, told when the start-of-frame delimiter will have ended, and
	 * returns its end, or -1 to let it be. `whenDone` is told once, later, whether it was on the air: where the channel was
	 * busy, it was not. Returns whether it will be told: not while another frame is under way, without a frame counter left,
	 * or when `write` let it be.
	 */
	broadcastAt(
		atUs: number,
		write: (offset: number, sfdUs: number) => number,
		whenDone: (sent: boolean) => void,
	): boolean {
		if (this.busy) return false;
		const assessUs = Math.max(atUs, this.#csma.readyUs());
		const at = this.begin(BROADCAST);
		if (at < 0) return false;
		const frame = this.#frame!;
		const end = write(at, assessUs + CCA_US + TURNAROUND_US + SHR_US);
		if (end < 0) {
			this.discard(frame);
			return false;
		}
		const frameDone = (outcome: CsmaOutcome): void => {
			this.discard(frame);
			whenDone(outcome === "sent");
		};
		frame.sender = { frameDone };
		this.#csma.sendAt(this.finishFrame(frame, end), assessUs, frame);
		return true;
	}

	/** The radio is switched off, and may never tell how the frame ended that it has. */
	stop(): void {
		if (this.#frame !== undefined) this.#workspace.forsakeFrame(this.#frame);
	}

	frameDone(outcome: CsmaOutcome, transmissions: number): void {
		const frame = this.#frame!;
		const { destination } = frame;
		const isUnicast = !destination.isBroadcast;
		if (isUnicast && transmissions > 0) {
			const neighbour = this.#neighbours.find(destination, this.#workspace.neighbour);
			neighbour?.noteTransmissions(transmissions, outcome === "sent");
		}
		// A frame that is out of time is sent anew in the next window.
		if (outcome !== "sent" && outcome !== "mac-late")
			this.#sink.macDropped(this.#clock.nowUs(), this.#node, destination, outcome);
		if (isUnicast) this.#owner.noteDelivery(destination, outcome, transmissions);
		const waiter = frame.waiter!;
		this.discard(frame);
		waiter.noteSent(outcome, transmissions);
	}

	private discard(frame: OutgoingFrame): void {
		this.#frame = undefined;
		this.#workspace.giveFrame(frame);
	}

	private finishFrame(frame: OutgoingFrame, end: number): Uint8Array {
		const protection = this.#protection;
		return frame.finish(
			protection === undefined
				? end
				: protection.protect(this.#workspace.made, frame.buffer, frame.payloadAt, end),
		);
	}

	private refuse(refusal: LinkDrop): void {
		const { received, none } = this.#workspace;
		const known =
			refusal === "duplicate" || refusal.startsWith("mac-security") || refusal.startsWith("mac-counter");
		this.#sink.frameRefused(this.#clock.nowUs(), this.#node, known ? received.source : none, refusal);
	}

	/** Opens and counts a frame; returns it in the clear, or why it is refused. */
	private take(psdu: Uint8Array, rssiDbm: number, sfdTimeUs: number): Uint8Array | LinkDrop {
		const end = psdu.length - FCS_BYTES;
		const header = decodeMacHeader(psdu, 0, end, this.#workspace.received);
		if (typeof header === "string") return header;
		if (header.type !== FrameType.data) return "mac-not-data";
		const { source } = header;
		if (source.mode === AddressMode.none) return "mac-no-source";
		if (isNobodys(source) || source.equals(this.address)) return "mac-source";
		const protection = this.#protection;
		let inClear = psdu;
		if (protection !== undefined) {
			const opened = protection.unprotect(header, psdu, this.#workspace.clear);
			if (typeof opened === "string") return opened;
			inClear = opened;
		} else if (header.securityEnabled) return "mac-security-unsupported";
		// Only now: who does not hold the key must not be able to have a frame taken for a repetition.
		if (
			header.seq >= 0 &&
			isDuplicate(
				this.#neighbours,
				this.#duplicateUs,
				source,
				header.seq,
				u16le(psdu, end),
				this.#clock.nowUs(),
			)
		)
			return "duplicate";
		this.#neighbours.obtain(source, this.#workspace.neighbour)?.noteReceived(rssiDbm, sfdTimeUs);
		return inClear;
	}
}

/** Short addresses that no sender has: all nodes, and those that have none (IEEE 802.15.4-2020, 6.1). */
function isNobodys({ mode, low }: LinkAddress): boolean {
	return mode === AddressMode.short && low >= NO_SHORT_ADDRESS;
}
