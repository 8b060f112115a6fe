import { BROADCAST, LinkAddress } from "../address.js";
import type { BufferPool } from "../buffer-pool.js";
import { copyBytes } from "../bytes.js";
import { ICMPV6, UDP } from "../frames/checksum.js";
import { Icmpv6Type, UnreachableCode } from "../frames/icmpv6.js";
import {
	decodeIpv6,
	encodeIpv6,
	findUpperLayer,
	IPV6_BYTES,
	type Ipv6Drop,
	type Ipv6Header,
	type UpperLayer,
} from "../frames/ipv6.js";
import { decodeUdp, encodeUdp, UDP_HEADER_BYTES, type UdpDrop, verifyUdp } from "../frames/udp.js";
import type { Clock, Sink } from "../ports.js";
import { isLinkLocal, isMulticast, isNobody, linkAddressOf, sameAddress } from "./addresses.js";
import { Icmpv6Service, type Icmpv6ServiceDrop, type PacketOrigin } from "./icmpv6-service.js";
import { datagramDigest, datagramIdent } from "./ident.js";
import type { NeighbourDiscovery } from "./neighbour-discovery.js";
import type { NetworkWorkspace } from "./network-workspace.js";
import type { Outbox, OutboxDrop } from "./outbox.js";
import type { Routing } from "./routing.js";

/** Why an IPv6 packet went no further. */
export type NetworkDrop =
	| Ipv6Drop
	| UdpDrop
	| OutboxDrop
	| "no-route"
	| "hop-limit"
	| "not-for-us"
	/** Our own packet came back. */
	| "routing-loop"
	| "port-unreachable"
	| Icmpv6ServiceDrop
	| "neighbour-unresolved"
	| "unknown-next-header"
	| "too-long";

/** Takes a UDP payload, `packet[offset..end)`, valid only during the call. The source address is at 8. */
export type UdpHandler = (packet: Uint8Array, offset: number, end: number, sourcePort: number) => void;

export interface NetworkLayerOptions {
	readonly node: number;
	readonly clock: Clock;
	readonly sink: Sink;
	readonly pool: BufferPool;
	readonly workspace: NetworkWorkspace;
	readonly routing: Routing;
	/** Our link-local address. */
	readonly linkLocal: Uint8Array;
	/** Our routable address; undefined when the node has no prefix. */
	readonly global: Uint8Array | undefined;
	readonly hopLimit: number;
	/** The largest packet that we send. */
	readonly maxPacketBytes: number;
	/** Hands packets to the outbox, once it knows the next hop. */
	readonly discovery: NeighbourDiscovery;
	readonly outbox: Pick<Outbox, "hold" | "release">;
}

/** IPv6, UDP and ICMPv6 of one node: sends, forwards, delivers and answers. */
export class NetworkLayer implements PacketOrigin {
	readonly maxPacketBytes: number;
	readonly icmpv6: Icmpv6Service;
	readonly #options: NetworkLayerOptions;
	readonly #sockets = new Map<number, UdpHandler>();
	readonly #target = new LinkAddress();
	readonly #origin = new LinkAddress();

	constructor(options: NetworkLayerOptions) {
		const { node, clock, sink, pool, discovery, maxPacketBytes } = options;
		this.#options = options;
		this.maxPacketBytes = maxPacketBytes;
		this.icmpv6 = new Icmpv6Service({ node, clock, sink, pool, discovery, origin: this });
	}

	/** Binds a handler to a UDP port; a second one replaces the first. */
	bind(port: number, handler: UdpHandler): void {
		if (!(Number.isInteger(port) && port > 0 && port <= 0xffff)) {
			throw new RangeError(`bind: expected port from 1 to 65535, got ${port}`);
		}
		this.#sockets.set(port, handler);
	}

	/** The address that packets to `destination` bear as their source. */
	sourceFor(destination: Uint8Array): Uint8Array {
		const { linkLocal, global } = this.#options;
		const near = isLinkLocal(destination, 0) || isMulticast(destination, 0);
		return near || global === undefined ? linkLocal : global;
	}

	/** Sends `payload[0..length)` over UDP; what becomes of it is told to the sink. Returns the datagram's ident. */
	sendUdp(
		destination: Uint8Array,
		sourcePort: number,
		destinationPort: number,
		payload: Uint8Array,
		length: number,
	): number {
		const total = IPV6_BYTES + UDP_HEADER_BYTES + length;
		const { pool, outbox } = this.#options;
		const { maxPacketBytes } = this;
		if (total > maxPacketBytes) {
			throw new RangeError(`sendUdp: expected at most ${maxPacketBytes - 48} octets, got ${length}`);
		}
		const packet = pool.take();
		this.begin(packet, total, UDP, this.sourceFor(destination), destination);
		copyBytes(payload, 0, packet, IPV6_BYTES + UDP_HEADER_BYTES, length);
		encodeUdp(sourcePort, destinationPort, packet, IPV6_BYTES, total);
		const ident = datagramIdent(packet, total);
		// Sent from here, not from where it finds its way: a chip's stack is short.
		outbox.hold();
		this.originate(packet, total);
		outbox.release();
		return ident;
	}

	/**
	 * Takes over a received packet, which the neighbour `via` handed to us.
	 *
	 * `toAll`: in a broadcast frame, from which nobody passes a packet on or answers with an error.
	 */
	receive(packet: Uint8Array, length: number, via: LinkAddress, toAll = false): void {
		const header = decodeIpv6(packet, 0, length, this.#options.workspace.ipv6);
		if (typeof header === "string") {
			this.drop(packet, length, header);
			return;
		}
		const isAnonymous = isNobody(packet, 8);
		if (isMulticast(packet, 8)) {
			this.drop(packet, length, "ipv6-source");
			return;
		}
		const isOurs = this.isOwnUnicast(packet, 8);
		if (!isOurs && !isAnonymous && !isLinkLocal(packet, 8)) {
			this.#options.routing.learn(linkAddressOf(packet, 8, this.#origin), via);
		}
		if (this.isOwn(packet)) this.take(packet, length, header, toAll, via);
		else if (isAnonymous) this.drop(packet, length, "ipv6-source");
		else if (toAll || isLinkLocal(packet, 24) || isNobody(packet, 24))
			this.drop(packet, length, "not-for-us");
		else if (isOurs) {
			this.#options.routing.unlearn(linkAddressOf(packet, 24, this.#target));
			this.drop(packet, length, "routing-loop");
		} else this.forward(packet, length, via);
	}

	private take(
		packet: Uint8Array,
		length: number,
		header: Ipv6Header,
		toAll: boolean,
		via: LinkAddress,
	): void {
		const fault = this.deliver(packet, length, header, toAll, via);
		if (fault === undefined) this.#options.pool.give(packet);
		else this.drop(packet, length, fault);
	}

	private isOwn(packet: Uint8Array): boolean {
		return isMulticast(packet, 24) || this.isOwnUnicast(packet, 24);
	}

	private isOwnUnicast(packet: Uint8Array, offset: number): boolean {
		const { linkLocal, global } = this.#options;
		if (sameAddress(packet, offset, linkLocal)) return true;
		return global !== undefined && sameAddress(packet, offset, global);
	}

	private forward(packet: Uint8Array, length: number, via: LinkAddress): void {
		const hopLimit = packet[7]!;
		if (hopLimit <= 1) {
			this.icmpv6.reportError(Icmpv6Type.timeExceeded, 0, packet, length);
			this.drop(packet, length, "hop-limit");
			return;
		}
		packet[7] = hopLimit - 1;
		const { routing, sink, clock, node } = this.#options;
		const destination = linkAddressOf(packet, 24, this.#target);
		// Handed back to where it came from, it would go to and fro until its hops are used up.
		if (routing.nextHop(destination)?.equals(via) === true) routing.unlearn(destination);
		const nextHop = routing.nextHop(destination);
		if (nextHop === undefined || nextHop.equals(via)) {
			this.icmpv6.reportError(Icmpv6Type.destinationUnreachable, UnreachableCode.noRoute, packet, length);
			this.drop(packet, length, "no-route");
			return;
		}
		const ident = datagramIdent(packet, length);
		sink.datagramForwarded(clock.nowUs(), node, ident);
		this.#options.discovery.submit(packet, length, nextHop, ident);
	}

	private deliver(
		packet: Uint8Array,
		length: number,
		header: Ipv6Header,
		toAll: boolean,
		via: LinkAddress,
	): NetworkDrop | undefined {
		const upper = findUpperLayer(packet, 0, length, this.#options.workspace.upper);
		if (typeof upper === "string") return upper;
		const hops = Math.max(1, this.#options.hopLimit - header.hopLimit + 1);
		if (upper.protocol === UDP) return this.deliverUdp(packet, length, upper, hops, toAll);
		if (upper.protocol === ICMPV6) {
			return this.icmpv6.receive(packet, length, upper, via, () => this.noteDelivered(packet, length, hops));
		}
		return "unknown-next-header";
	}

	private deliverUdp(
		packet: Uint8Array,
		length: number,
		upper: UpperLayer,
		hops: number,
		toAll: boolean,
	): NetworkDrop | undefined {
		const udp = decodeUdp(packet, upper.offset, length, this.#options.workspace.udp);
		if (typeof udp === "string") return udp;
		if (!verifyUdp(packet, length, upper.offset, 8, upper.destinationOffset)) return "udp-checksum";
		const handler = this.#sockets.get(udp.destinationPort);
		if (handler === undefined) {
			if (!toAll)
				this.icmpv6.reportError(Icmpv6Type.destinationUnreachable, UnreachableCode.port, packet, length);
			return "port-unreachable";
		}
		this.noteDelivered(packet, length, hops);
		handler(packet, udp.next, length, udp.sourcePort);
		return undefined;
	}

	/** Writes the IPv6 header of a packet of our own, `length` octets in all. */
	begin(
		packet: Uint8Array,
		length: number,
		nextHeader: number,
		source: Uint8Array,
		destination: Uint8Array,
	): void {
		const header = this.#options.workspace.ipv6;
		header.trafficClass = 0;
		header.flowLabel = 0;
		header.payloadLength = length - IPV6_BYTES;
		header.nextHeader = nextHeader;
		header.hopLimit = this.#options.hopLimit;
		encodeIpv6(header, source, destination, packet, 0);
	}

	/**
	 * Sends a packet of our own, whose header stands, and takes over its buffer. The sink is told of datagrams,
	 * not of reports on those of others.
	 */
	originate(packet: Uint8Array, length: number, isReport = false): void {
		const { sink, clock, node, routing } = this.#options;
		const ident = datagramIdent(packet, length);
		if (!isReport) sink.datagramSent(clock.nowUs(), node, ident, datagramDigest(packet, length), length);
		let nextHop: LinkAddress | undefined;
		if (isMulticast(packet, 24)) nextHop = BROADCAST;
		else if (this.isOwn(packet)) {
			const header = decodeIpv6(packet, 0, length, this.#options.workspace.ipv6) as Ipv6Header;
			this.take(packet, length, header, false, linkAddressOf(packet, 24, this.#target));
			return;
		} else if (isLinkLocal(packet, 24)) nextHop = linkAddressOf(packet, 24, this.#target);
		else nextHop = routing.nextHop(linkAddressOf(packet, 24, this.#target));
		if (nextHop === undefined) this.drop(packet, length, "no-route");
		else this.#options.discovery.submit(packet, length, nextHop, ident);
	}

	private noteDelivered(packet: Uint8Array, length: number, hops: number): void {
		const { sink, clock, node } = this.#options;
		sink.datagramDelivered(
			clock.nowUs(),
			node,
			datagramIdent(packet, length),
			datagramDigest(packet, length),
			length,
			hops,
		);
	}

	private drop(packet: Uint8Array, length: number, reason: NetworkDrop): void {
		const { sink, clock, node, pool } = this.#options;
		sink.datagramDropped(clock.nowUs(), node, datagramIdent(packet, length), reason);
		pool.give(packet);
	}
}
