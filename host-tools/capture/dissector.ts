import type { LinkAddress } from "../../firmware/address.js";
import { BufferPool } from "../../firmware/buffer-pool.js";
import { completeSink, NODE_EVENTS } from "../../firmware/events.js";
import type { ReassemblyContext } from "../../firmware/fragments/context.js";
import type { FragmentDrop, ReassemblyPolicy } from "../../firmware/fragments/policy.js";
import { Reassembler } from "../../firmware/fragments/reassembler.js";
import type { ContextTable } from "../../firmware/frames/context-table.js";
import { fcs16, hasGoodFcs } from "../../firmware/frames/fcs.js";
import { MAX_DATAGRAM_SIZE } from "../../firmware/frames/fragment.js";
import { decodeDispatch, decodeLowpan, LowpanHeaders } from "../../firmware/frames/lowpan.js";
import { decodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { DuplicateFilter } from "../../firmware/mac/duplicates.js";
import type { ChainKeys } from "../../firmware/mac/link-keys.js";
import { Adaptation, type AdaptationDrop, type ReceivedPacket } from "../../firmware/net/adaptation.js";
import { CaptureClock } from "./capture-clock.js";
import type { CapturedFrame } from "./captured-frame.js";
import { ChainObserver } from "./chain-observer.js";
import { dissectChainedFirst, hex, refusedVerdict, storedVerdict } from "./dissect-chain.js";
import { type Message, messageOf } from "./dissect-message.js";
import { type Dissection, type DissectionDrop, dissectDatagram, dissectMac } from "./dissection.js";
import { iphcContexts } from "./iphc-contexts.js";
import type { ReceptionDrop } from "./reception.js";

const FCS_BYTES = 2;
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
	/** Whether that node knows chained fragments; it does when absent. */
	readonly knowsChains?: boolean;
	/** The link keys that are known; none when absent. */
	readonly keys?: ChainKeys;
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
	/** Packets put together from chains whose key is not known. */
	unverified = 0;
	readonly #as: readonly LinkAddress[];
	readonly #contexts: ContextTable;
	readonly #missed: ReadonlyMap<number, ReceptionDrop>;
	readonly #rejectsDuplicates: boolean;
	readonly #clock = new CaptureClock();
	readonly #pool = new BufferPool(MAX_DATAGRAM_SIZE);
	readonly #reassembler: Reassembler;
	readonly #adaptation: Adaptation;
	/** Undefined for a node that does not know chained fragments. */
	readonly #chains: ChainObserver | undefined;
	readonly #keys: ChainKeys | undefined;
	/** Whose chained packets were verified to their end: a node takes no plain fragments from them. */
	readonly #chained = new Set<string>();
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
			host: {
				noteAbandoned: (_context, reason) => {
					this.abandoned.set(reason, (this.abandoned.get(reason) ?? 0) + 1);
				},
			},
		});
		this.#keys = options.keys;
		if (this.#isObserver || options.knowsChains !== false) {
			this.#chains = new ChainObserver(this.#reassembler, options.keys, this.#isObserver);
		}
		this.#adaptation = new Adaptation({
			contexts: options.contexts,
			reassembler: this.#reassembler,
			pool: this.#pool,
			chains: this.#chains,
			host: {
				isChained: (source) => this.#chains !== undefined && !this.#isObserver && this.#isChained(source),
				isOwn: (address) => this.#isObserver || address.isBroadcast || this.#isOwn(address),
			},
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
		const message = isReadable ? this.#nameHeaders(psdu, header, result) : undefined;
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
		if (message !== undefined) return message.read(psdu, this.#headers.next, header.end, result);
		return this.#adapt(frame, header, result);
	}

	get #isObserver(): boolean {
		return this.#as.length === 0;
	}

	#isOwn(address: LinkAddress): boolean {
		return this.#as.some((own) => own.equals(address));
	}

	#isChained(source: LinkAddress): boolean {
		if (this.#chained.has(String(source))) return true;
		return this.#as.some((own) => this.#keys?.find(source, own) !== undefined);
	}

	#isForUs(header: MacHeader): boolean {
		if (this.#isObserver) return true;
		return (header.destination.isBroadcast || this.#isOwn(header.destination)) && !this.#isOwn(header.source);
	}

	#isDuplicate(psdu: Uint8Array, end: number, { source, seq }: MacHeader): boolean {
		if (seq < 0) return false;
		return this.#duplicates.isDuplicate(source, seq, fcs16(psdu, 0, end), this.#clock.nowUs());
	}

	/** Names what a frame carries; returns the message, where that is one of Lowguard's own. */
	#nameHeaders(psdu: Uint8Array, header: MacHeader, result: Dissection): Message | undefined {
		const headers = decodeLowpan(psdu, header.next, header.end, this.#headers);
		if (typeof headers === "string") return undefined;
		const { kind } = headers;
		const isChained = kind === "chained-frag1" || kind === "chained-fragn";
		const first = kind === "chained-frag1" ? dissectChainedFirst(psdu, headers.next, header.end) : undefined;
		if (first !== undefined) headers.next = first.next;
		// Behind a bad dispatch there is nothing to name; receiving says what is wrong.
		if (kind === "frag1" || first !== undefined) decodeDispatch(psdu, header.end, headers);
		result.lowpan = headers.names();
		const message = kind === "experimental" ? messageOf(psdu[headers.next]) : undefined;
		if (message !== undefined) result.lowpan = [...result.lowpan.slice(0, -1), message.name];
		if (!isChained && kind !== "frag1" && kind !== "fragn") return message;
		const { tag, size, offset } = headers.fragment;
		result.fragment = { tag, size, offset };
		if (isChained) result.chain = first?.chain ?? {};
		return undefined;
	}

	/** Notes which contexts the packet needs that {@link #nameHeaders} looked at last. */
	#noteContexts(psdu: Uint8Array, end: number): void {
		this.undecompressed++;
		const { kind, inner, next } = this.#headers;
		const isFirst = kind === "frag1" || kind === "chained-frag1";
		if ((isFirst ? inner : kind) !== "iphc" || next + 2 > end) return;
		for (const id of iphcContexts(psdu, next)) {
			if (!this.#contexts.has(id)) this.missingContexts.add(id);
		}
	}

	/** Says what was found of a chained fragment that was received. */
	#judgeChain(
		psdu: Uint8Array,
		outcome: ReceivedPacket | AdaptationDrop | undefined,
		{ chain }: Dissection,
	): void {
		const adaptation = this.#adaptation;
		if (chain === undefined || !adaptation.reachedReassembler) return;
		const { fragment, lastContext } = adaptation;
		const { tokenBytes } = this.#chains!;
		if (!fragment.first && tokenBytes > 0) chain.token = hex(psdu, this.#headers.next, tokenBytes);
		if (typeof outcome === "string") {
			chain.verdict = refusedVerdict(outcome);
			return;
		}
		const { chain: stored } = lastContext!;
		chain.verdict = storedVerdict(stored!, fragment.first);
		if (outcome === undefined) return;
		if (chain.verdict === "unverified") this.unverified++;
		else this.#chained.add(String(fragment.source));
	}

	#adapt(frame: CapturedFrame, header: MacHeader, result: Dissection): DissectionDrop | undefined {
		const adaptation = this.#adaptation;
		const { next, end, source, destination } = header;
		const nowUs = this.#clock.nowUs();
		const outcome = adaptation.receive(frame.psdu, next, end, source, destination, nowUs, false);
		if (outcome === "unknown-context") this.#noteContexts(frame.psdu, end);
		if (result.chain !== undefined) this.#judgeChain(frame.psdu, outcome, result);
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
