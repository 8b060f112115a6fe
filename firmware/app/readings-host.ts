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
	/** Registers who takes datagrams of readings, `packet[offset..end)`. */
	onReadings(handler: (packet: Uint8Array, offset: number, end: number) => void): void;
	/** Who sent such a packet; valid until the next call. */
	via(packet: Uint8Array): LinkAddress;
}

/** What a node lends: an object and no closures, of which each would take ten slots of a chip's heap. */
export class NodeReadings implements ReadingsHost {
	readonly sinkAddress: LinkAddress;
	readonly #node: Node;
	readonly #sink: Uint8Array;
	readonly #via = new LinkAddress();

	/** `sink`: the IPv6 address that readings go to, 16 octets. */
	constructor(node: Node, sink: Uint8Array) {
		this.#node = node;
		this.#sink = sink;
		this.sinkAddress = linkAddressOf(sink, 0, new LinkAddress());
		node.cluster?.routing.sink.set(this.sinkAddress);
	}

	get node(): number {
		return this.#node.id;
	}

	get clock(): Clock {
		return this.#node.ports.clock;
	}

	get store(): Store {
		return this.#node.ports.store;
	}

	get sink(): Sink {
		return this.#node.ports.sink;
	}

	get address(): LinkAddress {
		return this.#node.address;
	}

	get keys(): LinkKeyring | undefined {
		return this.#node.keys;
	}

	get datagramRoom(): number {
		return this.#node.profile.maxPacketBytes - IPV6_BYTES - UDP_HEADER_BYTES;
	}

	frameRoom(neighbour: LinkAddress): number {
		return this.#node.frameRoom(neighbour) - COMPRESSED_BYTES;
	}

	get broadcastRoom(): number {
		return this.#node.frameRoom(BROADCAST);
	}

	nextHop(): LinkAddress | undefined {
		return this.#node.routing.nextHop(this.sinkAddress);
	}

	sendToNeighbour(neighbour: LinkAddress, payload: Uint8Array, length: number): number {
		return this.send(linkLocalOf(neighbour), payload, length);
	}

	sendToSink(payload: Uint8Array, length: number): number {
		return this.send(this.#sink, payload, length);
	}

	withdraw(ident: number): void {
		this.#node.outbox.withdraw(ident);
	}

	whenDone(handler: (ident: number, reason: OutboxDrop | undefined) => void): void {
		this.#node.outbox.onDone = handler;
	}

	onReadings(handler: (packet: Uint8Array, offset: number, end: number) => void): void {
		this.#node.network.bind(READINGS_PORT, handler);
	}

	via(packet: Uint8Array): LinkAddress {
		return linkAddressOf(packet, 8, this.#via);
	}

	private send(destination: Uint8Array, payload: Uint8Array, length: number): number {
		return this.#node.network.sendUdp(destination, READINGS_PORT, READINGS_PORT, payload, length);
	}
}
