import type { LinkAddress } from "../../firmware/address.js";
import type { EventMethods, EventTable, FieldKind } from "../../firmware/events.js";
import { CborWriter } from "../../firmware/frames/cbor.js";
import { putOctets } from "../octets.js";

/** The methods take so many fields by name: a rest parameter would be an array an event. */
const MAX_FIELDS = 8;
/** The longest item without octets or text of its own: a head, or a float. */
const ITEM_BYTES = 9;
/** All of an event but octets and texts has room in this much. */
const EVENT_BYTES = (2 + MAX_FIELDS) * ITEM_BYTES;

/** Major types of CBOR in their place in a head (RFC 8949, section 3.1). */
const NEGATIVE = 0x20;
const BYTES = 0x40;
const TEXT = 0x60;
const ARRAY = 0x80;
const TWO_32 = 0x100000000;

/** Kinds of fields as numbers, those of integers first. */
const Kind = { uint: 0, int: 1, bytes: 2, address: 3, text: 4, float: 5 } as const satisfies Record<
	FieldKind,
	number
>;

/** An event as its method needs it. */
interface Plan {
	/** The first octet of the item. */
	readonly arrayHead: number;
	readonly code: number;
	readonly name: string;
	readonly kinds: readonly number[];
	/** Their names. */
	readonly fields: readonly string[];
}

/**
 * Encodes typed events as items `[code, field, …]` of deterministic CBOR, one behind the other in a buffer.
 *
 * `take` gets what is in the buffer when it is full; its chunks are valid only during the call, and an event may lie in
 * two of them.
 */
export class EventEncoder {
	readonly #take: (chunk: Uint8Array) => void;
	#buffer: Uint8Array;
	#view: DataView;
	#length = 0;
	/** For what is rare: floats, texts that are long or not ASCII. */
	readonly #cbor: CborWriter;

	constructor(chunkBytes: number, take: (chunk: Uint8Array) => void) {
		this.#take = take;
		this.#buffer = new Uint8Array(chunkBytes);
		this.#view = new DataView(this.#buffer.buffer);
		this.#cbor = new CborWriter(this.#buffer);
	}

	/**
	 * A sink that encodes the events of `table`. Throws a RangeError for an event of more than 8 fields.
	 *
	 * Its methods throw one for an integer field that is none, or is negative and unsigned.
	 */
	sinkOf<T extends EventTable>(table: T): EventMethods<T> {
		const sink: Record<string, unknown> = {};
		for (const [name, { code, fields }] of Object.entries(table)) {
			if (fields.length > MAX_FIELDS) {
				throw new RangeError(
					`LogWriter: expected up to ${MAX_FIELDS} fields in ${name}, got ${fields.length}`,
				);
			}
			const kinds = fields.map(([, kind]) => Kind[kind]);
			const arrayHead = ARRAY | (kinds.length + 1);
			sink[name] = this.#method({ arrayHead, code, name, kinds, fields: fields.map(([field]) => field) });
		}
		return sink as unknown as EventMethods<T>;
	}

	/** Adds octets that are encoded already. */
	raw(octets: Uint8Array): void {
		const at = this.#makeRoom(this.#length, octets.length);
		this.#length = putOctets(octets, this.#buffer, at);
	}

	/** Hands over what is in the buffer. */
	flush(): void {
		this.#handOver(this.#length);
		this.#length = 0;
	}

	/** A method for one event, made for what its fields are where many events are like it. */
	#method(event: Plan): unknown {
		const { kinds } = event;
		const is = (others: Readonly<Record<number, number>>): boolean =>
			kinds.every((kind, i) => (i in others ? kind === others[i] : kind <= Kind.int));
		if (kinds.length > 0 && is({})) return kinds.length <= 4 ? this.#ofFew(event) : this.#ofMany(event);
		if (kinds.length === 5 && is({ 4: Kind.bytes })) return this.#ofFrames(event);
		if (kinds.length === 6 && is({ 2: Kind.address })) return this.#ofFragments(event);
		return this.#ofAny(event);
	}

	/** For one to four integers. */
	#ofFew(event: Plan): unknown {
		const count = event.kinds.length;
		return (a: unknown, b: unknown, c: unknown, d: unknown): void => {
			let at = this.#integer(a, this.#begin(event), event, 0);
			if (count > 1) at = this.#integer(b, at, event, 1);
			if (count > 2) at = this.#integer(c, at, event, 2);
			if (count > 3) at = this.#integer(d, at, event, 3);
			this.#length = at;
		};
	}

	/** For five to eight integers. */
	#ofMany(event: Plan): unknown {
		const count = event.kinds.length;
		return (
			a: unknown,
			b: unknown,
			c: unknown,
			d: unknown,
			e: unknown,
			f: unknown,
			g: unknown,
			h: unknown,
		): void => {
			let at = this.#integer(a, this.#begin(event), event, 0);
			at = this.#integer(b, at, event, 1);
			at = this.#integer(c, at, event, 2);
			at = this.#integer(d, at, event, 3);
			at = this.#integer(e, at, event, 4);
			if (count > 5) at = this.#integer(f, at, event, 5);
			if (count > 6) at = this.#integer(g, at, event, 6);
			if (count > 7) at = this.#integer(h, at, event, 7);
			this.#length = at;
		};
	}

	/** For four integers and octets, as of a frame on the air. */
	#ofFrames(event: Plan): unknown {
		return (a: unknown, b: unknown, c: unknown, d: unknown, octets: Uint8Array): void => {
			let at = this.#integer(a, this.#begin(event), event, 0);
			at = this.#integer(b, at, event, 1);
			at = this.#integer(c, at, event, 2);
			at = this.#integer(d, at, event, 3);
			this.#length = this.#bytes(octets, at);
		};
	}

	/** For two integers, an address and three integers, as of a fragment that was stored. */
	#ofFragments(event: Plan): unknown {
		return (a: unknown, b: unknown, source: LinkAddress, d: unknown, e: unknown, f: unknown): void => {
			let at = this.#integer(a, this.#begin(event), event, 0);
			at = this.#address(source, this.#integer(b, at, event, 1));
			at = this.#integer(d, at, event, 3);
			at = this.#integer(e, at, event, 4);
			this.#length = this.#integer(f, at, event, 5);
		};
	}

	#ofAny(event: Plan): unknown {
		const count = event.kinds.length;
		return (
			a: unknown,
			b: unknown,
			c: unknown,
			d: unknown,
			e: unknown,
			f: unknown,
			g: unknown,
			h: unknown,
		): void => {
			let at = this.#begin(event);
			if (count > 0) at = this.#field(a, at, event, 0);
			if (count > 1) at = this.#field(b, at, event, 1);
			if (count > 2) at = this.#field(c, at, event, 2);
			if (count > 3) at = this.#field(d, at, event, 3);
			if (count > 4) at = this.#field(e, at, event, 4);
			if (count > 5) at = this.#field(f, at, event, 5);
			if (count > 6) at = this.#field(g, at, event, 6);
			if (count > 7) at = this.#field(h, at, event, 7);
			this.#length = at;
		};
	}

	/** Begins an event; like all that write at a place, returns where to go on. */
	#begin(event: Plan): number {
		const at = this.#makeRoom(this.#length, 0);
		const buffer = this.#buffer;
		buffer[at] = event.arrayHead;
		return putHead(buffer, at + 1, 0, event.code);
	}

	#field(value: unknown, at: number, event: Plan, index: number): number {
		switch (event.kinds[index]) {
			case Kind.bytes:
				return this.#bytes(value as Uint8Array, at);
			case Kind.address:
				return this.#address(value as LinkAddress, at);
			case Kind.text:
				return this.#text(value as string, at);
			case Kind.float: {
				const cbor = this.#cbor.reset(this.#buffer, at);
				cbor.float(value as number);
				return cbor.length;
			}
			default:
				return this.#integer(value, at, event, index);
		}
	}

	#integer(value: unknown, at: number, event: Plan, index: number): number {
		const small = (value as number) | 0;
		if (small === value) {
			if (small >= 0) return putHead(this.#buffer, at, 0, small);
			if (event.kinds[index] === Kind.int) return putHead(this.#buffer, at, NEGATIVE, ~small);
		}
		return this.#rare(value, at, event, index);
	}

	/** An integer of more than 32 bits; throws a RangeError for what is none. */
	#rare(value: unknown, at: number, event: Plan, index: number): number {
		const isSigned = event.kinds[index] === Kind.int;
		if (Number.isSafeInteger(value) && (isSigned || (value as number) >= 0))
			return this.#wide(value as number, at);
		const expected = isSigned ? "integer" : "unsigned integer";
		const where = `${event.name}.${event.fields[index]}`;
		throw new RangeError(`LogWriter: expected ${where} to be an ${expected}, got ${String(value)}`);
	}

	/** An integer of more than 32 bits. */
	#wide(integer: number, at: number): number {
		const major = integer < 0 ? NEGATIVE : 0;
		const size = integer < 0 ? -1 - integer : integer;
		const view = this.#view;
		if (size < TWO_32) {
			view.setUint8(at, major | 26);
			view.setInt32(at + 1, size | 0);
			return at + 5;
		}
		view.setUint8(at, major | 27);
		view.setInt32(at + 1, Math.floor(size / TWO_32));
		view.setInt32(at + 5, size | 0);
		return at + 9;
	}

	#bytes(octets: Uint8Array, at: number): number {
		const count = octets.length;
		const room = this.#makeRoom(at, count);
		const from = putHead(this.#buffer, room, BYTES, count);
		return putOctets(octets, this.#buffer, from);
	}

	#address(address: LinkAddress, at: number): number {
		const count = address.byteLength;
		const view = this.#view;
		view.setUint8(at, BYTES | count);
		if (count === 2) view.setUint16(at + 1, address.low);
		else if (count === 8) {
			view.setInt32(at + 1, address.high);
			view.setInt32(at + 5, address.low);
		}
		return at + 1 + count;
	}

	#text(text: string, at: number): number {
		const units = text.length;
		// A unit of UTF-16 takes at most three octets of UTF-8.
		const from = this.#makeRoom(at, 3 * units);
		if (units < 24) {
			const buffer = this.#buffer;
			buffer[from] = TEXT | units;
			let i = 0;
			for (; i < units; i++) {
				const unit = text.charCodeAt(i);
				if (unit >= 0x80) break;
				buffer[from + 1 + i] = unit;
			}
			if (i === units) return from + 1 + units;
		}
		const cbor = this.#cbor.reset(this.#buffer, from);
		cbor.text(text);
		return cbor.length;
	}

	/** Where to go on so that `bytes` and the rest of an event have room. */
	#makeRoom(at: number, bytes: number): number {
		const needed = bytes + EVENT_BYTES;
		if (at + needed <= this.#buffer.length) return at;
		this.#handOver(at);
		if (needed > this.#buffer.length) {
			this.#buffer = new Uint8Array(needed);
			this.#view = new DataView(this.#buffer.buffer);
		}
		return 0;
	}

	#handOver(length: number): void {
		if (length > 0) this.#take(this.#buffer.subarray(0, length));
	}
}

/** Puts the head of an item, `value` from 0 to 2^31 - 1; returns where to go on. */
function putHead(buffer: Uint8Array, at: number, major: number, value: number): number {
	if (value < 24) {
		buffer[at] = major | value;
		return at + 1;
	}
	if (value < 0x100) {
		buffer[at] = major | 24;
		buffer[at + 1] = value;
		return at + 2;
	}
	if (value < 0x10000) {
		buffer[at] = major | 25;
		buffer[at + 1] = value >> 8;
		buffer[at + 2] = value;
		return at + 3;
	}
	buffer[at] = major | 26;
	buffer[at + 1] = value >> 24;
	buffer[at + 2] = value >> 16;
	buffer[at + 3] = value >> 8;
	buffer[at + 4] = value;
	return at + 5;
}
