import { LinkAddress } from "../address.js";

/** What a node sends on its own account. */
export type ControlKind =
	| "gradient"
	| "neighbour-discovery"
	| "hello"
	| "sync"
	| "advertisement"
	| "join"
	| "schedule"
	| "receipt";

/** One packet that waits, for the air or for its next hop's answer. */
export class PacketRecord {
	buffer: Uint8Array;
	length = 0;
	/** The neighbour that it goes to next. */
	readonly destination = new LinkAddress();
	/** A MAC payload as it stands, not an IPv6 packet. */
	isRaw = false;
	ident = 0;
	/** The protocol of the node's own that sends it, undefined for the packets of applications. */
	control: ControlKind | undefined;
	/** Rounds that it has waited through. */
	rounds = 0;
	/** The one that waits behind it. */
	next: PacketRecord | undefined;

	constructor(buffer: Uint8Array) {
		this.buffer = buffer;
	}
}

/** The queue that begins with `first`, with one more record at its end. */
export function queued(first: PacketRecord | undefined, record: PacketRecord): PacketRecord {
	if (first === undefined) return record;
	let last = first;
	while (last.next !== undefined) last = last.next;
	last.next = record;
	return first;
}

/** Records that are lent and returned, so that a packet which waits costs no allocation, and an idle node holds none. */
export class PacketRecords {
	#free: PacketRecord | undefined;
	#lent = 0;

	/** Records that were taken and not given back: a leak check. */
	get lent(): number {
		return this.#lent;
	}

	/** A record of a packet that has not waited yet. */
	take(
		buffer: Uint8Array,
		length: number,
		destination: LinkAddress,
		ident: number,
		control: ControlKind | undefined,
	): PacketRecord {
		this.#lent++;
		let record = this.#free;
		if (record === undefined) record = new PacketRecord(buffer);
		else this.#free = record.next;
		record.buffer = buffer;
		record.length = length;
		record.destination.set(destination);
		record.isRaw = false;
		record.ident = ident;
		record.control = control;
		record.rounds = 0;
		record.next = undefined;
		return record;
	}

	/** Takes a record back, which its holder must not touch again; the buffer is not the record's to give. */
	give(record: PacketRecord): void {
		this.#lent--;
		record.next = this.#free;
		this.#free = record;
	}
}
