import type { LinkAddress } from "../../address.js";
import { putI32be, putU16be } from "../../bytes.js";
import { type EventMethods, type EventTable, type EventType, NODE_EVENTS } from "../../events.js";
import type { CborWriter } from "../../frames/cbor.js";

/** Event methods take so many fields without an array for them. */
const MAX_FIELDS = 8;

/** Where encoded events go. */
export interface EventTaker {
	/** The writer that takes the next event, at the place where the event goes. */
	begin(): CborWriter;
	/** The event is written, and the writer's `overflowed` says whether it fits. */
	end(): void;
}

/** A method of a sink, whatever its event. */
type Method = (this: EventEncoder, ...fields: unknown[]) => void;

/**
 * Encodes each event as the array that stands for it in a log, `[code, field, field, …]`.
 *
 * Its event methods stand on the prototype, which a chip keeps in flash: a sink costs one object.
 */
class EventEncoder {
	readonly taker: EventTaker;
	#type: EventType | undefined;
	#cbor: CborWriter | undefined;
	#next = 0;
	readonly #address = new Uint8Array(8);

	constructor(taker: EventTaker) {
		this.taker = taker;
	}

	begin(type: EventType): void {
		const cbor = this.taker.begin();
		this.#cbor = cbor;
		this.#type = type;
		this.#next = 0;
		cbor.array(type.fields.length + 1);
		cbor.uint(type.code);
	}

	/** Writes the field that is next. */
	field(value: unknown): void {
		const cbor = this.#cbor as CborWriter;
		const kind = (this.#type as EventType).fields[this.#next++]![1];
		if (kind === "float") cbor.float(value as number);
		else if (kind === "text") cbor.text(value as string);
		else if (kind === "bytes") cbor.bytes(value as Uint8Array);
		else if (kind === "address") this.linkAddress(cbor, value as LinkAddress);
		// Whoever reads it judges whether an integer is one: a node must not stop over an event.
		else cbor.number(value as number);
	}

	private linkAddress(cbor: CborWriter, address: LinkAddress): void {
		const bytes = this.#address;
		const length = address.byteLength;
		if (length === 2) putU16be(bytes, 0, address.low);
		else if (length === 8) {
			putI32be(bytes, 0, address.high);
			putI32be(bytes, 4, address.low);
		}
		cbor.bytes(bytes, 0, length);
	}
}

/**
 * Makes the maker of sinks for the events of `table`; call it when a module is loaded.
 *
 * A sink's methods are called as methods: they know their sink by `this`. Throws a RangeError for an event of more than
 * eight fields.
 */
export function eventSinkOf<T extends EventTable>(table: T): (taker: EventTaker) => EventMethods<T> {
	class Sink extends EventEncoder {}
	const methods = Sink.prototype as unknown as Record<string, Method>;
	for (const [name, type] of Object.entries(table)) methods[name] = methodFor(name, type);
	return (taker) => new Sink(taker) as unknown as EventMethods<T>;
}

/**
 * The method for one event. Each number of fields has one of its own: an event may come when the stack of a chip is
 * nearly used up, and a parameter that is not given takes as much of it as one that is.
 */
function methodFor(name: string, type: EventType): Method {
	const count = type.fields.length;
	if (count > MAX_FIELDS) {
		throw new RangeError(`eventSinkOf: expected up to ${MAX_FIELDS} fields in ${name}, got ${count}`);
	}
	if (count <= 3) return upToThree(type, count);
	if (count === 4) return four(type);
	if (count === 5) return five(type);
	return count === 6 ? six(type) : upToEight(type, count);
}

function upToThree(type: EventType, count: number): Method {
	return function (this: EventEncoder, a: unknown, b: unknown, c: unknown): void {
		this.begin(type);
		if (count > 0) this.field(a);
		if (count > 1) this.field(b);
		if (count > 2) this.field(c);
		this.taker.end();
	};
}

function four(type: EventType): Method {
	return function (this: EventEncoder, a: unknown, b: unknown, c: unknown, d: unknown): void {
		this.begin(type);
		this.field(a);
		this.field(b);
		this.field(c);
		this.field(d);
		this.taker.end();
	};
}

function five(type: EventType): Method {
	return function (this: EventEncoder, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown): void {
		this.begin(type);
		this.field(a);
		this.field(b);
		this.field(c);
		this.field(d);
		this.field(e);
		this.taker.end();
	};
}

function six(type: EventType): Method {
	return function (
		this: EventEncoder,
		a: unknown,
		b: unknown,
		c: unknown,
		d: unknown,
		e: unknown,
		f: unknown,
	): void {
		this.begin(type);
		this.field(a);
		this.field(b);
		this.field(c);
		this.field(d);
		this.field(e);
		this.field(f);
		this.taker.end();
	};
}

function upToEight(type: EventType, count: number): Method {
	return function (
		this: EventEncoder,
		a: unknown,
		b: unknown,
		c: unknown,
		d: unknown,
		e: unknown,
		f: unknown,
		g: unknown,
		h: unknown,
	): void {
		this.begin(type);
		for (const value of [a, b, c, d, e, f]) this.field(value);
		if (count > 6) this.field(g);
		if (count > 7) this.field(h);
		this.taker.end();
	};
}

/** A sink that encodes the events of a node for `taker`. */
export const nodeEventSink = eventSinkOf(NODE_EVENTS);
