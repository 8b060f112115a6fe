import { createHash, type Hash } from "node:crypto";
import type { EventMethods, EventTable } from "../../firmware/events.js";
import { CborWriter } from "../../firmware/frames/cbor.js";
import { EventEncoder } from "./event-encoder.js";
import { LOG_NAME, LOG_VERSION, type LogMetadata } from "./log-format.js";

const CHUNK_BYTES = 1 << 18;

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
	readonly #encoder: EventEncoder;
	readonly #hash: Hash | undefined;

	constructor(table: T, options: LogWriterOptions = {}) {
		const { write } = options;
		const hash = options.hash === true ? createHash("sha256") : undefined;
		this.#hash = hash;
		this.#encoder = new EventEncoder(CHUNK_BYTES, (chunk) => {
			hash?.update(chunk);
			write?.(chunk);
		});
		this.sink = this.#encoder.sinkOf(table);
		this.#encoder.raw(header(options.metadata ?? {}));
	}

	/** Hands over what is left; returns the SHA-256 of the log in hex, where it was asked for. */
	finish(): string | undefined {
		this.#encoder.flush();
		return this.#hash?.digest("hex");
	}
}

/** The first item of a log. */
function header(metadata: LogMetadata): Uint8Array {
	// The order of encoded keys: shorter ones first, then octet by octet (all of them are ASCII).
	const keys = Object.keys(metadata).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
	const put = (cbor: CborWriter): CborWriter => {
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
		return cbor;
	};
	const { length } = put(new CborWriter(new Uint8Array(0)));
	return put(new CborWriter(new Uint8Array(length))).buffer;
}
