import { LinkAddress } from "../address.js";
import type { BufferPool } from "../buffer-pool.js";
import { copyBytes, putU16be } from "../bytes.js";
import { ICMPV6 } from "../frames/checksum.js";
import {
	decodeIcmpv6,
	encodeEcho,
	encodeIcmpv6Error,
	ICMPV6_HEADER_BYTES,
	type Icmpv6Drop,
	Icmpv6Message,
	Icmpv6Type,
	verifyIcmpv6,
} from "../frames/icmpv6.js";
import { findUpperLayer, IPV6_BYTES, UpperLayer } from "../frames/ipv6.js";
import { type NeighbourMessageDrop, NeighbourType } from "../frames/neighbour-message.js";
import type { Clock, Sink } from "../ports.js";
import { isMulticast, isNobody, linkAddressOf } from "./addresses.js";
import type { NeighbourDiscovery } from "./neighbour-discovery.js";

/** Why an ICMPv6 message was refused. */
export type Icmpv6ServiceDrop =
	| Icmpv6Drop
	| NeighbourMessageDrop
	| "neighbour-hop-limit"
	/** A source that cannot be answered: a multicast address, or nobody's. */
	| "ipv6-source";

/** How a node makes packets of its own. */
export interface PacketOrigin {
	/** The largest packet that we send. */
	readonly maxPacketBytes: number;
	/** The address that packets to `destination` bear as their source. */
	sourceFor(destination: Uint8Array): Uint8Array;
	/** Writes the IPv6 header of a packet of `length` octets. */
	begin(
		packet: Uint8Array,
		length: number,
		nextHeader: number,
		source: Uint8Array,
		destination: Uint8Array,
	): void;
	/** Sends a packet whose header stands; takes over its buffer. `isReport`: no datagram of an application. */
	originate(packet: Uint8Array, length: number, isReport?: boolean): void;
}

export interface Icmpv6ServiceOptions {
	readonly node: number;
	readonly clock: Clock;
	readonly sink: Pick<Sink, "echoReplied" | "reportReceived" | "reportSent">;
	readonly pool: BufferPool;
	readonly discovery: NeighbourDiscovery;
	readonly origin: PacketOrigin;
}

/** No more ICMPv6 errors than this (RFC 4443, section 2.4 f). */
const ERROR_INTERVAL_US = 1_000_000;

/** ICMPv6 of one node: answers echoes, hands neighbour messages on, and reports errors (RFC 4443). */
export class Icmpv6Service {
	readonly #options: Icmpv6ServiceOptions;
	readonly #message = new Icmpv6Message();
	readonly #upper = new UpperLayer();
	readonly #origin = new LinkAddress();
	#nextErrorUs = 0;

	constructor(options: Icmpv6ServiceOptions) {
		this.#options = options;
	}

	/** Sends an echo request with `length` octets of data, 0x00, 0x01 … (RFC 4443, section 4.1). */
	sendEcho(destination: Uint8Array, identifier: number, sequence: number, length: number): void {
		const data = IPV6_BYTES + ICMPV6_HEADER_BYTES;
		const { origin, pool } = this.#options;
		if (data + length > origin.maxPacketBytes) {
			throw new RangeError(
				`sendEcho: expected at most ${origin.maxPacketBytes - data} octets, got ${length}`,
			);
		}
		const packet = pool.take();
		origin.begin(packet, data + length, ICMPV6, origin.sourceFor(destination), destination);
		for (let i = 0; i < length; i++) packet[data + i] = i;
		encodeEcho(Icmpv6Type.echoRequest, identifier, sequence, packet, IPV6_BYTES, data + length);
		origin.originate(packet, data + length);
	}

	/**
	 * Takes the message behind the headers that `upper` tells of, from the neighbour `via`; returns why it was refused.
	 *
	 * `onAccepted` is called before any answer is made, for messages that count as datagrams: errors do not.
	 */
	receive(
		packet: Uint8Array,
		length: number,
		upper: UpperLayer,
		via: LinkAddress,
		onAccepted: () => void,
	): Icmpv6ServiceDrop | undefined {
		const message = decodeIcmpv6(packet, upper.offset, length, this.#message);
		if (typeof message === "string") return message;
		if (!verifyIcmpv6(packet, length, upper.offset, 8, upper.destinationOffset)) return "icmpv6-checksum";
		if (message.type === NeighbourType.solicitation || message.type === NeighbourType.advertisement) {
			return this.#options.discovery.receive(packet, upper.offset, length, via);
		}
		if (message.type === Icmpv6Type.echoRequest && isNobody(packet, 8)) return "ipv6-source";
		const { sink, clock, node } = this.#options;
		const source = linkAddressOf(packet, 8, this.#origin);
		if (message.type < Icmpv6Type.echoRequest) {
			sink.reportReceived(clock.nowUs(), node, source, message.type, message.code, length);
			return undefined;
		}
		onAccepted();
		if (message.type === Icmpv6Type.echoRequest) this.answerEcho(packet, length, message);
		else if (message.type === Icmpv6Type.echoReply) {
			sink.echoReplied(clock.nowUs(), node, source, message.sequence, length - message.next);
		}
		return undefined;
	}

	/** Tells the source what became of its packet, unless RFC 4443, section 2.4 e, forbids it. */
	reportError(type: number, code: number, packet: Uint8Array, length: number): void {
		const { node, clock, sink, pool, origin } = this.#options;
		if (isMulticast(packet, 24) || isNobody(packet, 8) || clock.nowUs() < this.#nextErrorUs) return;
		const upper = findUpperLayer(packet, 0, length, this.#upper);
		if (typeof upper === "string") return;
		if (upper.protocol === ICMPV6 && packet[upper.offset]! < Icmpv6Type.echoRequest) return;
		this.#nextErrorUs = clock.nowUs() + ERROR_INTERVAL_US;
		const requester = packet.slice(8, 24);
		const report = pool.take();
		origin.begin(report, IPV6_BYTES, ICMPV6, origin.sourceFor(requester), requester);
		const room = report.subarray(0, origin.maxPacketBytes);
		const total = encodeIcmpv6Error(type, code, 0, packet, length, room);
		putU16be(report, 4, total - IPV6_BYTES);
		sink.reportSent(clock.nowUs(), node, type, code);
		origin.originate(report, total, true);
	}

	private answerEcho(request: Uint8Array, length: number, message: Icmpv6Message): void {
		const { origin, pool } = this.#options;
		const requester = request.slice(8, 24);
		const own = isMulticast(request, 24) ? origin.sourceFor(requester) : request.slice(24, 40);
		const total = IPV6_BYTES + ICMPV6_HEADER_BYTES + length - message.next;
		const reply = pool.take();
		origin.begin(reply, total, ICMPV6, own, requester);
		copyBytes(request, message.next, reply, IPV6_BYTES + ICMPV6_HEADER_BYTES, length - message.next);
		encodeEcho(Icmpv6Type.echoReply, message.identifier, message.sequence, reply, IPV6_BYTES, total);
		origin.originate(reply, total);
	}
}
