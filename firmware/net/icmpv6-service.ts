import type { LinkAddress } from "../address.js";
import { copyBytes, putU16be } from "../bytes.js";
import { ICMPV6 } from "../frames/checksum.js";
import {
	decodeIcmpv6,
	encodeEcho,
	encodeIcmpv6Error,
	ICMPV6_HEADER_BYTES,
	type Icmpv6Drop,
	type Icmpv6Message,
	Icmpv6Type,
	verifyIcmpv6,
} from "../frames/icmpv6.js";
import { findUpperLayer, IPV6_BYTES, type UpperLayer } from "../frames/ipv6.js";
import { type NeighbourMessageDrop, NeighbourType } from "../frames/neighbour-message.js";
import { isMulticast, isNobody, linkAddressOf } from "./addresses.js";
import type { NetworkHost } from "./network-host.js";

/** Why an ICMPv6 message was refused. */
export type Icmpv6ServiceDrop =
	| Icmpv6Drop
	| NeighbourMessageDrop
	| "neighbour-hop-limit"
	/** A source that cannot be answered: a multicast address, or nobody's. */
	| "ipv6-source";

/** How a node makes packets of its own. */
export interface PacketOrigin {
	/**
	 * Writes the IPv6 header of a packet of `length` octets for the address at `offset` of `destination`; its source is the
	 * node's own of the same scope.
	 */
	begin(
		packet: Uint8Array,
		length: number,
		nextHeader: number,
		destination: Uint8Array,
		offset: number,
	): void;
	/** Sends a packet whose header stands; takes over its buffer. `isReport`: no datagram of an application. */
	originate(packet: Uint8Array, length: number, isReport?: boolean): void;
	/** Tells of a datagram that came `hops` hops. */
	noteDelivered(packet: Uint8Array, length: number, hops: number): void;
}

/** No more ICMPv6 errors than this (RFC 4443, section 2.4 f). */
const ERROR_INTERVAL_US = 1_000_000;

/** ICMPv6 of one node: answers echoes, hands neighbour messages on, and reports errors (RFC 4443). */
export class Icmpv6Service {
	readonly #host: NetworkHost;
	#nextErrorUs = 0;

	constructor(host: NetworkHost) {
		this.#host = host;
	}

	/** Sends an echo request with `length` octets of data, 0x00, 0x01 … (RFC 4443, section 4.1). */
	sendEcho(destination: Uint8Array, identifier: number, sequence: number, length: number): void {
		const data = IPV6_BYTES + ICMPV6_HEADER_BYTES;
		const { network, workspace, profile } = this.#host;
		if (data + length > profile.maxPacketBytes) {
			throw new RangeError(
				`sendEcho: expected at most ${profile.maxPacketBytes - data} octets, got ${length}`,
			);
		}
		const packet = workspace.pool.take();
		network.begin(packet, data + length, ICMPV6, destination, 0);
		for (let i = 0; i < length; i++) packet[data + i] = i;
		encodeEcho(Icmpv6Type.echoRequest, identifier, sequence, packet, IPV6_BYTES, data + length);
		network.originate(packet, data + length);
	}

	/**
	 * Takes the message behind the headers that `upper` tells of, from the neighbour `via` and its source `hops` hops away;
	 * returns why it was refused.
	 */
	receive(
		packet: Uint8Array,
		length: number,
		upper: UpperLayer,
		via: LinkAddress,
		hops: number,
	): Icmpv6ServiceDrop | undefined {
		const message = decodeIcmpv6(packet, upper.offset, length, this.#host.workspace.network.icmpv6);
		if (typeof message === "string") return message;
		if (!verifyIcmpv6(packet, length, upper.offset, 8, upper.destinationOffset)) return "icmpv6-checksum";
		if (message.type === NeighbourType.solicitation || message.type === NeighbourType.advertisement) {
			return this.#host.network.discovery.receive(packet, upper.offset, length, via);
		}
		if (message.type === Icmpv6Type.echoRequest && isNobody(packet, 8)) return "ipv6-source";
		const { sink, clock, id, network, workspace } = this.#host;
		const source = linkAddressOf(packet, 8, workspace.network.origin);
		if (message.type < Icmpv6Type.echoRequest) {
			sink.reportReceived(clock.nowUs(), id, source, message.type, message.code, length);
			return undefined;
		}
		// Errors are no datagrams.
		network.noteDelivered(packet, length, hops);
		if (message.type === Icmpv6Type.echoRequest) this.answerEcho(packet, length, message);
		else if (message.type === Icmpv6Type.echoReply) {
			sink.echoReplied(clock.nowUs(), id, source, message.sequence, length - message.next);
		}
		return undefined;
	}

	/** Tells the source what became of its packet, unless RFC 4443, section 2.4 e, forbids it. */
	reportError(type: number, code: number, packet: Uint8Array, length: number): void {
		const { id, clock, sink, workspace, network, profile } = this.#host;
		if (isMulticast(packet, 24) || isNobody(packet, 8) || clock.nowUs() < this.#nextErrorUs) return;
		const upper = findUpperLayer(packet, 0, length, workspace.network.cause);
		if (typeof upper === "string") return;
		if (upper.protocol === ICMPV6 && packet[upper.offset]! < Icmpv6Type.echoRequest) return;
		this.#nextErrorUs = clock.nowUs() + ERROR_INTERVAL_US;
		const report = workspace.pool.take();
		network.begin(report, IPV6_BYTES, ICMPV6, packet, 8);
		const room = report.subarray(0, profile.maxPacketBytes);
		const total = encodeIcmpv6Error(type, code, 0, packet, length, room);
		putU16be(report, 4, total - IPV6_BYTES);
		sink.reportSent(clock.nowUs(), id, type, code);
		network.originate(report, total, true);
	}

	private answerEcho(request: Uint8Array, length: number, message: Icmpv6Message): void {
		const { network, workspace } = this.#host;
		const total = IPV6_BYTES + ICMPV6_HEADER_BYTES + length - message.next;
		const reply = workspace.pool.take();
		network.begin(reply, total, ICMPV6, request, 8);
		// Whoever was asked answers, by the name that it was asked by.
		if (!isMulticast(request, 24)) copyBytes(request, 24, reply, 8, 16);
		copyBytes(request, message.next, reply, IPV6_BYTES + ICMPV6_HEADER_BYTES, length - message.next);
		encodeEcho(Icmpv6Type.echoReply, message.identifier, message.sequence, reply, IPV6_BYTES, total);
		network.originate(reply, total);
	}
}
