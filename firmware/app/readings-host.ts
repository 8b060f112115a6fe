import { BROADCAST, LinkAddress } from "../address.js";
import { IPV6_BYTES } from "../frames/ipv6.js";
import { UDP_HEADER_BYTES } from "../frames/udp.js";
import type { LinkKeyring } from "../mac/link-keys.js";
import { linkAddressOf, linkLocalOf } from "../net/addresses.js";
import type { OutboxDrop } from "../net/outbox.js";
import type { Node } from "../node.js";
import type { Clock, Sink, Store } from "../ports.js";
import { READINGS_PORT } from "./ports.js";

/**
 * Octets that IPv6 and UDP take between neighbours at most: IPHC (2), hop limit (1), NHC (1), two ports of 4 bits (1),
 * checksum (2) (RFC 6282).
 */
const COMPRESSED_BYTES = 7;

/** What a node lends to whoever keeps readings, be they its own or others'. */
export interface ReadingsHost {
	/** Number of the node, for its events. */
	readonly node: number;
	readonly clock: Clock;
	readonly store: Store;
	readonly sink: Sink;
	readonly address: LinkAddress;
	readonly sinkAddress: LinkAddress;
	/** The keys shared with others; undefined without. */
	readonly keys: LinkKeyring | undefined;
	/** Octets of UDP payload in the largest datagram. */
	readonly datagramRoom: number;
	/** Octets of UDP payload that fit one frame to a neighbour. */
	frameRoom(neighbour: LinkAddress): number;
	/** Octets of MAC payload in a broadcast. */
	readonly broadcastRoom: number;
	/** Where datagrams for the sink go first; undefined when there is no way. */
	nextHop(): LinkAddress | undefined;
	/** Sends a datagram of readings; returns its ident, by which {@link ReadingsHost.whenDone} knows it. */
	sendToNeighbour(neighbour: LinkAddress, payload: Uint8Array, length: number): number;
	sendToSink(payload: Uint8Array, length: number): number;
	/** Takes a datagram back that waits for its next hop; its end is told, too. */
	withdraw(ident: number): void;
	/** Registers who is told how each datagram ended: undefined when its next hop acknowledged all of it. */
	whenDone(handler: (ident: number, reason: OutboxDrop | undefined) => void): void;
	/** Registers who takes datagrams of readings, `packet[offset..end)`; `via` sent them. */
	onReadings(handler: (packet: Uint8Array, offset: number, end: number, via: LinkAddress) => void): void;
}

/** What `node` lends, with the sink's IPv6 address, 16 octets. */
export function readingsHost(node: Node, sink: Uint8Array): ReadingsHost {
	const { config, ports, network } = node;
	const sinkAddress = linkAddressOf(sink, 0, new LinkAddress());
	node.cluster?.routing.sink.set(sinkAddress);
	const via = new LinkAddress();
	const send = (destination: Uint8Array, payload: Uint8Array, length: number): number =>
		network.sendUdp(destination, READINGS_PORT, READINGS_PORT, payload, length);
	return {
		node: config.id,
		clock: ports.clock,
		store: ports.store,
		sink: ports.sink,
		address: node.address,
		sinkAddress,
		keys: node.keys,
		datagramRoom: config.maxPacketBytes - IPV6_BYTES - UDP_HEADER_BYTES,
		frameRoom: (neighbour) => node.frameRoom(neighbour) - COMPRESSED_BYTES,
		broadcastRoom: node.frameRoom(BROADCAST),
		nextHop: () => node.routing.nextHop(sinkAddress),
		sendToNeighbour: (neighbour, payload, length) => send(linkLocalOf(neighbour), payload, length),
		sendToSink: (payload, length) => send(sink, payload, length),
		withdraw: (ident) => {
			node.outbox.withdraw(ident);
		},
		whenDone: (handler) => {
			node.outbox.onDone = handler;
		},
		onReadings: (handler) => {
			network.bind(READINGS_PORT, (packet, offset, end) => {
				handler(packet, offset, end, linkAddressOf(packet, 8, via));
			});
		},
	};
}
