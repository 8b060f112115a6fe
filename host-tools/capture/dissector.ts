import type { LinkAddress } from "../../firmware/address.js";
import { BufferPool } from "../../firmware/buffer-pool.js";
import { completeSink, NODE_EVENTS } from "../../firmware/events.js";
import type { ReassemblyContext } from "../../firmware/fragments/context.js";
import type { FragmentDrop, ReassemblyPolicy } from "../../firmware/fragments/policy.js";
import { Reassembler } from "../../firmware/fragments/reassembler.js";
import type { ContextTable } from "../../firmware/frames/context-table.js";
import { fcs16, hasGoodFcs } from "../../firmware/frames/fcs.js";
import { MAX_DATAGRAM_SIZE } from "../../firmware/frames/fragment.js";
import { decodeGradientBeacon, GRADIENT_BEACON_TYPE } from "../../firmware/frames/gradient-beacon.js";
import { decodeDispatch, decodeLowpan, LowpanHeaders } from "../../firmware/frames/lowpan.js";
import { decodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { DuplicateFilter } from "../../firmware/mac/duplicates.js";
import { Adaptation } from "../../firmware/net/adaptation.js";
import { CaptureClock } from "./capture-clock.js";
import type { CapturedFrame } from "./captured-frame.js";
import { type Dissection, type DissectionDrop, dissectDatagram, dissectMac } from "./dissection.js";
import { iphcContexts } from "./iphc-contexts.js";
import type { ReceptionDrop } from "./reception.js";

const FCS_BYTES = 2;
/** What `lowpan` calls Lowguard's own beacon, behind `page-15`. */
const GRADIENT_BEACON = "gradient-beacon";
/** From this security level on the payload is encrypted (IEEE 802.15.4-2020, table 9-6). */
const ENCRYPTED_LEVEL = 4;

export interface DissectorOptions {
	readonly contexts: ContextTable;
	readonly policy: ReassemblyPolicy;
	/** The addresses of the node to receive as; none for an observer, who takes what is for anybody. */
	readonly as: readonly LinkAddress[];
	/** Octets of reassembly memory; Infinity for an observer. */
	readonly budgetBytes: number;
	/** The frames that the node to receive as did not receive, by number; none when absent. */
	readonly missed?: ReadonlyMap<number, ReceptionDrop>;
	/** Whether that node refuses a frame that comes again; it does when absent. */
	readonly rejectsDuplicates?: boolean;
}

/** How far the reassembly is to which a fragment was added. */
export interface Progress {
	readonly fragments: number;
	readonly storedBytes: number;
	readonly size: number;
}

/**
 * Dissects the frames of a capture one after the other, with the codecs and the reassembler of a node.
 *
 * Feed the frames in the order of the file; time-outs follow their timestamps.
 */
export class Dissector {
	/** Reassembly after the last frame, when that was a fragment that was kept. */
	progress: Progress | undefined;
	/** Reassemblies that ended without a packet, by reason. */
	readonly abandoned = new Map<FragmentDrop, number>();
	/** Why the last frame was not for the node to receive as: it sent it itself, or it is for others. */
	passedOver: "own" | "other" | undefined;
	/** Packets whose headers need a context that is not known. */
	undecompressed = 0;
	/** Numbers of the contexts that these need, as far as their headers tell. */
	readonly missingContexts = new Set<number>();
	readonly #as: readonly LinkAddress[];
	readonly #contexts: ContextTable;
	readonly #missed: ReadonlyMap<number, ReceptionDrop>;
	readonly #rejectsDuplicates: boolean;
	readonly #clock = new CaptureClock();
	readonly #pool = new BufferPool(MAX_DATAGRAM_SIZE);
	readonly #reassembler: Reassembler;
	readonly #adaptation: Adaptation;
	readonly #duplicates = new DuplicateFilter();
	readonly #header = new MacHeader();
	readonly #headers = new LowpanHeaders();
	/** Numbers of the frames in each context. */
	readonly #frames = new WeakMap<ReassemblyContext, number[]>();

	constructor(options: DissectorOptions) {
		this.#as = options.as;
		this.#contexts = options.contexts;
		this.#missed = options.missed ?? new Map();
		this.#rejectsDuplicates = options.rejectsDuplicates ?? true;
		this.#reassembler = new Reassembler({
			policy: options.policy,
			budgetBytes: options.budgetBytes,
			pool: this.#pool,
			clock: this.#clock,
			sink: completeSink(NODE_EVENTS, {}),
			node: 0,
			onAbandoned: (_context, reason) => {
				this.abandoned.set(reason, (this.abandoned.get(reason) ?? 0) + 1);
			},
		});
		this.#adaptation = new Adaptation({
			contexts: options.contexts,
			reassembler: this.#reassembler,
			pool: this.#pool,
			isOwn: (address) => this.#isObserver || address.isBroadcast || this.#isOwn(address),
		});
	}

	/** Reassemblies that still wait for fragments. */
	get open(): number {
		return this.#reassembler.contexts.length;
	}

	/** The most octets of reassembly memory that were in use at once. */
	get peakBytes(): number {
		return this.#reassembler.peakBytes;
	}

	/** Dissects one frame. */
	dissect(frame: CapturedFrame): Dissection {
		this.#clock.advance(frame.timeUs);
		this.progress = undefined;
		this.passedOver = undefined;
		const { psdu } = frame;
		const isFcsGood = frame.fcs === "absent" || hasGoodFcs(psdu);
		const result: Dissection = {
			frame: frame.number,
			timeUs: frame.timeUs,
			length: psdu.length,
			fcs: frame.fcs === "absent" ? "absent" : isFcsGood ? "ok" : "bad",
		};
		const drop = isFcsGood ? (this.#receive(frame, result) ?? frame.drop) : "bad-fcs";
		if (drop !== undefined) result.drop = drop;
		return result;
	}

	#receive(frame: CapturedFrame, result: Dissection): DissectionDrop | undefined {
		if (frame.drop === "capture-header") return frame.drop;
		const { psdu } = frame;
		const end = frame.fcs === "present" ? psdu.length - FCS_BYTES : psdu.length;
		const header = decodeMacHeader(psdu, 0, end, this.#header);
		if (typeof header === "string") return frame.drop ?? header;
		result.mac = dissectMac(header);
		if (header.type !== FrameType.data || header.next >= header.end) return undefined;
		const isLegacySecured = header.securityEnabled && header.version === 0;
		const isReadable =
			!header.securityEnabled || (!isLegacySecured && header.security.level < ENCRYPTED_LEVEL);
		if (isReadable) this.#nameHeaders(psdu, header, result);
		if (!this.#isForUs(header)) this.passedOver = this.#isOwn(header.source) ? "own" : "other";
		if (frame.drop !== undefined || this.passedOver !== undefined) return frame.drop;
		if (!this.#isObserver) {
			const missed = this.#missed.get(frame.number);
			if (missed !== undefined) return missed;
			if (header.source.byteLength === 0) return "mac-no-source";
			if (this.#rejectsDuplicates && this.#isDuplicate(psdu, end, header)) return "duplicate";
		}
		// No keys are known here, so nothing can be verified, let alone decrypted.
		if (header.securityEnabled) return "mac-security-key-unknown";
		if (result.lowpan?.at(-1) === GRADIENT_BEACON) return this.#readGradient(psdu, header.end, result);
		return this.#adapt(frame, header, result);
	}

	get #isObserver(): boolean {
		return this.#as.length === 0;
	}

	#isOwn(address: LinkAddress): boolean {
		return this.#as.some((own) => own.equals(address));
	}

	#isForUs(header: MacHeader): boolean {
		if (this.#isObserver) return true;
		return (header.destination.isBroadcast || this.#isOwn(header.destination)) && !this.#isOwn(header.source);
	}

	#isDuplicate(psdu: Uint8Array, end: number, { source, seq }: MacHeader): boolean {
		if (seq < 0) return false;
		return this.#duplicates.isDuplicate(source, seq, fcs16(psdu, 0, end), this.#clock.nowUs());
	}

	#nameHeaders(psdu: Uint8Array, header: MacHeader, result: Dissection): void {
		const headers = decodeLowpan(psdu, header.next, header.end, this.#headers);
		if (typeof headers === "string") return;
		const isFirst = headers.kind === "frag1";
		// Behind a bad dispatch there is nothing to name; receiving says what is wrong.
		if (isFirst) decodeDispatch(psdu, header.end, headers);
		result.lowpan = headers.names();
		if (headers.kind === "experimental" && psdu[headers.next] === GRADIENT_BEACON_TYPE) {
			result.lowpan = [...result.lowpan.slice(0, -1), GRADIENT_BEACON];
		}
		if (!isFirst && headers.kind !== "fragn") return;
		const { tag, size, offset } = headers.fragment;
		result.fragment = { tag, size, offset };
	}

	/** Reads the beacon whose type octet {@link #nameHeaders} found. */
	#readGradient(psdu: Uint8Array, end: number, result: Dissection): DissectionDrop | undefined {
		const beacon = decodeGradientBeacon(psdu, this.#headers.next, end);
		if (typeof beacon === "string") return beacon;
		const { sequence, epoch, hops, cost256, root } = beacon;
		result.gradient = { sequence, epoch, hops, cost: cost256 / 256, sink: String(root) };
		return undefined;
	}

	/** Notes which contexts the packet needs that {@link #nameHeaders} looked at last. */
	#noteContexts(psdu: Uint8Array, end: number): void {
		this.undecompressed++;
		const { kind, inner, next } = this.#headers;
		if ((kind === "frag1" ? inner : kind) !== "iphc" || next + 2 > end) return;
		for (const id of iphcContexts(psdu, next)) {
			if (!this.#contexts.has(id)) this.missingContexts.add(id);
		}
	}

	#adapt(frame: CapturedFrame, header: MacHeader, result: Dissection): DissectionDrop | undefined {
		const adaptation = this.#adaptation;
		const { next, end, source, destination } = header;
		const nowUs = this.#clock.nowUs();
		const outcome = adaptation.receive(frame.psdu, next, end, source, destination, nowUs, false);
		if (outcome === "unknown-context") this.#noteContexts(frame.psdu, end);
		if (typeof outcome === "string") return outcome;
		const context = adaptation.lastContext;
		let frames: number[] = [];
		if (context !== undefined) {
			frames = this.#frames.get(context) ?? [];
			this.#frames.set(context, frames);
			this.progress = { fragments: context.fragments, storedBytes: context.storedBytes, size: context.size };
		}
		frames.push(frame.number);
		// The fragment began a context anew, and what the old one held is lost: that is what to say of it.
		if (outcome === undefined) return this.#reassembler.lastPurge;
		result.datagram = dissectDatagram(outcome.buffer, outcome.length, frames, adaptation.checksumElided);
		this.#pool.give(outcome.buffer);
		return undefined;
	}
}
