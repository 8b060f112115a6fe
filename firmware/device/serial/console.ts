import type { CborWriter } from "../../frames/cbor.js";
import { CborReader } from "../../frames/cbor-reader.js";
import type { Clock } from "../../ports.js";
import { RecordOutput } from "./record-output.js";
import { MAX_COMMAND_BYTES, RecordType, ReplyStatus, type Severity } from "./records.js";
import type { SerialPort } from "./serial-port.js";
import { SlipReader } from "./slip.js";

/**
 * Executes a command: `args` stands before its `count` arguments. It gives one reply, now or later, and a reply to a
 * command that it does not know.
 */
export type CommandHandler = (code: number, id: number, args: CborReader, count: number) => void;

/** Reasons are texts for people; a longer one is cut. */
const MAX_TEXT = 200;

/** Speaks records with whoever is at the other end of a serial line, and survives all that comes from there. */
export class Console {
	readonly output: RecordOutput;
	readonly #clock: Clock;
	readonly #handle: CommandHandler;
	readonly #reader: SlipReader;
	#malformed = 0;
	#replyId = 0;

	constructor(port: SerialPort, clock: Clock, handle: CommandHandler) {
		this.output = new RecordOutput(port, clock);
		this.#clock = clock;
		this.#handle = handle;
		this.#reader = new SlipReader(MAX_COMMAND_BYTES, (bytes, length) => this.take(bytes, length));
		port.onBytes((bytes, offset, end) => this.#reader.push(bytes, offset, end));
	}

	/** What came on the line and was no command. */
	get spoiled(): number {
		return this.#reader.spoiled + this.#malformed;
	}

	/** Tells people something. */
	tell(severity: Severity, text: string): void {
		const cbor = this.output.open(RecordType.text, 3);
		cbor.number(this.#clock.nowUs());
		cbor.uint(severity);
		cbor.text(text.slice(0, MAX_TEXT));
		this.output.close(true);
	}

	/** Replies that command `id` is done, with nothing to tell. */
	done(id: number): void {
		this.beginReply(id).null();
		this.endReply();
	}

	/** Begins the reply to a command that is done; one item, its result, is to be written before {@link endReply}. */
	beginReply(id: number): CborWriter {
		this.#replyId = id;
		return this.open(id, ReplyStatus.done);
	}

	endReply(): void {
		if (this.output.isTooLong) this.refuse(this.#replyId, ReplyStatus.refused, "expected less to tell");
		else this.output.close(true);
	}

	/** Replies that a command was not carried out, and why. */
	refuse(id: number, status: ReplyStatus, reason: string): void {
		this.open(id, status).text(reason.slice(0, MAX_TEXT));
		this.output.close(true);
	}

	private open(id: number, status: ReplyStatus): CborWriter {
		const cbor = this.output.open(RecordType.reply, 3);
		cbor.number(id);
		cbor.uint(status);
		return cbor;
	}

	private take(bytes: Uint8Array, length: number): void {
		const reader = new CborReader(bytes, 0, length);
		const items = reader.array();
		const code = reader.int();
		const id = reader.int();
		// Without a number there is nothing that a reply could name.
		if (reader.failed || items < 2 || code < 0 || id < 0) this.#malformed++;
		else this.#handle(code, id, reader, items - 2);
	}
}
