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

type Methods = Record<string, (...fields: unknown[]) => void>;

/**
 * Encodes each event as the array that stands for it in a log, `[code, field, field, …]`.
 *
 * Its event methods stand on the prototype, which a chip keeps in flash: a sink costs one object.
 */
class EventEncoder {
	readonly #taker: EventTaker;
	readonly #address = new Uint8Array(8);

	constructor(taker: EventTaker) {
		this.#taker = taker;
	}

	encode(
		type: EventType,
		a: unknown,
		b: unknown,
		c: unknown,
		d: unknown,
		e: unknown,
		f: unknown,
		g: unknown,
		h: unknown,
	): void {
		const cbor = this.#taker.begin();
		const { code, fields } = type;
		const count = fields.length;
		cbor.array(count + 1);
		cbor.uint(code);
		if (count > 0) this.#field(cbor, fields[0]![1], a);
		if (count > 1) this.#field(cbor, fields[1]![1], b);
		if (count > 2) this.#field(cbor, fields[2]![1], c);
		if (count > 3) this.#field(cbor, fields[3]![1], d);
		if (count > 4) this.#field(cbor, fields[4]![1], e);
		if (count > 5) this.#field(cbor, fields[5]![1], f);
		if (count > 6) this.#field(cbor, fields[6]![1], g);
		if (count > 7) this.#field(cbor, fields[7]![1], h);
		this.#taker.end();
	}

	#field(cbor: CborWriter, kind: string, value: unknown): void {
		if (kind === "float") cbor.float(value as number);
		else if (kind === "text") cbor.text(value as string);
		else if (kind === "bytes") cbor.bytes(value as Uint8Array);
		else if (kind === "address") this.#linkAddress(cbor, value as LinkAddress);
		// Whoever reads it judges whether an integer is one: a node must not stop over an event.
		else cbor.number(value as number);
	}

	#linkAddress(cbor: CborWriter, address: LinkAddress): void {
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
	const methods = Sink.prototype as unknown as Methods;
	for (const [name, type] of Object.entries(table)) {
		if (type.fields.length > MAX_FIELDS) {
			throw new RangeError(
				`eventSinkOf: expected up to ${MAX_FIELDS} fields in ${name}, got ${type.fields.length}`,
			);
		}
		methods[name] = function (
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
			this.encode(type, a, b, c, d, e, f, g, h);
		} as (...fields: unknown[]) => void;
	}
	return (taker) => new Sink(taker) as unknown as EventMethods<T>;
}

/** A sink that encodes the events of a node for `taker`. */
export const nodeEventSink = eventSinkOf(NODE_EVENTS);
