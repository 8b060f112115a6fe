import {
	CommandCode,
	MAX_COMMAND_BYTES,
	PROTOCOL,
	ReplyStatus,
} from "../../firmware/device/serial/records.js";
import { CborWriter } from "../../firmware/frames/cbor.js";
import { UserError } from "../errors.js";
import { type BoardInfo, type BoardRecord, decodeRecord, protocolOf, readInfo } from "./board-records.js";
import { safeText } from "./plain-text.js";
import { frameRecord, RecordStream } from "./record-stream.js";
import { openLine, type SerialLine } from "./serial-line.js";

/** How long a board may take for a reply; it gives all but those of injected frames at once. */
const REPLY_MS = 5000;
/** Between two attempts to get a word out of a board, which may be starting because its port was opened. */
const GREETING_MS = 500;

/** An argument of a command. */
export type Argument = number | string | boolean | Uint8Array;

/** What comes from a board. */
export interface LinkHandlers {
	/** Every record but replies. */
	record(record: Exclude<BoardRecord, { type: "reply" }>): void;
	/** A line of plain text between records. */
	text(line: string): void;
	/** Something that is neither. */
	spoiled(): void;
	/** The board was unplugged. */
	lost(): void;
}

/** A command that a board did not carry out, and why. */
export class CommandRefused extends UserError {
	readonly status: number;

	constructor(port: string, status: number, reason: string) {
		super(`${port}: the board refused: ${reason}`, 1);
		this.status = status;
	}
}

/** The board was unplugged while it was waited for. */
export class LineLost extends UserError {
	constructor(port: string) {
		super(`${port}: the line was lost; plug the board in again and repeat the command`, 3);
	}
}

interface Pending {
	resolve(result: unknown): void;
	reject(reason: Error): void;
	readonly timer: NodeJS.Timeout;
}

/** Speaks with a board over a serial line: commands one way, records the other. */
export class BoardLink {
	readonly port: string;
	readonly #handlers: LinkHandlers;
	readonly #pending = new Map<number, Pending>();
	readonly #stream: RecordStream;
	#line: SerialLine | undefined;
	#lastId = 0;
	#onInfo: ((info: BoardInfo) => void) | undefined;
	#onForeign: ((protocol: number) => void) | undefined;

	private constructor(port: string, handlers: LinkHandlers) {
		this.port = port;
		this.#handlers = handlers;
		this.#stream = new RecordStream({
			record: (octets) => this.#take(octets),
			text: (line) => handlers.text(line),
			spoiled: () => handlers.spoiled(),
		});
	}

	/** Opens a port. Throws a PortError that says what to do next. */
	static async open(port: string, handlers: LinkHandlers, baudRate?: number): Promise<BoardLink> {
		const link = new BoardLink(port, handlers);
		link.#line = await openLine(
			port,
			{
				data: (chunk) => link.#stream.push(chunk),
				lost: () => {
					link.#line = undefined;
					link.#fail(new LineLost(port));
					handlers.lost();
				},
			},
			baudRate,
		);
		return link;
	}

	/** Asks until the board answers, for `limitMs` or without end. Throws a UserError when it does not, or not as it should. */
	async greet(limitMs = Number.POSITIVE_INFINITY): Promise<BoardInfo> {
		const attempts = Math.max(1, Math.ceil(limitMs / GREETING_MS));
		const said = new Promise<BoardInfo>((resolve, reject) => {
			this.#onInfo = resolve;
			this.#onForeign = (protocol) => reject(foreign(this.port, protocol));
		});
		// It is awaited below, but perhaps not before it fails.
		said.catch(() => {});
		for (let attempt = 0; attempt < attempts; attempt++) {
			const asked = this.request(CommandCode.info, [], GREETING_MS).then((result) => this.#infoOf(result));
			try {
				return await Promise.race([asked, said]);
			} catch (error) {
				if (!(error instanceof NoReply)) throw error;
			}
		}
		throw new UserError(
			`${this.port}: expected a board with Lowguard, found nobody that answers; flash it with 'lowguard firmware flash', or name another --port`,
			3,
		);
	}

	/** Sends a command; resolves to the result of its reply. Throws a CommandRefused, a LineLost or a NoReply. */
	request(code: number, args: readonly Argument[] = [], limitMs = REPLY_MS): Promise<unknown> {
		const id = (this.#lastId = (this.#lastId + 1) >>> 0);
		const octets = encodeCommand(code, id, args);
		return new Promise((resolve, reject) => {
			if (this.#line === undefined) {
				reject(new LineLost(this.port));
				return;
			}
			const timer = setTimeout(() => {
				this.#pending.delete(id);
				reject(new NoReply(this.port));
			}, limitMs);
			this.#pending.set(id, { resolve, reject, timer });
			this.#line.write(frameRecord(octets));
		});
	}

	/** Closes the port. */
	async close(): Promise<void> {
		const line = this.#line;
		this.#line = undefined;
		this.#fail(new LineLost(this.port));
		await line?.close();
	}

	#infoOf(result: unknown): BoardInfo {
		const protocol = protocolOf(result);
		const info = protocol === PROTOCOL ? readInfo(result) : undefined;
		if (info === undefined) throw foreign(this.port, protocol);
		return info;
	}

	#take(octets: Uint8Array): void {
		const record = decodeRecord(octets);
		if (record === undefined) this.#handlers.spoiled();
		else if (record.type === "reply") this.#reply(record.id, record.status, record.result);
		else {
			if (record.type === "hello") this.#onInfo?.(record.info);
			if (record.type === "foreign") this.#onForeign?.(record.protocol);
			this.#handlers.record(record);
		}
	}

	#reply(id: number, status: number, result: unknown): void {
		const pending = this.#pending.get(id);
		// One that came too late, or to a command that another program gave before.
		if (pending === undefined) return;
		this.#pending.delete(id);
		clearTimeout(pending.timer);
		if (status === ReplyStatus.done) pending.resolve(result);
		else pending.reject(new CommandRefused(this.port, status, safeText(String(result))));
	}

	#fail(reason: Error): void {
		for (const { reject, timer } of this.#pending.values()) {
			clearTimeout(timer);
			reject(reason);
		}
		this.#pending.clear();
	}
}

/** A board gave no reply in time. */
export class NoReply extends UserError {
	constructor(port: string) {
		super(`${port}: the board gave no reply; press its reset button and repeat the command`, 3);
	}
}

function foreign(port: string, protocol: number | undefined): UserError {
	const found = protocol === undefined ? "something else" : `version ${protocol}`;
	return new UserError(
		`${port}: expected a board that speaks records of version ${PROTOCOL}, found ${found}; flash it with the firmware of this version of lowguard`,
		1,
	);
}

/** Encodes a command. Throws a RangeError for one that is longer than boards take. */
export function encodeCommand(code: number, id: number, args: readonly Argument[]): Uint8Array {
	const cbor = new CborWriter(new Uint8Array(MAX_COMMAND_BYTES));
	cbor.array(2 + args.length);
	cbor.uint(code);
	cbor.uint(id);
	for (const arg of args) {
		if (typeof arg === "number") cbor.int(arg);
		else if (typeof arg === "string") cbor.text(arg);
		else if (typeof arg === "boolean") cbor.boolean(arg);
		else cbor.bytes(arg);
	}
	if (cbor.overflowed) {
		throw new RangeError(`encodeCommand: expected at most ${MAX_COMMAND_BYTES} octets, got ${cbor.length}`);
	}
	return cbor.buffer.slice(0, cbor.length);
}
