import { AddressMode, BROADCAST, type LinkAddress, NO_SHORT_ADDRESS } from "../address.js";
import { u16le } from "../bytes.js";
import { putFcs } from "../frames/fcs.js";
import { decodeMacHeader, encodeMacHeader, FrameType, type MacDrop, MacHeader } from "../frames/mac-frame.js";
import type { Clock, Radio, Random, ReceiveHandler, Sink } from "../ports.js";
import type { NeighbourTable } from "../trust/neighbours.js";
import { Csma, type CsmaOptions, type CsmaOutcome, longestDeliveryUs } from "./csma.js";
import { DuplicateFilter } from "./duplicates.js";
import type { SecurityDrop } from "./frame-security.js";
import { LinkWorkspace } from "./link-workspace.js";
import type { FrameProtection } from "./protection.js";
import { CCA_US, FCS_BYTES, MAX_PSDU_BYTES, SHR_US, TURNAROUND_US } from "./timing.js";

/** Why a frame that the radio passed was refused. */
export type LinkDrop = MacDrop | SecurityDrop | "mac-not-data" | "mac-no-source" | "mac-source" | "duplicate";

/** Takes the MAC payload `psdu[header.next..header.end)`, valid only during the call. */
export type PayloadHandler = (
	psdu: Uint8Array,
	header: MacHeader,
	rssiDbm: number,
	/** When the start-of-frame delimiter ended. */
	sfdTimeUs: number,
) => void;

export interface LinkLayerOptions {
	readonly node: number;
	/** One of its own where absent. */
	readonly workspace?: LinkWorkspace;
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
	readonly onPayload: PayloadHandler;
	/** Told how each unicast frame ended, once the neighbour's statistics know it. */
	onDelivery(destination: LinkAddress, outcome: CsmaOutcome, transmissions: number): void;
}

/**
 * Data frames between neighbours: headers, sequence numbers, FCS, security, duplicate rejection and
 * link statistics, over CSMA/CA. One frame at a time is built in place and sent.
 */
export class LinkLayer {
	/** Where the payload of the next frame is written, from the offset that {@link begin} gives. */
	readonly buffer = new Uint8Array(MAX_PSDU_BYTES);
	readonly address: LinkAddress;
	readonly #options: LinkLayerOptions;
	readonly #csma: Csma;
	readonly #duplicates: DuplicateFilter;
	readonly #sent = new MacHeader();
	readonly #workspace: LinkWorkspace;
	/** Views of `buffer` by length, made once each. */
	readonly #views: (Uint8Array | undefined)[] = [];
	#seq: number;
	#payloadAt = 0;
	#whenDone: ((outcome: CsmaOutcome, transmissions: number) => void) | undefined;
	/** The last frame that was received, in the clear. */
	#inClear: Uint8Array = this.buffer;
	readonly #onDone = (outcome: CsmaOutcome, transmissions: number): void =>
		this.finish(outcome, transmissions);
	readonly #onReceive: ReceiveHandler = (psdu, rssiDbm, _lqi, sfdTimeUs) => {
		const refusal = this.take(psdu, rssiDbm, sfdTimeUs);
		if (refusal === undefined)
			this.#options.onPayload(this.#inClear, this.#workspace.received, rssiDbm, sfdTimeUs);
		else this.refuse(refusal);
	};

	constructor(options: LinkLayerOptions) {
		this.#options = options;
		this.#workspace = options.workspace ?? new LinkWorkspace();
		this.address = options.address;
		this.#csma = new Csma(options.radio, options.clock, options.random, options.csma);
		this.#duplicates = new DuplicateFilter(longestDeliveryUs(options.csma));
		this.#seq = options.random.below(256);
		options.radio.onReceive(this.#onReceive);
	}

	/** Whether a frame is under way. */
	get busy(): boolean {
		return this.#csma.busy;
	}

	/** Octets that the payload of a frame to `destination` may have. */
	room(destination: LinkAddress): number {
		const addressBytes = 2 + destination.byteLength + this.address.byteLength;
		const overhead = this.#options.protection?.overheadBytes ?? 0;
		return MAX_PSDU_BYTES - 3 - addressBytes - overhead - FCS_BYTES;
	}

	/**
	 * Writes the header of the next frame; returns where its payload begins in `buffer`, or -1 when the key's
	 * frame counters are used up.
	 */
	begin(destination: LinkAddress): number {
		const header = this.#sent;
		header.type = FrameType.data;
		// 2006: a payload of more than aMaxMacSafePayloadSize (102) octets is not for 2003 receivers.
		header.version = 1;
		header.ackRequest = !destination.isBroadcast;
		header.panIdCompression = true;
		this.#seq = (this.#seq + 1) & 0xff;
		header.seq = this.#seq;
		header.destinationPan = this.#options.panId;
		header.sourcePan = -1;
		header.destination.set(destination);
		header.source.set(this.address);
		if (this.#options.protection?.prepare(header) === false) return -1;
		this.#payloadAt = encodeMacHeader(header, this.buffer, 0);
		return this.#payloadAt;
	}

	/** Sends the frame whose payload ends at `end`; `whenDone` is called once, later, with how often it was on the air. */
	commit(end: number, whenDone: (outcome: CsmaOutcome, transmissions: number) => void): void {
		const psdu = this.finishFrame(end);
		this.#whenDone = whenDone;
		this.#csma.send(psdu, this.#onDone);
	}

	/** No attempt with a frame of {@link commit} may end later than this; at first, any may. */
	set untilUs(untilUs: number) {
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
		const end = write(at, assessUs + CCA_US + TURNAROUND_US + SHR_US);
		if (end < 0) return false;
		this.#csma.sendAt(this.finishFrame(end), assessUs, (outcome) => whenDone(outcome === "sent"));
		return true;
	}

	private finishFrame(end: number): Uint8Array {
		const { protection } = this.#options;
		const payloadEnd =
			protection === undefined ? end : protection.protect(this.#sent, this.buffer, this.#payloadAt, end);
		const length = payloadEnd + FCS_BYTES;
		putFcs(this.buffer, length);
		return (this.#views[length] ??= this.buffer.subarray(0, length));
	}

	private finish(outcome: CsmaOutcome, transmissions: number): void {
		const { destination } = this.#sent;
		const { neighbours, sink, clock, node } = this.#options;
		if (!destination.isBroadcast && transmissions > 0) {
			neighbours.find(destination)?.noteTransmissions(transmissions, outcome === "sent");
		}
		// A frame that is out of time is sent anew in the next window.
		if (outcome !== "sent" && outcome !== "mac-late")
			sink.macDropped(clock.nowUs(), node, destination, outcome);
		if (!destination.isBroadcast) this.#options.onDelivery(destination, outcome, transmissions);
		const whenDone = this.#whenDone!;
		this.#whenDone = undefined;
		whenDone(outcome, transmissions);
	}

	private refuse(refusal: LinkDrop): void {
		const { sink, clock, node } = this.#options;
		const known =
			refusal === "duplicate" || refusal.startsWith("mac-security") || refusal.startsWith("mac-counter");
		sink.frameRefused(
			clock.nowUs(),
			node,
			known ? this.#workspace.received.source : this.#workspace.none,
			refusal,
		);
	}

	/** Opens and counts a frame; returns why it is refused, if it is. */
	private take(psdu: Uint8Array, rssiDbm: number, sfdTimeUs: number): LinkDrop | undefined {
		const end = psdu.length - FCS_BYTES;
		const header = decodeMacHeader(psdu, 0, end, this.#workspace.received);
		if (typeof header === "string") return header;
		if (header.type !== FrameType.data) return "mac-not-data";
		const { source } = header;
		if (source.byteLength === 0) return "mac-no-source";
		if (isNobodys(source) || source.equals(this.address)) return "mac-source";
		const { clock, neighbours, protection } = this.#options;
		const nowUs = clock.nowUs();
		this.#inClear = psdu;
		if (protection !== undefined) {
			const opened = protection.unprotect(header, psdu);
			if (typeof opened === "string") return opened;
			this.#inClear = opened;
		} else if (header.securityEnabled) return "mac-security-unsupported";
		// Only now: who does not hold the key must not be able to have a frame taken for a repetition.
		if (header.seq >= 0 && this.#duplicates.isDuplicate(source, header.seq, u16le(psdu, end), nowUs))
			return "duplicate";
		neighbours.obtain(source)?.noteReceived(rssiDbm, sfdTimeUs);
		return undefined;
	}
}

/** Short addresses that no sender has: all nodes, and those that have none (IEEE 802.15.4-2020, 6.1). */
function isNobodys({ mode, low }: LinkAddress): boolean {
	return mode === AddressMode.short && low >= NO_SHORT_ADDRESS;
}
