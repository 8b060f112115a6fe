import type { EventTable, Field, FieldKind } from "../../firmware/events.js";

/** A field as a reader gets it; an address as its 0, 2 or 8 octets. */
export type LoggedValue = number | string | Uint8Array;

/** One event: its type, and its fields by name. */
export interface LoggedEvent {
	readonly type: string;
	readonly timeUs: number;
	readonly [field: string]: LoggedValue;
}

/** What an item is that stands where an event should: one of an unknown code, or none at all. */
export type NoEvent = { readonly unknown: number } | { readonly expected: string; readonly found: unknown };

/** Reads decoded CBOR items `[code, field, …]` as the events of a table. */
export class EventItems {
	readonly #types: ReadonlyMap<number, readonly [name: string, fields: readonly Field[]]>;

	constructor(table: EventTable) {
		this.#types = new Map(Object.entries(table).map(([name, type]) => [type.code, [name, type.fields]]));
	}

	/** The event that an item stands for; fields of later versions behind those that are known are passed over. */
	read(item: unknown): LoggedEvent | NoEvent {
		const code = Array.isArray(item) ? (item[0] as unknown) : undefined;
		if (typeof code !== "number") return { expected: "an event", found: item };
		const type = this.#types.get(code);
		if (type === undefined) return { unknown: code };
		const [name, fields] = type;
		const event: Record<string, LoggedValue> = { type: name };
		for (let i = 0; i < fields.length; i++) {
			const [field, kind] = fields[i]!;
			const value = plainNumber((item as unknown[])[i + 1]);
			if (!fits(kind, value)) return { expected: `${name}.${field} as ${kind}`, found: value };
			event[field] = value;
		}
		return event as unknown as LoggedEvent;
	}
}

/** Whether what was read is an event. */
export function isEvent(read: LoggedEvent | NoEvent): read is LoggedEvent {
	return "type" in read;
}

/** Decoders give integers of 64 bits as bigint. */
export function plainNumber(value: unknown): unknown {
	return typeof value === "bigint" ? Number(value) : value;
}

function fits(kind: FieldKind, value: unknown): value is LoggedValue {
	if (kind === "text") return typeof value === "string";
	if (kind === "bytes" || kind === "address") return value instanceof Uint8Array;
	if (kind === "uint") return Number.isSafeInteger(value) && (value as number) >= 0;
	if (kind === "int") return Number.isSafeInteger(value);
	return typeof value === "number";
}
