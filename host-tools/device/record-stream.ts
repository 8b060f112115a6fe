import { recordCheck, Slip } from "../../firmware/device/serial/slip.js";
import { plainLine } from "./plain-text.js";

/** More than any frame takes, escapes included. */
const MAX_SEGMENT_BYTES = 4096;
const CHECK_BYTES = 2;
const LINE_FEED = 0x0a;
/** A record is a CBOR array of 1 to 23 items: no text in ASCII or UTF-8 begins like that. */
const FIRST_OCTET = 0x81;
const LAST_OCTET = 0x97;

/** What a line turns out to carry. */
export interface StreamHandlers {
	/** A record whose check is right, as its octets. */
	record(octets: Uint8Array): void;
	/** A line of plain text between records, such as a ROM prints; without its end, and of control characters. */
	text(line: string): void;
	/** Something that is neither. */
	spoiled(): void;
}

/**
 * Takes a serial line apart: records in SLIP frames (RFC 1055), and what a chip's ROM, its boot loader or a debugger
 * prints between them as plain text.
 */
export class RecordStream {
	readonly #handlers: StreamHandlers;
	/** Octets since the last END, or since the last line of text. */
	readonly #segment = new Uint8Array(MAX_SEGMENT_BYTES);
	#length = 0;

	constructor(handlers: StreamHandlers) {
		this.#handlers = handlers;
	}

	/** Takes octets as they come. */
	push(chunk: Uint8Array): void {
		for (const octet of chunk) {
			if (octet === Slip.end) this.#endSegment();
			else {
				if (this.#length === MAX_SEGMENT_BYTES) this.#giveUp();
				this.#segment[this.#length++] = octet;
				if (octet === LINE_FEED && !this.#mayBeRecord) this.#giveUp();
			}
		}
	}

	get #mayBeRecord(): boolean {
		const first = this.#segment[0]!;
		return this.#length > 0 && first >= FIRST_OCTET && first <= LAST_OCTET;
	}

	#endSegment(): void {
		if (this.#length === 0) return;
		const record = this.#mayBeRecord ? unframe(this.#segment.subarray(0, this.#length)) : undefined;
		if (record === undefined) {
			this.#giveUp();
			return;
		}
		this.#length = 0;
		this.#handlers.record(record);
	}

	/** Shows as text what is no record, as far as it is one: a frame may have been cut by a restart, with text behind. */
	#giveUp(): void {
		const octets = this.#segment.slice(0, this.#length);
		this.#length = 0;
		let found = false;
		for (const line of Buffer.from(octets).toString("utf8").split("\n")) {
			const text = plainLine(line);
			if (text === undefined) continue;
			found = true;
			this.#handlers.text(text);
		}
		if (!found && octets.some((octet) => octet > 0x20)) this.#handlers.spoiled();
	}
}

/** The record in what stood between two ENDs; undefined when it is none. */
function unframe(segment: Uint8Array): Uint8Array | undefined {
	const plain = new Uint8Array(segment.length);
	let length = 0;
	for (let i = 0; i < segment.length; i++) {
		let octet = segment[i]!;
		if (octet === Slip.escape) {
			octet = segment[++i] ?? 0;
			if (octet === Slip.escapedEnd) octet = Slip.end;
			else if (octet === Slip.escapedEscape) octet = Slip.escape;
			else return undefined;
		}
		plain[length++] = octet;
	}
	const end = length - CHECK_BYTES;
	if (end < 1 || recordCheck(plain, 0, end) !== (plain[end]! | (plain[end + 1]! << 8))) return undefined;
	return plain.subarray(0, end);
}

/** A record as a frame for the line. */
export function frameRecord(record: Uint8Array): Uint8Array {
	const check = recordCheck(record, 0, record.length);
	const line = [Slip.end as number];
	for (const octet of [...record, check & 0xff, check >>> 8]) {
		if (octet === Slip.end) line.push(Slip.escape, Slip.escapedEnd);
		else if (octet === Slip.escape) line.push(Slip.escape, Slip.escapedEscape);
		else line.push(octet);
	}
	line.push(Slip.end);
	return Uint8Array.from(line);
}
