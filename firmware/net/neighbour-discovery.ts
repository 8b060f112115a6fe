import { BROADCAST, LinkAddress } from "../address.js";
import type { BufferPool } from "../buffer-pool.js";
import { ICMPV6 } from "../frames/checksum.js";
import { encodeIpv6, IPV6_BYTES } from "../frames/ipv6.js";
import {
	decodeNeighbourMessage,
	encodeNeighbourMessage,
	NeighbourMessage,
	type NeighbourMessageDrop,
	NeighbourType,
	neighbourMessageBytes,
	OVERRIDE,
	SOLICITED,
} from "../frames/neighbour-message.js";
import type { Clock, Timer } from "../ports.js";
import { isNobody, linkAddressOf, linkLocalOf, sameAddress } from "./addresses.js";

/** RETRANS_TIMER and MAX_MULTICAST_SOLICIT (RFC 4861, section 10). */
const RETRANSMIT_US = 1_000_000;
const MAX_SOLICITATIONS = 3;
/** A message that any router could have forwarded is refused (RFC 4861, section 7.1). */
const HOP_LIMIT = 255;
/** Packets that wait for one neighbour (RFC 4861, section 7.2.2: at least one). */
const MAX_WAITING = 3;
/** Neighbours that are known or asked for at once; the oldest goes first. */
const MAX_ENTRIES = 32;

interface Waiting {
	readonly packet: Uint8Array;
	readonly length: number;
	readonly ident: number;
}

class Entry {
	readonly address: LinkAddress;
	isReachable = false;
	solicitations = 0;
	timer: Timer = 0;
	readonly waiting: Waiting[] = [];

	constructor(address: LinkAddress) {
		this.address = address.clone();
	}
}

export interface NeighbourDiscoveryOptions {
	readonly clock: Clock;
	readonly pool: BufferPool;
	readonly address: LinkAddress;
	readonly linkLocal: Uint8Array;
	readonly global: Uint8Array | undefined;
	/** Packets that may wait for all neighbours together. */
	readonly maxWaiting: number;
	/** Ask before the first packet to a neighbour; else its address is derived from its IPv6 address. */
	readonly resolves: boolean;
	/** Hands a packet to the link, which takes over the buffer. */
	send(packet: Uint8Array, length: number, nextHop: LinkAddress, ident: number): void;
	/** Hands a message of our own to the link, which takes over the buffer. */
	sendMessage(packet: Uint8Array, length: number, nextHop: LinkAddress): void;
	/** A packet whose next hop did not answer; its buffer goes back. */
	onUnresolved(ident: number): void;
}

/**
 * Address resolution of IPv6 neighbours (RFC 4861, section 7.2).
 *
 * Lowguard's own nodes need none, since their IPv6 addresses tell the link-layer address; but RIOT, ns-3 and
 * others ask before they send, and a node that does not answer cannot be reached by them.
 */
export class NeighbourDiscovery {
	readonly #options: NeighbourDiscoveryOptions;
	readonly #message = new NeighbourMessage();
	readonly #target = new LinkAddress();
	readonly #entries: Entry[] = [];

	constructor(options: NeighbourDiscoveryOptions) {
		this.#options = options;
	}

	/** Sends a packet, or keeps it until the neighbour has answered. */
	submit(packet: Uint8Array, length: number, nextHop: LinkAddress, ident: number): void {
		const { resolves, send } = this.#options;
		if (!resolves || nextHop.isBroadcast) {
			send(packet, length, nextHop, ident);
			return;
		}
		const entry = this.obtain(nextHop);
		if (entry.isReachable) {
			send(packet, length, nextHop, ident);
			return;
		}
		// RFC 4861, 7.2.2: the newcomer replaces the oldest.
		if (entry.waiting.length >= MAX_WAITING) this.dropOldest(entry);
		else if (
			this.#entries.reduce((sum, { waiting }) => sum + waiting.length, 0) >= this.#options.maxWaiting
		) {
			this.dropOldest(this.#entries.find(({ waiting }) => waiting.length > 0)!);
		}
		entry.waiting.push({ packet, length, ident });
		if (entry.timer === 0) this.solicit(entry);
	}

	/** Forgets all neighbours and what waits for them. */
	clear(): void {
		for (const entry of this.#entries.splice(0)) this.discard(entry);
	}

	/**
	 * Takes the message at `offset` of `packet[0..length)`, which the neighbour `via` sent; returns why it was refused.
	 *
	 * Answers go to the address on the frame: it is where the asker is, whatever its option says (ns-3 puts 48
	 * bits there, RFC 4944 has 16 or 64).
	 */
	receive(
		packet: Uint8Array,
		offset: number,
		length: number,
		via: LinkAddress,
	): NeighbourMessageDrop | "neighbour-hop-limit" | undefined {
		if (packet[7] !== HOP_LIMIT) return "neighbour-hop-limit";
		const message = decodeNeighbourMessage(packet, offset, length, this.#message);
		if (typeof message === "string") return message;
		if (message.type === NeighbourType.solicitation) this.answer(packet, message, via);
		else this.note(packet, message);
		return undefined;
	}

	private obtain(address: LinkAddress): Entry {
		for (const entry of this.#entries) if (entry.address.equals(address)) return entry;
		if (this.#entries.length >= MAX_ENTRIES) {
			// Whoever has answered stays as long as there is one that has not.
			const stranger = this.#entries.findIndex(({ isReachable }) => !isReachable);
			this.discard(this.#entries.splice(Math.max(stranger, 0), 1)[0]!);
		}
		const made = new Entry(address);
		this.#entries.push(made);
		return made;
	}

	private discard(entry: Entry): void {
		const { clock, pool, onUnresolved } = this.#options;
		clock.cancel(entry.timer);
		entry.timer = 0;
		for (const { packet, ident } of entry.waiting.splice(0)) {
			pool.give(packet);
			onUnresolved(ident);
		}
	}

	private dropOldest(entry: Entry): void {
		const oldest = entry.waiting.shift()!;
		this.#options.pool.give(oldest.packet);
		this.#options.onUnresolved(oldest.ident);
	}

	private solicit(entry: Entry): void {
		const { clock, linkLocal, address } = this.#options;
		entry.timer = 0;
		if (entry.solicitations >= MAX_SOLICITATIONS) {
			entry.solicitations = 0;
			this.discard(entry);
			return;
		}
		entry.solicitations++;
		const target = linkLocalOf(entry.address);
		// Solicited-node multicast address (RFC 4291, section 2.7.1).
		const group = Uint8Array.of(
			0xff,
			2,
			0,
			0,
			0,
			0,
			0,
			0,
			0,
			0,
			0,
			1,
			0xff,
			target[13]!,
			target[14]!,
			target[15]!,
		);
		this.send(NeighbourType.solicitation, 0, linkLocal, group, target, address, BROADCAST);
		entry.timer = clock.at(clock.nowUs() + RETRANSMIT_US, () => this.solicit(entry));
	}

	private answer(packet: Uint8Array, message: NeighbourMessage, via: LinkAddress): void {
		const { linkLocal, global, address } = this.#options;
		const isOwn =
			sameAddress(packet, message.targetOffset, linkLocal) ||
			(global !== undefined && sameAddress(packet, message.targetOffset, global));
		// Without the option it is duplicate address detection, and our address is unique by construction.
		if (!isOwn || message.linkAddress.byteLength === 0 || isNobody(packet, 8)) return;
		const target = packet.slice(message.targetOffset, message.targetOffset + 16);
		const requester = packet.slice(8, 24);
		const flags = SOLICITED | OVERRIDE;
		this.send(NeighbourType.advertisement, flags, target, requester, target, address, via);
	}

	private note(packet: Uint8Array, message: NeighbourMessage): void {
		if ((message.flags & SOLICITED) === 0) return;
		const target = linkAddressOf(packet, message.targetOffset, this.#target);
		const entry = this.#entries.find(({ address }) => address.equals(target));
		if (entry === undefined) return;
		const { clock, send } = this.#options;
		clock.cancel(entry.timer);
		entry.timer = 0;
		entry.solicitations = 0;
		entry.isReachable = true;
		for (const waiting of entry.waiting.splice(0)) {
			send(waiting.packet, waiting.length, entry.address, waiting.ident);
		}
	}

	private send(
		type: number,
		flags: number,
		source: Uint8Array,
		destination: Uint8Array,
		target: Uint8Array,
		address: LinkAddress,
		nextHop: LinkAddress,
	): void {
		const { pool, sendMessage } = this.#options;
		const packet = pool.take();
		const length = IPV6_BYTES + neighbourMessageBytes(address);
		const header = {
			trafficClass: 0,
			flowLabel: 0,
			payloadLength: length - IPV6_BYTES,
			nextHeader: ICMPV6,
			hopLimit: HOP_LIMIT,
		};
		encodeIpv6(header, source, destination, packet, 0);
		encodeNeighbourMessage(type, flags, target, address, packet, IPV6_BYTES, length);
		sendMessage(packet, length, nextHop);
	}
}
