import { createHash, type Hash } from "node:crypto";
import type { LinkAddress } from "../../firmware/address.js";
import { putI32be, putU16be } from "../../firmware/bytes.js";
import type { EventMethods, EventTable, FieldKind } from "../../firmware/events.js";
import { CborWriter } from "../../firmware/frames/cbor.js";
import { LOG_NAME, LOG_VERSION, type LogMetadata } from "./log-format.js";

const CHUNK_BYTES = 1 << 18;
/** The methods below take so many fields without an array for them. */
const MAX_FIELDS = 8;

export interface LogWriterOptions {
	readonly metadata?: LogMetadata;
	/** Takes the octets of the log in chunks that are valid only during the call. */
	readonly write?: (chunk: Uint8Array) => void;
	/** Whether {@link LogWriter.finish} returns the SHA-256 of the log. */
	readonly hash?: boolean;
}

/**
 * Writes typed events as a log, without an object an event: a sink whose methods encode at once.
 *
 * Throws a RangeError from a method whose integer field is not one, or is negative and unsigned.
 */
export class LogWriter<T extends EventTable> {
	readonly sink: EventMethods<T>;
	/** Octets of the log so far. */
	bytes = 0;
	/** Events so far. */
	events = 0;
	readonly #write: ((chunk: Uint8Array) => void) | undefined;
	readonly #hash: Hash | undefined;
	readonly #cbor = new CborWriter(new Uint8Array(CHUNK_BYTES));
	readonly #address = new Uint8Array(8);

	constructor(table: T, options: LogWriterOptions = {}) {
		this.#write = options.write;
		this.#hash = options.hash === true ? createHash("sha256") : undefined;
		const sink: Record<string, unknown> = {};
		for (const [name, { code, fields }] of Object.entries(table)) {
			if (fields.length > MAX_FIELDS) {
				throw new RangeError(
					`LogWriter: expected up to ${MAX_FIELDS} fields in ${name}, got ${fields.length}`,
				);
			}
			const kinds = fields.map(([, kind]) => kind);
			const where = fields.map(([field]) => `${name}.${field}`);
			sink[name] = this.#method(code, kinds, where);
		}
		this.sink = sink as unknown as EventMethods<T>;
		this.#header(options.metadata ?? {});
		if (!this.#cbor.overflowed) return;
		this.#makeRoom(0);
		this.#header(options.metadata ?? {});
	}

	/** Hands over what is left; returns the SHA-256 of the log in hex, where it was asked for. */
	finish(): string | undefined {
		this.#flush(this.#cbor.length);
		return this.#hash?.digest("hex");
	}

	#header(metadata: LogMetadata): void {
		const cbor = this.#cbor;
		// The order of encoded keys: shorter ones first, then octet by octet (all of them are ASCII).
		const keys = Object.keys(metadata).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
		cbor.array(3);
		cbor.text(LOG_NAME);
		cbor.uint(LOG_VERSION);
		cbor.map(keys.length);
		for (const key of keys) {
			cbor.text(key);
			const value = metadata[key]!;
			if (typeof value === "number") cbor.number(value);
			else cbor.text(value);
		}
	}

	/** A method for one event. Named parameters, since a rest parameter would be an array an event. */
	#method(code: number, kinds: readonly FieldKind[], where: readonly string[]): unknown {
		const cbor = this.#cbor;
		const count = kinds.length;
		const encode = (
			a: unknown,
			b: unknown,
			c: unknown,
			d: unknown,
			e: unknown,
			f: unknown,
			g: unknown,
			h: unknown,
		) => {
			cbor.array(count + 1);
			cbor.uint(code);
			if (count > 0) this.#field(kinds[0]!, a, where[0]!);
			if (count > 1) this.#field(kinds[1]!, b, where[1]!);
			if (count > 2) this.#field(kinds[2]!, c, where[2]!);
			if (count > 3) this.#field(kinds[3]!, d, where[3]!);
			if (count > 4) this.#field(kinds[4]!, e, where[4]!);
			if (count > 5) this.#field(kinds[5]!, f, where[5]!);
			if (count > 6) this.#field(kinds[6]!, g, where[6]!);
			if (count > 7) this.#field(kinds[7]!, h, where[7]!);
		};
		return (
			a: unknown,
			b: unknown,
			c: unknown,
			d: unknown,
			e: unknown,
			f: unknown,
			g: unknown,
			h: unknown,
		) => {
			const start = cbor.length;
			this.events++;
			encode(a, b, c, d, e, f, g, h);
			if (!cbor.overflowed) return;
			this.#makeRoom(start);
			encode(a, b, c, d, e, f, g, h);
		};
	}

	/** Hands over the items before `start`, to encode again the one that did not fit behind them. */
	#makeRoom(start: number): void {
		const needed = this.#cbor.length - start;
		this.#flush(start);
		if (needed > this.#cbor.buffer.length) this.#cbor.reset(new Uint8Array(needed));
	}

	#field(kind: FieldKind, value: unknown, where: string): void {
		const cbor = this.#cbor;
		switch (kind) {
			case "uint":
				if (!Number.isSafeInteger(value) || (value as number) < 0)
					throw misfit(where, "unsigned integer", value);
				cbor.uint(value as number);
				break;
			case "int":
				if (!Number.isSafeInteger(value)) throw misfit(where, "integer", value);
				cbor.int(value as number);
				break;
			case "float":
				cbor.float(value as number);
				break;
			case "text":
				cbor.text(value as string);
				break;
			case "bytes":
				cbor.bytes(value as Uint8Array);
				break;
			case "address":
				this.#linkAddress(value as LinkAddress);
				break;
		}
	}

	#linkAddress(address: LinkAddress): void {
		const bytes = this.#address;
		const length = address.byteLength;
		if (length === 2) putU16be(bytes, 0, address.low);
		else if (length === 8) {
			putI32be(bytes, 0, address.high);
			putI32be(bytes, 4, address.low);
		}
		this.#cbor.bytes(bytes, 0, length);
	}

	#flush(length: number): void {
		const cbor = this.#cbor;
		if (length > 0) {
			const chunk = cbor.buffer.subarray(0, length);
			this.bytes += length;
			this.#hash?.update(chunk);
			this.#write?.(chunk);
		}
		cbor.reset(cbor.buffer);
	}
}

function misfit(where: string, expected: string, got: unknown): RangeError {
	return new RangeError(`LogWriter: expected ${where} to be an ${expected}, got ${String(got)}`);
}
