import type { LinkAddress } from "../../firmware/address.js";
import { BufferPool } from "../../firmware/buffer-pool.js";
import { completeSink, NODE_EVENTS } from "../../firmware/events.js";
import { Reassembler } from "../../firmware/fragments/reassembler.js";
import { rfc4944 } from "../../firmware/fragments/rfc4944.js";
import { RfragReassembler } from "../../firmware/fragments/rfrag-reassembler.js";
import type { ContextTable } from "../../firmware/frames/context-table.js";
import { decompressDatagram } from "../../firmware/frames/decompress.js";
import { decodeLowpan } from "../../firmware/frames/lowpan.js";
import { decodeRfragAck } from "../../firmware/frames/rfrag.js";
import { Adaptation } from "../../firmware/net/adaptation.js";
import { EventQueue } from "../../sim/kernel/queue.js";
import { toHex } from "./hex.js";

/** The longest packet that a fragment header can name, and how many of them are put together at once. */
const CONTEXT_BYTES = 2047;
const CONTEXTS = 4;
const BUFFER_BYTES = 2048;
/** RFC 4944, section 5.3: the longest time that reassembly may take. */
const TIMEOUT_US = 60_000_000;

/** The receiving half of a node, with all that it keeps and drops counted. */
export class Receiver {
	/** Packets that were delivered, in hex. */
	readonly delivered: string[] = [];
	/** Reasons of everything that was refused or given up. */
	readonly drops: string[] = [];
	readonly #queue = new EventQueue();
	readonly #pool = new BufferPool(BUFFER_BYTES);
	readonly #reassembler: Reassembler;
	readonly #rfrag = new RfragReassembler({
		contexts: CONTEXTS,
		contextBytes: CONTEXT_BYTES,
		timeoutUs: TIMEOUT_US,
	});
	readonly #adaptation: Adaptation;
	readonly #contexts: ContextTable;

	/** `own`: the only mesh destination that is accepted; undefined accepts all. */
	constructor(contexts: ContextTable, own?: LinkAddress) {
		this.#contexts = contexts;
		this.#reassembler = new Reassembler({
			policy: rfc4944.create({ contextBytes: CONTEXT_BYTES }),
			budgetBytes: CONTEXTS * CONTEXT_BYTES,
			pool: this.#pool,
			clock: this.#queue,
			sink: completeSink(NODE_EVENTS, {}),
			node: 0,
			host: { noteAbandoned: (_context, reason) => this.drops.push(reason) },
		});
		this.#adaptation = new Adaptation({
			contexts,
			reassembler: this.#reassembler,
			pool: this.#pool,
			...(own === undefined
				? {}
				: { host: { isOwn: (address: LinkAddress) => address.equals(own) || address.isBroadcast } }),
		});
	}

	/** Packets in reassembly, and buffers that are lent. */
	get state(): string {
		const contexts = this.#reassembler.contexts.length + this.#rfrag.open;
		return `${contexts} contexts, ${this.#reassembler.bytesInUse} octets, ${this.#pool.lent} buffers`;
	}

	/** Whether nothing is kept: no context, no octet, no buffer. */
	get isIdle(): boolean {
		return (
			this.#reassembler.contexts.length === 0 &&
			this.#reassembler.bytesInUse === 0 &&
			this.#rfrag.open === 0 &&
			this.#pool.lent === 0
		);
	}

	/** Takes the payload of one MAC frame. */
	receive(payload: Uint8Array, source: LinkAddress, destination: LinkAddress): void {
		const headers = decodeLowpan(payload, 0, payload.length);
		if (typeof headers !== "string" && headers.kind === "rfrag") {
			const from = headers.hasMesh ? headers.mesh.originator : source;
			const to = headers.hasMesh ? headers.mesh.final : destination;
			this.#receiveRfrag(payload, headers.next, from, to);
			return;
		}
		if (typeof headers !== "string" && headers.kind === "rfrag-ack") {
			const ack = decodeRfragAck(payload, headers.next, payload.length);
			this.drops.push(typeof ack === "string" ? ack : "rfrag-ack-unexpected");
			return;
		}
		const nowUs = this.#queue.nowUs();
		const outcome = this.#adaptation.receive(payload, 0, payload.length, source, destination, nowUs, false);
		if (typeof outcome === "string") this.drops.push(outcome);
		else if (outcome !== undefined) {
			this.delivered.push(toHex(outcome.buffer, 0, outcome.length));
			this.#pool.give(outcome.buffer);
		}
	}

	/** Lets the longest reassembly time pass. */
	timeOut(): void {
		this.#queue.run(this.#queue.nowUs() + TIMEOUT_US + 1);
		const expired = this.#rfrag.expire(this.#queue.nowUs());
		for (let i = 0; i < expired; i++) this.drops.push("rfrag-timed-out");
	}

	#receiveRfrag(payload: Uint8Array, offset: number, source: LinkAddress, destination: LinkAddress): void {
		const nowUs = this.#queue.nowUs();
		const packet = this.#rfrag.accept(payload, offset, payload.length, source, destination, nowUs);
		if (packet === undefined) return;
		if (typeof packet === "string") {
			this.drops.push(packet);
			return;
		}
		const headers = decodeLowpan(packet.bytes, 0, packet.length);
		if (typeof headers === "string") {
			this.drops.push(headers);
			return;
		}
		const { kind } = headers;
		if (headers.hasMesh || (kind !== "ipv6" && kind !== "iphc" && kind !== "hc1")) {
			this.drops.push("lowpan-header-order");
			return;
		}
		const out = new Uint8Array(BUFFER_BYTES);
		const datagram = decompressDatagram(
			kind,
			packet.bytes,
			headers.next,
			packet.length,
			packet.source,
			packet.destination,
			this.#contexts,
			out,
		);
		if (typeof datagram === "string") this.drops.push(datagram);
		else this.delivered.push(toHex(out, 0, datagram.length));
	}
}
