import { closeSync, openSync, readSync } from "node:fs";
import { Decoder } from "cbor-x";
import type { EventTable, Field, FieldKind } from "../../firmware/events.js";
import { fileError, UserError } from "../errors.js";
import { LOG_NAME, LOG_VERSION, type LogMetadata } from "./log-format.js";

const CHUNK_BYTES = 1 << 20;

/** A field as a reader gets it; an address as its 0, 2 or 8 octets. */
export type LoggedValue = number | string | Uint8Array;

/** One event: its type, and its fields by name. */
export interface LoggedEvent {
	readonly type: string;
	readonly timeUs: number;
	readonly [field: string]: LoggedValue;
}

interface IncompleteError {
	readonly incomplete?: boolean;
	readonly lastPosition?: number;
	readonly values?: unknown[];
}

/**
 * Reads a log event by event, in memory that does not grow with it.
 *
 * Events with a code that `table` does not know, as a later version may write, are passed over and
 * counted. Throws a UserError for a file that is no log, is damaged, or ends within an event.
 */
export class LogReader {
	readonly path: string;
	readonly metadata: LogMetadata;
	/** Events passed over so far. */
	unknown = 0;
	readonly #items: Generator<unknown, void, undefined>;
	readonly #types: ReadonlyMap<number, readonly [name: string, fields: readonly Field[]]>;

	constructor(path: string, table: EventTable) {
		this.path = path;
		this.#types = new Map(Object.entries(table).map(([name, type]) => [type.code, [name, type.fields]]));
		this.#items = readItems(path);
		const header = this.#items.next().value;
		if (!Array.isArray(header) || header[0] !== LOG_NAME) {
			throw new UserError(`${path}: expected an event log, found something else`);
		}
		if (header[1] !== LOG_VERSION) {
			throw new UserError(`${path}: expected an event log of version ${LOG_VERSION}, found ${header[1]}`);
		}
		this.metadata = header[2] as LogMetadata;
	}

	/** The events in order; may be walked once. */
	*events(): Generator<LoggedEvent, void, undefined> {
		let number = 0;
		for (const item of this.#items) {
			number++;
			const code = Array.isArray(item) ? (item[0] as unknown) : undefined;
			if (typeof code !== "number") throw this.#damaged(number, "an event", item);
			const type = this.#types.get(code);
			if (type === undefined) {
				this.unknown++;
				continue;
			}
			yield this.#event(number, item as unknown[], type);
		}
	}

	#event(number: number, item: unknown[], [type, fields]: readonly [string, readonly Field[]]): LoggedEvent {
		const event: Record<string, LoggedValue> = { type };
		for (let i = 0; i < fields.length; i++) {
			const [name, kind] = fields[i]!;
			const value = item[i + 1];
			const plain = typeof value === "bigint" ? Number(value) : value;
			if (!fits(kind, plain)) throw this.#damaged(number, `${type}.${name} as ${kind}`, value);
			event[name] = plain;
		}
		return event as unknown as LoggedEvent;
	}

	#damaged(number: number, expected: string, found: unknown): UserError {
		return new UserError(`${this.path}: event ${number}: expected ${expected}, found ${typeof found}`);
	}
}

function fits(kind: FieldKind, value: unknown): value is LoggedValue {
	if (kind === "text") return typeof value === "string";
	if (kind === "bytes" || kind === "address") return value instanceof Uint8Array;
	return typeof value === "number";
}

/** The items of a CBOR sequence in a file. */
function* readItems(path: string): Generator<unknown, void, undefined> {
	const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });
	let file: number;
	try {
		file = openSync(path, "r");
	} catch (error) {
		throw fileError(path, error);
	}
	try {
		let rest: Buffer = Buffer.alloc(0);
		let offset = 0;
		for (;;) {
			// Decoded byte strings are views of the chunk, so each one is new.
			const chunk = Buffer.allocUnsafeSlow(rest.length + CHUNK_BYTES);
			rest.copy(chunk);
			const got = readChunk(file, chunk, rest.length, path);
			if (got === 0) break;
			const source = chunk.subarray(0, rest.length + got);
			const { values, end } = decodeItems(decoder, source, offset, path);
			offset += end;
			rest = source.subarray(end);
			yield* values;
		}
		if (rest.length > 0) {
			throw new UserError(`${path}: octet ${offset}: expected a whole CBOR item, found the end of the file`);
		}
	} finally {
		closeSync(file);
	}
}

function readChunk(file: number, chunk: Buffer, at: number, path: string): number {
	try {
		return readSync(file, chunk, at, chunk.length - at, null);
	} catch (error) {
		throw fileError(path, error);
	}
}

/** The whole items of a chunk, and where the last one ends. */
function decodeItems(
	decoder: Decoder,
	source: Buffer,
	offset: number,
	path: string,
): { values: unknown[]; end: number } {
	try {
		return { values: decoder.decodeMultiple(source) as unknown[], end: source.length };
	} catch (error) {
		const { incomplete, lastPosition = 0, values = [] } = error as IncompleteError;
		if (incomplete === true) return { values, end: lastPosition };
		throw new UserError(`${path}: octet ${offset + lastPosition}: expected CBOR, found other octets`);
	}
}
