import { BROADCAST, type LinkAddress } from "../address.js";
import { copyBytes } from "../bytes.js";
import { ICMPV6, UDP } from "../frames/checksum.js";
import { Icmpv6Type, UnreachableCode } from "../frames/icmpv6.js";
import {
	decodeIpv6,
	findUpperLayer,
	IPV6_BYTES,
	type Ipv6Drop,
	type Ipv6Header,
	putIpv6Fields,
	type UpperLayer,
} from "../frames/ipv6.js";
import { decodeUdp, encodeUdp, UDP_HEADER_BYTES, type UdpDrop, verifyUdp } from "../frames/udp.js";
import { isAddressOf, isLinkLocal, isMulticast, isNobody, linkAddressOf, putAddress } from "./addresses.js";
import { Icmpv6Service, type Icmpv6ServiceDrop, type PacketOrigin } from "./icmpv6-service.js";
import { datagramDigest, datagramIdent } from "./ident.js";
import { NeighbourDiscovery } from "./neighbour-discovery.js";
import type { NetworkHost } from "./network-host.js";
import type { OutboxDrop } from "./outbox.js";

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

/** A handler at its port, and the next one. */
interface Socket {
	readonly port: number;
	handler: UdpHandler;
	readonly next: Socket | undefined;
}

/** IPv6, UDP and ICMPv6 of one node: sends, forwards, delivers and answers. */
export class NetworkLayer implements PacketOrigin {
	readonly #host: NetworkHost;
	#sockets: Socket | undefined;
	/** Each is made when it is first needed. */
	#icmpv6: Icmpv6Service | undefined;
	#discovery: NeighbourDiscovery | undefined;

	constructor(host: NetworkHost) {
		this.#host = host;
	}

	get icmpv6(): Icmpv6Service {
		this.#icmpv6 ??= new Icmpv6Service(this.#host);
		return this.#icmpv6;
	}

	get discovery(): NeighbourDiscovery {
		this.#discovery ??= new NeighbourDiscovery(this.#host);
		return this.#discovery;
	}

	/** Forgets what waits for neighbours to answer. */
	clear(): void {
		this.#discovery?.clear();
	}

	/** Binds a handler to a UDP port; a second one replaces the first. */
	bind(port: number, handler: UdpHandler): void {
		if (!(Number.isInteger(port) && port > 0 && port <= 0xffff)) {
			throw new RangeError(`bind: expected port from 1 to 65535, got ${port}`);
		}
		const known = this.socketAt(port);
		if (known === undefined) this.#sockets = { port, handler, next: this.#sockets };
		else known.handler = handler;
	}

	private socketAt(port: number): Socket | undefined {
		let socket = this.#sockets;
		while (socket !== undefined && socket.port !== port) socket = socket.next;
		return socket;
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
		const { workspace, outbox, profile } = this.#host;
		const { maxPacketBytes } = profile;
		if (total > maxPacketBytes) {
			throw new RangeError(`sendUdp: expected at most ${maxPacketBytes - 48} octets, got ${length}`);
		}
		const packet = workspace.pool.take();
		this.begin(packet, total, UDP, destination, 0);
		copyBytes(payload, 0, packet, IPV6_BYTES + UDP_HEADER_BYTES, length);
		encodeUdp(sourcePort, destinationPort, packet, IPV6_BYTES, total);
		const ident = datagramIdent(packet, total);
		// Sent from here, not from where it finds its way: a chip's stack is short.
		outbox.hold();
		this.dispatch(packet, total, ident, false);
		outbox.release();
		return ident;
	}

	/**
	 * Takes over a received packet, which the neighbour `via` handed to us.
	 *
	 * `toAll`: in a broadcast frame, from which nobody passes a packet on or answers with an error.
	 */
	receive(packet: Uint8Array, length: number, via: LinkAddress, toAll = false): void {
		const header = decodeIpv6(packet, 0, length, this.#host.workspace.network.ipv6);
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
			const { routing, workspace } = this.#host;
			routing.learn(linkAddressOf(packet, 8, workspace.network.origin), via);
		}
		if (this.isOwn(packet)) this.take(packet, length, header, toAll, via);
		else if (isAnonymous) this.drop(packet, length, "ipv6-source");
		else if (toAll || isLinkLocal(packet, 24) || isNobody(packet, 24))
			this.drop(packet, length, "not-for-us");
		else if (isOurs) {
			this.#host.routing.unlearn(this.targetOf(packet));
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
		if (fault === undefined) this.#host.workspace.pool.give(packet);
		else this.drop(packet, length, fault);
	}

	private isOwn(packet: Uint8Array): boolean {
		return isMulticast(packet, 24) || this.isOwnUnicast(packet, 24);
	}

	private isOwnUnicast(packet: Uint8Array, offset: number): boolean {
		const { address, profile } = this.#host;
		return isAddressOf(address, profile.prefix, packet, offset);
	}

	/** Whom the packet is for; valid until the next one is looked at. */
	private targetOf(packet: Uint8Array): LinkAddress {
		return linkAddressOf(packet, 24, this.#host.workspace.network.target);
	}

	private forward(packet: Uint8Array, length: number, via: LinkAddress): void {
		const hopLimit = packet[7]!;
		if (hopLimit <= 1) {
			this.icmpv6.reportError(Icmpv6Type.timeExceeded, 0, packet, length);
			this.drop(packet, length, "hop-limit");
			return;
		}
		packet[7] = hopLimit - 1;
		const { routing, sink, clock, id } = this.#host;
		const destination = this.targetOf(packet);
		// Handed back to where it came from, it would go to and fro until its hops are used up.
		if (routing.nextHop(destination)?.equals(via) === true) routing.unlearn(destination);
		const nextHop = routing.nextHop(destination);
		if (nextHop === undefined || nextHop.equals(via)) {
			this.icmpv6.reportError(Icmpv6Type.destinationUnreachable, UnreachableCode.noRoute, packet, length);
			this.drop(packet, length, "no-route");
			return;
		}
		const ident = datagramIdent(packet, length);
		sink.datagramForwarded(clock.nowUs(), id, ident);
		this.submit(packet, length, nextHop, ident);
	}

	private deliver(
		packet: Uint8Array,
		length: number,
		header: Ipv6Header,
		toAll: boolean,
		via: LinkAddress,
	): NetworkDrop | undefined {
		const upper = findUpperLayer(packet, 0, length, this.#host.workspace.network.upper);
		if (typeof upper === "string") return upper;
		const hops = Math.max(1, this.#host.profile.hopLimit - header.hopLimit + 1);
		if (upper.protocol === UDP) return this.deliverUdp(packet, length, upper, hops, toAll);
		if (upper.protocol === ICMPV6) {
			return this.icmpv6.receive(packet, length, upper, via, hops);
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
		const udp = decodeUdp(packet, upper.offset, length, this.#host.workspace.network.udp);
		if (typeof udp === "string") return udp;
		if (!verifyUdp(packet, length, upper.offset, 8, upper.destinationOffset)) return "udp-checksum";
		const socket = this.socketAt(udp.destinationPort);
		if (socket === undefined) {
			if (!toAll)
				this.icmpv6.reportError(Icmpv6Type.destinationUnreachable, UnreachableCode.port, packet, length);
			return "port-unreachable";
		}
		this.noteDelivered(packet, length, hops);
		socket.handler(packet, udp.next, length, udp.sourcePort);
		return undefined;
	}

	/**
	 * Writes the IPv6 header of a packet of our own, `length` octets in all, for the address at `offset` of `destination`;
	 * its source is ours of the same scope.
	 */
	begin(
		packet: Uint8Array,
		length: number,
		nextHeader: number,
		destination: Uint8Array,
		offset: number,
	): void {
		const { workspace, profile, address } = this.#host;
		const header = workspace.network.ipv6;
		header.trafficClass = 0;
		header.flowLabel = 0;
		header.payloadLength = length - IPV6_BYTES;
		header.nextHeader = nextHeader;
		header.hopLimit = profile.hopLimit;
		putIpv6Fields(header, packet, 0);
		const isNear = isLinkLocal(destination, offset) || isMulticast(destination, offset);
		putAddress(isNear ? undefined : profile.prefix, address, packet, 8);
		copyBytes(destination, offset, packet, 24, 16);
	}

	/**
	 * Sends a packet of our own, whose header stands, and takes over its buffer. The sink is told of datagrams,
	 * not of reports on those of others.
	 */
	originate(packet: Uint8Array, length: number, isReport = false): void {
		this.dispatch(packet, length, datagramIdent(packet, length), isReport);
	}

	private dispatch(packet: Uint8Array, length: number, ident: number, isReport: boolean): void {
		const { sink, clock, id, routing } = this.#host;
		if (!isReport) sink.datagramSent(clock.nowUs(), id, ident, datagramDigest(packet, length), length);
		let nextHop: LinkAddress | undefined;
		if (isMulticast(packet, 24)) nextHop = BROADCAST;
		else if (this.isOwn(packet)) {
			const header = decodeIpv6(packet, 0, length, this.#host.workspace.network.ipv6) as Ipv6Header;
			this.take(packet, length, header, false, this.targetOf(packet));
			return;
		} else if (isLinkLocal(packet, 24)) nextHop = this.targetOf(packet);
		else nextHop = routing.nextHop(this.targetOf(packet));
		if (nextHop === undefined) this.drop(packet, length, "no-route");
		else this.submit(packet, length, nextHop, ident);
	}

	/** Hands a packet to the outbox, once its next hop's link-layer address is known. */
	private submit(packet: Uint8Array, length: number, nextHop: LinkAddress, ident: number): void {
		const { resolvesAddresses, outbox } = this.#host;
		if (!resolvesAddresses || nextHop.isBroadcast) outbox.sendPacket(packet, length, nextHop, ident);
		else this.discovery.submit(packet, length, nextHop, ident);
	}

	/** Tells the sink of a datagram that came `hops` hops. */
	noteDelivered(packet: Uint8Array, length: number, hops: number): void {
		const { sink, clock, id } = this.#host;
		const ident = datagramIdent(packet, length);
		sink.datagramDelivered(clock.nowUs(), id, ident, datagramDigest(packet, length), length, hops);
	}

	private drop(packet: Uint8Array, length: number, reason: NetworkDrop): void {
		const { sink, clock, id, workspace } = this.#host;
		sink.datagramDropped(clock.nowUs(), id, datagramIdent(packet, length), reason);
		workspace.pool.give(packet);
	}
}
