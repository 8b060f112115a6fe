import type { LinkAddress } from "../address.js";
import type { BufferPool } from "../buffer-pool.js";
import { copyBytes } from "../bytes.js";
import { ArrivedChain, type ChainVerifier } from "../fragments/chain.js";
import type { ReassemblyContext } from "../fragments/context.js";
import { FragmentWorkspace } from "../fragments/fragment-workspace.js";
import type { ArrivedFragment, FragmentDrop } from "../fragments/policy.js";
import type { Reassembler } from "../fragments/reassembler.js";
import { ChainedFirst, type ChainedFragmentDrop, decodeChainedFirst } from "../frames/chained-fragment.js";
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
	LowpanHeaders,
} from "../frames/lowpan.js";

/** Why a MAC payload gave no packet and took no memory. */
export type AdaptationDrop =
	| LowpanDrop
	| DecompressDrop
	| FragmentDrop
	| Ipv6Drop
	| ChainedFragmentDrop
	| "mesh-not-for-us"
	| "unsupported-dispatch";

/** A whole IPv6 packet. Its buffer belongs to the taker, who gives it back to the pool. */
export interface ReceivedPacket {
	readonly buffer: Uint8Array;
	readonly length: number;
	readonly source: LinkAddress;
	readonly destination: LinkAddress;
	/** Where it was put together; undefined for a packet that came in one frame. */
	readonly context: ReassemblyContext | undefined;
}

/** Refusals of a fragment that came before: its packet may yet be put together, or was. */
const REPEATED: ReadonlySet<FragmentDrop> = new Set([
	"fragment-duplicate",
	"fragment-late",
	"fragment-replayed",
]);

class Arrival implements ArrivedFragment {
	source!: LinkAddress;
	destination!: LinkAddress;
	size = 0;
	tag = 0;
	offset = 0;
	length = 0;
	first = false;
	secured = false;
	chain: ArrivedChain | undefined;
	timeUs = 0;
}

export interface AdaptationOptions {
	readonly contexts: ContextTable;
	readonly reassembler: Reassembler;
	readonly pool: BufferPool;
	/** One of its own where absent. */
	readonly workspace?: FragmentWorkspace;
	/** Whether a mesh header's final address is this node's; undefined takes all, as an observer does. */
	isOwn?(address: LinkAddress): boolean;
	/** Verifies chained fragments; undefined for a stack that does not know them. */
	readonly chains?: ChainVerifier | undefined;
	/** Whether a neighbour is known to chain its fragments, so that a plain one is none of its own. */
	isChained?(source: LinkAddress): boolean;
	/** Told of a packet whose first fragment found no place: `packet[0..length)` is its beginning. */
	onRefused?(packet: Uint8Array, length: number, reason: FragmentDrop): void;
}

/**
 * The receiving half of 6LoWPAN: MAC payloads in, IPv6 packets out (RFC 4944, RFC 6282, RFC 8025).
 */
export class Adaptation {
	/** Headers of the last payload, for whoever prints them; valid after {@link receive}. */
	readonly headers = new LowpanHeaders();
	/** The last fragment, valid when the headers hold one and it was not refused before reassembly. */
	readonly fragment: ArrivedFragment;
	/** The context that took the last fragment, undefined when none did. */
	lastContext: ReassemblyContext | undefined;
	/** Whether the last payload was a fragment that the reassembler judged. */
	reachedReassembler = false;
	readonly #options: AdaptationOptions;
	readonly #workspace: FragmentWorkspace;
	readonly #arrival = new Arrival();
	/** Made when the first chained fragment comes: most nodes of a plain network never see one. */
	#chain: ArrivedChain | undefined;
	#chainedFirst: ChainedFirst | undefined;
	readonly #packet: { -readonly [K in keyof ReceivedPacket]: ReceivedPacket[K] };

	constructor(options: AdaptationOptions) {
		this.#options = options;
		this.#workspace = options.workspace ?? new FragmentWorkspace();
		this.fragment = this.#arrival;
		this.#packet = {
			buffer: new Uint8Array(0),
			length: 0,
			source: this.headers.mesh.originator,
			destination: this.headers.mesh.final,
			context: undefined,
		};
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
		this.lastContext = undefined;
		this.reachedReassembler = false;
		const headers = decodeLowpan(bytes, offset, end, this.headers);
		if (typeof headers === "string") return headers;
		let from = source;
		let to = destination;
		if (headers.hasMesh) {
			from = headers.mesh.originator;
			to = headers.mesh.final;
			if (this.#options.isOwn?.(to) === false) return "mesh-not-for-us";
		}
		const arrival = this.#arrival;
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
				const { chains } = this.#options;
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
		const { pool, contexts } = this.#options;
		const buffer = pool.take();
		const { source, destination } = this.#arrival;
		const result = decompressDatagram(
			kind,
			bytes,
			this.headers.next,
			end,
			source,
			destination,
			contexts,
			buffer,
			this.#workspace.decompressed,
		);
		if (typeof result === "string") {
			pool.give(buffer);
			return result;
		}
		return this.deliver(buffer, result.length, undefined);
	}

	/** Names the fragment, as far as its header does. */
	private name(first: boolean): Arrival {
		const { size, tag, offset } = this.headers.fragment;
		const arrival = this.#arrival;
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
		const isRefused = this.#options.isChained?.(arrival.source) === true;
		if (isRefused) return this.refuse("fragment-downgraded");
		if (first) return this.receiveFirst(bytes, end);
		return this.receiveNext(bytes, this.headers.next, end);
	}

	private receiveChained(
		chains: ChainVerifier,
		bytes: Uint8Array,
		end: number,
		first: boolean,
	): ReceivedPacket | AdaptationDrop | undefined {
		const arrival = this.name(first);
		const { next } = this.headers;
		this.#chain ??= new ArrivedChain();
		const chain = this.#chain;
		if (first) {
			this.#chainedFirst ??= new ChainedFirst();
			const header = decodeChainedFirst(bytes, next, end, this.#chainedFirst);
			if (typeof header === "string") return header;
			const refusal = chains.first(arrival, header, bytes, end, chain);
			if (refusal !== undefined) return this.refuse(refusal);
			this.headers.next = chains.payloadOffset;
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
		return this.#options.reassembler.refuse(this.#arrival, reason);
	}

	private receiveFirst(bytes: Uint8Array, end: number): ReceivedPacket | AdaptationDrop | undefined {
		const { pool, contexts } = this.#options;
		const inner = decodeDispatch(bytes, end, this.headers);
		if (typeof inner === "string") return inner;
		if (inner.inner === "") return "unsupported-dispatch";
		const arrival = this.#arrival;
		const { size } = arrival;
		const scratch = pool.take();
		const result = decompress(
			inner.inner,
			bytes,
			inner.next,
			end,
			arrival.source,
			arrival.destination,
			contexts,
			scratch,
			size,
			this.#workspace.decompressed,
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
					this.#options.onRefused?.(scratch, arrival.length, judged);
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
		this.#arrival.length = end - from;
		return this.conclude(this.reassemble(bytes, from, undefined));
	}

	private reassemble(
		data: Uint8Array,
		offset: number,
		headers: Decompressed | undefined,
	): ReassemblyContext | FragmentDrop | undefined {
		const { reassembler } = this.#options;
		this.reachedReassembler = true;
		const outcome = reassembler.accept(this.#arrival, data, offset, headers);
		this.lastContext = typeof outcome === "object" ? outcome : reassembler.lastContext;
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
			this.#options.pool.give(buffer);
			return fault;
		}
		return this.deliver(buffer, size, outcome);
	}

	private deliver(
		buffer: Uint8Array,
		length: number,
		context: ReassemblyContext | undefined,
	): ReceivedPacket {
		const packet = this.#packet;
		packet.buffer = buffer;
		packet.length = length;
		packet.source = this.#arrival.source;
		packet.destination = this.#arrival.destination;
		packet.context = context;
		return packet;
	}
}
