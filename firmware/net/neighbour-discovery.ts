import { BROADCAST, type LinkAddress } from "../address.js";
import { copyBytes } from "../bytes.js";
import { ICMPV6 } from "../frames/checksum.js";
import { IPV6_BYTES, putIpv6Fields } from "../frames/ipv6.js";
import {
	decodeNeighbourMessage,
	encodeNeighbourMessage,
	type NeighbourMessage,
	type NeighbourMessageDrop,
	NeighbourType,
	neighbourMessageBytes,
	OVERRIDE,
	SOLICITED,
} from "../frames/neighbour-message.js";
import type { Timer } from "../ports.js";
import { isAddressOf, isNobody, linkAddressOf, putAddress } from "./addresses.js";
import type { NetworkHost } from "./network-host.js";
import { type PacketRecord, queued } from "./packet-record.js";

/** RETRANS_TIMER and MAX_MULTICAST_SOLICIT (RFC 4861, section 10). */
const RETRANSMIT_US = 1_000_000;
const MAX_SOLICITATIONS = 3;
/** A message that any router could have forwarded is refused (RFC 4861, section 7.1). */
const HOP_LIMIT = 255;
/** Packets that wait for one neighbour (RFC 4861, section 7.2.2: at least one). */
const MAX_WAITING = 3;
/** Neighbours that are known or asked for at once; the oldest goes first. */
const MAX_ENTRIES = 32;
/** What solicited-node multicast addresses begin with; three octets follow (RFC 4291, section 2.7.1). */
const SOLICITED_NODE = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff);

class Entry {
	readonly address: LinkAddress;
	isReachable = false;
	solicitations = 0;
	timer: Timer = 0;
	/** The packets that wait for its answer, the oldest first. */
	waiting: PacketRecord | undefined;
	next: Entry | undefined;

	constructor(address: LinkAddress) {
		this.address = address;
	}
}

/**
 * Address resolution of IPv6 neighbours (RFC 4861, section 7.2).
 *
 * Lowguard's own nodes need none, since their IPv6 addresses tell the link-layer address; but RIOT, ns-3 and
 * others ask before they send, and a node that does not answer cannot be reached by them.
 */
export class NeighbourDiscovery {
	readonly #host: NetworkHost;
	/** The neighbours that were asked for, the newest last. */
	#entries: Entry | undefined;

	constructor(host: NetworkHost) {
		this.#host = host;
	}

	/** Sends a packet, or keeps it until the neighbour has answered. */
	submit(packet: Uint8Array, length: number, nextHop: LinkAddress, ident: number): void {
		const { outbox, workspace, profile } = this.#host;
		const entry = this.obtain(nextHop);
		if (entry.isReachable) {
			outbox.sendPacket(packet, length, nextHop, ident);
			return;
		}
		// RFC 4861, 7.2.2: the newcomer replaces the oldest.
		if (countOf(entry) >= MAX_WAITING) this.dropOldest(entry);
		else this.makeRoom(profile.queueLength);
		const record = workspace.network.records.take(packet, length, nextHop, ident, undefined);
		entry.waiting = queued(entry.waiting, record);
		if (entry.timer === 0) this.solicit(entry);
	}

	/** Forgets all neighbours and what waits for them. */
	clear(): void {
		let entry = this.#entries;
		this.#entries = undefined;
		for (; entry !== undefined; entry = entry.next) this.discard(entry);
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
		const message = decodeNeighbourMessage(
			packet,
			offset,
			length,
			this.#host.workspace.network.neighbourMessage,
		);
		if (typeof message === "string") return message;
		if (message.type === NeighbourType.solicitation) this.answer(packet, message, via);
		else this.note(packet, message);
		return undefined;
	}

	private find(address: LinkAddress): Entry | undefined {
		let entry = this.#entries;
		while (entry !== undefined && !entry.address.equals(address)) entry = entry.next;
		return entry;
	}

	private obtain(address: LinkAddress): Entry {
		const known = this.find(address);
		if (known !== undefined) return known;
		let count = 0;
		let last: Entry | undefined;
		// Whoever has answered stays as long as there is one that has not.
		let stranger: Entry | undefined;
		for (let entry = this.#entries; entry !== undefined; entry = entry.next) {
			if (!entry.isReachable) stranger ??= entry;
			last = entry;
			count++;
		}
		const made = new Entry(this.#host.neighbours.nameOf(address));
		if (last === undefined) this.#entries = made;
		else last.next = made;
		if (count >= MAX_ENTRIES) this.remove(stranger ?? this.#entries!);
		return made;
	}

	private remove(entry: Entry): void {
		if (entry === this.#entries) this.#entries = entry.next;
		else {
			let before = this.#entries!;
			while (before.next !== entry) before = before.next!;
			before.next = entry.next;
		}
		this.discard(entry);
	}

	private discard(entry: Entry): void {
		this.#host.clock.cancel(entry.timer);
		entry.timer = 0;
		while (entry.waiting !== undefined) this.dropOldest(entry);
	}

	/** Drops the oldest packet of the first neighbour that any waits for, where `most` wait for all together. */
	private makeRoom(most: number): void {
		let sum = 0;
		let first: Entry | undefined;
		for (let entry = this.#entries; entry !== undefined; entry = entry.next) {
			if (entry.waiting !== undefined) first ??= entry;
			sum += countOf(entry);
		}
		if (sum >= most && first !== undefined) this.dropOldest(first);
	}

	/** Tells of a packet whose next hop did not answer. */
	private dropOldest(entry: Entry): void {
		const { workspace, sink, clock, id } = this.#host;
		const oldest = entry.waiting!;
		const { buffer, ident } = oldest;
		entry.waiting = oldest.next;
		workspace.network.records.give(oldest);
		workspace.pool.give(buffer);
		sink.datagramDropped(clock.nowUs(), id, ident, "neighbour-unresolved");
	}

	private solicit(entry: Entry): void {
		const { clock, address, workspace } = this.#host;
		entry.timer = 0;
		if (entry.solicitations >= MAX_SOLICITATIONS) {
			entry.solicitations = 0;
			this.discard(entry);
			return;
		}
		entry.solicitations++;
		const target = workspace.network.solicited;
		putAddress(undefined, entry.address, target, 0);
		const packet = workspace.pool.take();
		putAddress(undefined, address, packet, 8);
		copyBytes(SOLICITED_NODE, 0, packet, 24, SOLICITED_NODE.length);
		copyBytes(target, SOLICITED_NODE.length, packet, 24 + SOLICITED_NODE.length, 3);
		this.send(packet, NeighbourType.solicitation, 0, target, 0, BROADCAST);
		entry.timer = clock.at(clock.nowUs() + RETRANSMIT_US, () => this.solicit(entry));
	}

	private answer(asked: Uint8Array, message: NeighbourMessage, via: LinkAddress): void {
		const { address, profile, workspace } = this.#host;
		const { targetOffset, linkAddress } = message;
		const isOwn = isAddressOf(address, profile.prefix, asked, targetOffset);
		// Without the option it is duplicate address detection, and our address is unique by construction.
		if (!isOwn || linkAddress.byteLength === 0 || isNobody(asked, 8)) return;
		const packet = workspace.pool.take();
		copyBytes(asked, targetOffset, packet, 8, 16);
		copyBytes(asked, 8, packet, 24, 16);
		this.send(packet, NeighbourType.advertisement, SOLICITED | OVERRIDE, asked, targetOffset, via);
	}

	private note(packet: Uint8Array, message: NeighbourMessage): void {
		if ((message.flags & SOLICITED) === 0) return;
		const { clock, outbox, workspace } = this.#host;
		const entry = this.find(linkAddressOf(packet, message.targetOffset, workspace.network.resolved));
		if (entry === undefined) return;
		clock.cancel(entry.timer);
		entry.timer = 0;
		entry.solicitations = 0;
		entry.isReachable = true;
		let record = entry.waiting;
		entry.waiting = undefined;
		while (record !== undefined) {
			const following = record.next;
			outbox.take(record);
			record = following;
		}
	}

	/** Sends a message about the address at `targetOffset` of `target` in a packet whose addresses stand already. */
	private send(
		packet: Uint8Array,
		type: number,
		flags: number,
		target: Uint8Array,
		targetOffset: number,
		nextHop: LinkAddress,
	): void {
		const { address, outbox, workspace } = this.#host;
		const length = IPV6_BYTES + neighbourMessageBytes(address);
		const header = workspace.network.ipv6;
		header.trafficClass = 0;
		header.flowLabel = 0;
		header.payloadLength = length - IPV6_BYTES;
		header.nextHeader = ICMPV6;
		header.hopLimit = HOP_LIMIT;
		putIpv6Fields(header, packet, 0);
		encodeNeighbourMessage(type, flags, target, targetOffset, address, packet, IPV6_BYTES, length);
		outbox.sendControl(packet, length, nextHop, "neighbour-discovery");
	}
}

function countOf({ waiting }: Entry): number {
	let count = 0;
	for (let record = waiting; record !== undefined; record = record.next) count++;
	return count;
}
