import type { LinkAddress } from "../address.js";
import type { BufferPool } from "../buffer-pool.js";
import { copyBytes } from "../bytes.js";
import type { Arrival, ReceivedPacket } from "../fragments/arrival.js";
import type { ChainVerifier } from "../fragments/chain.js";
import type { ReassemblyContext } from "../fragments/context.js";
import { FragmentWorkspace } from "../fragments/fragment-workspace.js";
import type { ArrivedFragment, FragmentDrop } from "../fragments/policy.js";
import type { Reassembler } from "../fragments/reassembler.js";
import { type ChainedFragmentDrop, decodeChainedFirst } from "../frames/chained-fragment.js";
import { fillUdpChecksum } from "../frames/checksum.js";
import type { ContextTable } from "../frames/context-table.js";
import { decompress, decompressDatagram } from "../frames/decompress.js";
import type { DecompressDrop, Decompressed } from "../frames/decompressed.js";
import { checkIpv6, type Ipv6Drop } from "../frames/ipv6.js";
import {
	decodeDispatch,
	decodeLowpan,
	type HeaderKind,
	type LowpanDrop,
	type LowpanHeaders,
} from "../frames/lowpan.js";

export type { ReceivedPacket } from "../fragments/arrival.js";

/** Why a MAC payload gave no packet and took no memory. */
export type AdaptationDrop =
	| LowpanDrop
	| DecompressDrop
	| FragmentDrop
	| Ipv6Drop
	| ChainedFragmentDrop
	| "mesh-not-for-us"
	| "unsupported-dispatch";

/** Refusals of a fragment that came before: its packet may yet be put together, or was. */
const REPEATED: ReadonlySet<FragmentDrop> = new Set([
	"fragment-duplicate",
	"fragment-late",
	"fragment-replayed",
]);

/** Whom an adaptation layer asks, and tells what came of a packet; a node, or whoever listens. */
export interface AdaptationHost {
	/** Whether a mesh header's final address is its own; absent, all are, as an observer's. */
	isOwn?(address: LinkAddress): boolean;
	/** Whether a neighbour is known to chain its fragments, so that a plain one is none of its own; absent, nobody is. */
	isChained?(source: LinkAddress): boolean;
	/** Told of a packet whose first fragment found no place: `packet[0..length)` is its beginning. */
	noteRefused?(packet: Uint8Array, length: number, reason: FragmentDrop): void;
}

export interface AdaptationOptions {
	readonly contexts: ContextTable;
	readonly reassembler: Reassembler;
	readonly pool: BufferPool;
	/** One of its own where absent. */
	readonly workspace?: FragmentWorkspace;
	readonly host?: AdaptationHost;
	/** Verifies chained fragments; undefined for a stack that does not know them. */
	readonly chains?: ChainVerifier | undefined;
}

/**
 * The receiving half of 6LoWPAN: MAC payloads in, IPv6 packets out (RFC 4944, RFC 6282, RFC 8025).
 */
export class Adaptation {
	/** Whether the last payload was a fragment that the reassembler judged. */
	reachedReassembler = false;
	readonly #contexts: ContextTable;
	readonly #reassembler: Reassembler;
	readonly #pool: BufferPool;
	readonly #workspace: FragmentWorkspace;
	readonly #host: AdaptationHost;
	readonly #chains: ChainVerifier | undefined;

	constructor(options: AdaptationOptions) {
		this.#contexts = options.contexts;
		this.#reassembler = options.reassembler;
		this.#pool = options.pool;
		this.#workspace = options.workspace ?? new FragmentWorkspace();
		this.#host = options.host ?? {};
		this.#chains = options.chains;
	}

	/** The context that took the last fragment, undefined when none did; valid until the next payload. */
	get lastContext(): ReassemblyContext | undefined {
		return this.#workspace.lastContext;
	}

	/** Headers of the last payload, for whoever prints them; valid after {@link receive}. */
	get headers(): LowpanHeaders {
		return this.#workspace.headers;
	}

	/** The last fragment, valid when the headers hold one and it was not refused before reassembly. */
	get fragment(): ArrivedFragment {
		return this.#workspace.arrival;
	}

	/**
	 * Takes the MAC payload `bytes[offset..end)` of a frame from `source` to `destination`.
	 *
	 * Returns a packet (the same object each time), undefined when a fragment was stored, or why the payload
	 * was refused. `secured`: link-layer security protected the frame.
	 */
	receive(
		bytes: Uint8Array,
		offset: number,
		end: number,
		source: LinkAddress,
		destination: LinkAddress,
		timeUs: number,
		secured: boolean,
	): ReceivedPacket | AdaptationDrop | undefined {
		this.#workspace.lastContext = undefined;
		this.reachedReassembler = false;
		const headers = decodeLowpan(bytes, offset, end, this.#workspace.headers);
		if (typeof headers === "string") return headers;
		let from = source;
		let to = destination;
		if (headers.hasMesh) {
			from = headers.mesh.originator;
			to = headers.mesh.final;
			if (this.#host.isOwn?.(to) === false) return "mesh-not-for-us";
		}
		const { arrival } = this.#workspace;
		arrival.source = from;
		arrival.destination = to;
		arrival.secured = secured;
		arrival.timeUs = timeUs;
		switch (headers.kind) {
			case "frag1":
			case "fragn":
				return this.receivePlain(bytes, end, headers.kind === "frag1");
			case "chained-frag1":
			case "chained-fragn": {
				const chains = this.#chains;
				if (chains === undefined) return "unsupported-dispatch";
				return this.receiveChained(chains, bytes, end, headers.kind === "chained-frag1");
			}
			case "iphc":
			case "ipv6":
			case "hc1":
				return this.receiveWhole(bytes, end, headers.kind);
			default:
				return "unsupported-dispatch";
		}
	}

	/** Whether the UDP checksum of the last packet was elided: nobody between its ends can vouch for it. */
	get checksumElided(): boolean {
		const context = this.lastContext;
		return context === undefined ? this.#workspace.decompressed.checksumElided : context.elidedUdpOffset >= 0;
	}

	private receiveWhole(bytes: Uint8Array, end: number, kind: HeaderKind): ReceivedPacket | AdaptationDrop {
		const pool = this.#pool;
		const buffer = pool.take();
		const { headers, arrival, decompressed } = this.#workspace;
		const result = decompressDatagram(
			kind,
			bytes,
			headers.next,
			end,
			arrival.source,
			arrival.destination,
			this.#contexts,
			buffer,
			decompressed,
		);
		if (typeof result === "string") {
			pool.give(buffer);
			return result;
		}
		return this.deliver(buffer, result.length, undefined);
	}

	/** Names the fragment, as far as its header does. */
	private name(first: boolean): Arrival {
		const { headers, arrival } = this.#workspace;
		const { size, tag, offset } = headers.fragment;
		arrival.size = size;
		arrival.tag = tag;
		arrival.offset = offset;
		arrival.length = 0;
		arrival.first = first;
		arrival.chain = undefined;
		return arrival;
	}

	private receivePlain(
		bytes: Uint8Array,
		end: number,
		first: boolean,
	): ReceivedPacket | AdaptationDrop | undefined {
		const arrival = this.name(first);
		const isRefused = this.#host.isChained?.(arrival.source) === true;
		if (isRefused) return this.refuse("fragment-downgraded");
		if (first) return this.receiveFirst(bytes, end);
		return this.receiveNext(bytes, this.#workspace.headers.next, end);
	}

	private receiveChained(
		chains: ChainVerifier,
		bytes: Uint8Array,
		end: number,
		first: boolean,
	): ReceivedPacket | AdaptationDrop | undefined {
		const arrival = this.name(first);
		const { headers, arrivedChain: chain } = this.#workspace;
		const { next } = headers;
		if (first) {
			const header = decodeChainedFirst(bytes, next, end, this.#workspace.chainedFirst);
			if (typeof header === "string") return header;
			const refusal = chains.first(arrival, header, bytes, end, chain);
			if (refusal !== undefined) return this.refuse(refusal);
			headers.next = chains.payloadOffset;
			arrival.chain = chain;
			return this.receiveFirst(bytes, end);
		}
		const refusal = chains.next(arrival, bytes, next, end, chain);
		if (refusal !== undefined) return this.refuse(refusal);
		arrival.chain = chain;
		return this.receiveNext(bytes, chains.payloadOffset, end);
	}

	private refuse(reason: FragmentDrop): FragmentDrop {
		this.reachedReassembler = true;
		return this.#reassembler.refuse(this.#workspace.arrival, reason);
	}

	private receiveFirst(bytes: Uint8Array, end: number): ReceivedPacket | AdaptationDrop | undefined {
		const pool = this.#pool;
		const { headers, arrival, decompressed } = this.#workspace;
		const inner = decodeDispatch(bytes, end, headers);
		if (typeof inner === "string") return inner;
		if (inner.inner === "") return "unsupported-dispatch";
		const { size } = arrival;
		const scratch = pool.take();
		const result = decompress(
			inner.inner,
			bytes,
			inner.next,
			end,
			arrival.source,
			arrival.destination,
			this.#contexts,
			scratch,
			size,
			decompressed,
		);
		let outcome: ReassemblyContext | AdaptationDrop | undefined;
		if (typeof result === "string") outcome = result;
		else {
			const rest = end - result.next;
			arrival.length = result.length + rest;
			if (arrival.length > scratch.length) outcome = "fragment-beyond-size";
			else {
				copyBytes(bytes, result.next, scratch, result.length, rest);
				const judged = this.reassemble(scratch, 0, result);
				if (typeof judged === "string" && !REPEATED.has(judged)) {
					this.#host.noteRefused?.(scratch, arrival.length, judged);
				}
				outcome = judged;
			}
		}
		pool.give(scratch);
		return this.conclude(outcome);
	}

	private receiveNext(
		bytes: Uint8Array,
		from: number,
		end: number,
	): ReceivedPacket | AdaptationDrop | undefined {
		this.#workspace.arrival.length = end - from;
		return this.conclude(this.reassemble(bytes, from, undefined));
	}

	private reassemble(
		data: Uint8Array,
		offset: number,
		headers: Decompressed | undefined,
	): ReassemblyContext | FragmentDrop | undefined {
		const reassembler = this.#reassembler;
		this.reachedReassembler = true;
		const outcome = reassembler.accept(this.#workspace.arrival, data, offset, headers);
		this.#workspace.lastContext = typeof outcome === "object" ? outcome : reassembler.lastContext;
		return outcome;
	}

	private conclude(
		outcome: ReassemblyContext | AdaptationDrop | undefined,
	): ReceivedPacket | AdaptationDrop | undefined {
		if (typeof outcome !== "object") return outcome;
		const { buffer, size } = outcome;
		if (outcome.elidedUdpOffset >= 0) {
			fillUdpChecksum(buffer, size, outcome.elidedUdpOffset, outcome.elidedIpv6Offset + 8);
		}
		const fault = checkIpv6(buffer, size);
		if (fault !== undefined) {
			this.#pool.give(buffer);
			return fault;
		}
		return this.deliver(buffer, size, outcome);
	}

	private deliver(
		buffer: Uint8Array,
		length: number,
		context: ReassemblyContext | undefined,
	): ReceivedPacket {
		const { packet, arrival } = this.#workspace;
		packet.buffer = buffer;
		packet.length = length;
		packet.source = arrival.source;
		packet.destination = arrival.destination;
		packet.context = context;
		return packet;
	}
}
