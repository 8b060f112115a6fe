import { closeSync, openSync, readSync } from "node:fs";
import { Decoder } from "cbor-x";
import type { EventTable } from "../../firmware/events.js";
import { fileError, UserError } from "../errors.js";
import { EventItems, isEvent, type LoggedEvent } from "./event-items.js";
import { LOG_NAME, LOG_VERSION, type LogMetadata } from "./log-format.js";

const CHUNK_BYTES = 1 << 20;

export type { LoggedEvent, LoggedValue } from "./event-items.js";

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
	readonly #events: EventItems;

	constructor(path: string, table: EventTable) {
		this.path = path;
		this.#events = new EventItems(table);
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
			const event = this.#events.read(item);
			if (isEvent(event)) yield event;
			else if ("unknown" in event) this.unknown++;
			else throw this.#damaged(number, event.expected, event.found);
		}
	}

	#damaged(number: number, expected: string, found: unknown): UserError {
		return new UserError(`${this.path}: event ${number}: expected ${expected}, found ${typeof found}`);
	}
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
