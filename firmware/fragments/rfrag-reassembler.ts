import { LinkAddress } from "../address.js";
import { copyBytes } from "../bytes.js";
import { decodeRfrag, type RfragDrop, RfragHeader } from "../frames/rfrag.js";

/** Fragments that the five bits of a sequence number can tell apart (RFC 8931, section 5.1). */
const SEQUENCES = 32;
const ALL_SEQUENCES = 0xffffffff;

/** Why a recoverable fragment is refused, or a packet given up. */
export type RfragReassemblyDrop =
	| RfragDrop
	/** Its size field is not the number of octets that follow. */
	| "rfrag-size"
	| "rfrag-duplicate"
	| "rfrag-overlap"
	| "rfrag-beyond-size"
	/** Another packet size than the one that the first fragment gave. */
	| "rfrag-size-changed"
	/** The sender gave the packet up. */
	| "rfrag-aborted"
	| "rfrag-full"
	| "rfrag-timed-out";

/** A compressed packet in reassembly. */
class RfragContext {
	readonly source = new LinkAddress();
	readonly destination = new LinkAddress();
	tag = 0;
	openedUs = 0;
	/** Octets of the whole compressed packet, -1 until the first fragment is there. */
	size = -1;
	storedBytes = 0;
	/** Sequence numbers that are there: bit 31 stands for 0, as in an RFRAG-ACK. */
	bitmap = 0;
	readonly offsets = new Int32Array(SEQUENCES);
	readonly lengths = new Int32Array(SEQUENCES);
	readonly buffer: Uint8Array;

	constructor(bufferBytes: number) {
		this.buffer = new Uint8Array(bufferBytes);
	}
}

/** A whole compressed packet; valid until the next call of the reassembler. */
export interface RfragPacket {
	readonly bytes: Uint8Array;
	readonly length: number;
	readonly tag: number;
	readonly source: LinkAddress;
	readonly destination: LinkAddress;
	/** What an RFRAG-ACK for the whole packet carries. */
	readonly ackBitmap: number;
}

export interface RfragReassemblerOptions {
	/** Packets in reassembly at once. */
	readonly contexts: number;
	/** Octets of each, and the longest compressed packet that is accepted. */
	readonly contextBytes: number;
	readonly timeoutUs: number;
}

/**
 * Puts compressed packets together from recoverable fragments (RFC 8931), in fixed memory.
 *
 * Fragments may come in any order. No size field is trusted: a fragment is as long as its octets, and
 * one that overlaps another or reaches past the packet ends the whole packet.
 */
export class RfragReassembler {
	readonly #options: RfragReassemblerOptions;
	readonly #contexts: RfragContext[] = [];
	readonly #header = new RfragHeader();

	constructor(options: RfragReassemblerOptions) {
		this.#options = options;
	}

	/** Packets in reassembly now. */
	get open(): number {
		return this.#contexts.length;
	}

	/** Takes a frame's payload from its RFRAG dispatch octet on: a whole packet, undefined when stored, or why not. */
	accept(
		bytes: Uint8Array,
		offset: number,
		end: number,
		source: LinkAddress,
		destination: LinkAddress,
		timeUs: number,
	): RfragPacket | RfragReassemblyDrop | undefined {
		const header = decodeRfrag(bytes, offset, end, this.#header);
		if (typeof header === "string") return header;
		this.expire(timeUs);
		const length = end - header.next;
		const context = this.find(header.tag, source, destination);
		if (header.offset === 0) {
			if (context !== undefined) this.close(context);
			return "rfrag-aborted";
		}
		if (length === 0 || header.size !== length) return "rfrag-size";
		const first = header.sequence === 0;
		const at = first ? 0 : header.offset;
		if (at + length > this.#options.contextBytes || (first && header.offset > this.#options.contextBytes)) {
			return "rfrag-beyond-size";
		}
		if (context === undefined && this.#contexts.length >= this.#options.contexts) return "rfrag-full";
		const target = context ?? this.ownOpen(header.tag, source, destination, timeUs);
		const refusal = judge(target, header, at, length);
		if (refusal !== undefined) {
			if (refusal !== "rfrag-duplicate") this.close(target);
			return refusal;
		}
		if (first) target.size = header.offset;
		target.bitmap |= bit(header.sequence);
		target.offsets[header.sequence] = at;
		target.lengths[header.sequence] = length;
		target.storedBytes += length;
		copyBytes(bytes, header.next, target.buffer, at, length);
		if (target.size !== target.storedBytes) return undefined;
		this.close(target);
		return {
			bytes: target.buffer,
			length: target.size,
			tag: target.tag,
			source: target.source,
			destination: target.destination,
			ackBitmap: ALL_SEQUENCES,
		};
	}

	/** Gives up every packet whose time is over; returns how many. */
	expire(timeUs: number): number {
		let expired = 0;
		for (let i = this.#contexts.length - 1; i >= 0; i--) {
			if (this.#contexts[i]!.openedUs + this.#options.timeoutUs > timeUs) continue;
			this.#contexts.splice(i, 1);
			expired++;
		}
		return expired;
	}

	private find(tag: number, source: LinkAddress, destination: LinkAddress): RfragContext | undefined {
		for (let i = 0; i < this.#contexts.length; i++) {
			const context = this.#contexts[i]!;
			if (context.tag === tag && context.source.equals(source) && context.destination.equals(destination))
				return context;
		}
		return undefined;
	}

	private ownOpen(tag: number, source: LinkAddress, destination: LinkAddress, timeUs: number): RfragContext {
		const context = new RfragContext(this.#options.contextBytes);
		context.tag = tag;
		context.source.set(source);
		context.destination.set(destination);
		context.openedUs = timeUs;
		this.#contexts.push(context);
		return context;
	}

	private close(context: RfragContext): void {
		this.#contexts.splice(this.#contexts.indexOf(context), 1);
	}
}

function bit(sequence: number): number {
	return 0x80000000 >>> sequence;
}

/** Whether a fragment of `length` octets at `at` may join the packet; undefined when it may. */
function judge(
	context: RfragContext,
	header: RfragHeader,
	at: number,
	length: number,
): RfragReassemblyDrop | undefined {
	const first = header.sequence === 0;
	if ((context.bitmap & bit(header.sequence)) !== 0) {
		if (first && context.size !== header.offset) return "rfrag-size-changed";
		const same = context.offsets[header.sequence] === at && context.lengths[header.sequence] === length;
		return same ? "rfrag-duplicate" : "rfrag-overlap";
	}
	const size = first ? header.offset : context.size;
	if (size >= 0 && at + length > size) return "rfrag-beyond-size";
	for (let i = 0; i < SEQUENCES; i++) {
		if ((context.bitmap & bit(i)) === 0) continue;
		const from = context.offsets[i]!;
		const to = from + context.lengths[i]!;
		if (from < at + length && at < to) return "rfrag-overlap";
		if (first && to > header.offset) return "rfrag-beyond-size";
	}
	return undefined;
}
