import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import process from "node:process";
import { type CommandCode, ReplyStatus } from "../../firmware/device/serial/records.js";
import { type Argument, encodeCommand } from "../../host-tools/device/board-link.js";
import { type BoardRecord, decodeRecord } from "../../host-tools/device/board-records.js";
import { frameRecord, RecordStream } from "../../host-tools/device/record-stream.js";
import { Failure } from "./sdk.js";

/** Longest that a record is waited for. */
const LONGEST_WAIT_MS = 30_000;

interface Waiting {
	readonly matches: (record: BoardRecord) => boolean;
	readonly resolve: (record: BoardRecord) => void;
}

/** A board that is a Linux process: its console is on standard input and output. */
export class LinuxBoard {
	readonly name: string;
	/** All that it told. */
	readonly records: BoardRecord[] = [];
	/** What stood between records, and on standard error. */
	text = "";
	readonly #process: ChildProcessWithoutNullStreams;
	readonly #ended: Promise<number | null>;
	#waiting: Waiting[] = [];
	#lastId = 0;

	constructor(name: string, headless: string, library: string, settings: string) {
		this.name = name;
		this.#process = spawn(headless, [library], {
			env: { ...process.env, LOWGUARD_SETTINGS: settings },
			stdio: "pipe",
		});
		const stream = new RecordStream({
			record: (octets) => this.#take(octets),
			text: (line) => {
				this.text += `${line}\n`;
			},
			spoiled: () => {
				this.text += "(a spoiled record)\n";
			},
		});
		this.#process.stdout.on("data", (chunk: Buffer) => stream.push(chunk));
		this.#process.stderr.on("data", (chunk: Buffer) => {
			this.text += chunk.toString();
		});
		this.#ended = new Promise((resolve) => this.#process.on("close", resolve));
	}

	/**
	 * The first record of a kind from the one with number `from` on, told already or to come.
	 *
	 * Throws a Failure when it does not come, or the process ends.
	 */
	async until<T extends BoardRecord["type"]>(
		what: string,
		type: T,
		matches: (record: Extract<BoardRecord, { type: T }>) => boolean = () => true,
		from = 0,
	): Promise<Extract<BoardRecord, { type: T }>> {
		type Wanted = Extract<BoardRecord, { type: T }>;
		const isWanted = (record: BoardRecord): boolean => record.type === type && matches(record as Wanted);
		const found = this.records.slice(from).find(isWanted);
		if (found !== undefined) return found as Wanted;
		const come = new Promise<BoardRecord>((resolve) => {
			this.#waiting.push({ matches: isWanted, resolve });
		});
		const late = Symbol("late");
		let timer: NodeJS.Timeout | undefined;
		const passed = new Promise<typeof late>((resolve) => {
			timer = setTimeout(() => resolve(late), LONGEST_WAIT_MS);
		});
		const outcome = await Promise.race([come, this.#ended, passed]);
		clearTimeout(timer);
		if (typeof outcome === "object" && outcome !== null) return outcome as Wanted;
		const why =
			outcome === late ? `within ${LONGEST_WAIT_MS / 1000} s` : `before it ended (${String(outcome)})`;
		throw new Failure(`${this.name}: expected ${what} ${why}; it said\n${this.text}${this.#told()}`);
	}

	/** Has a command carried out. Throws a Failure when the board refuses. */
	async command(
		code: (typeof CommandCode)[keyof typeof CommandCode],
		args: readonly Argument[],
	): Promise<unknown> {
		const id = ++this.#lastId;
		this.#process.stdin.write(frameRecord(encodeCommand(code, id, args)));
		const reply = await this.until(`a reply to command ${code}`, "reply", (record) => record.id === id);
		if (reply.status !== ReplyStatus.done) {
			throw new Failure(`${this.name}: refused command ${code}: ${String(reply.result)}`);
		}
		return reply.result;
	}

	/** Ends the process, and returns what it said in text. */
	async end(): Promise<string> {
		this.#process.kill("SIGTERM");
		await this.#ended;
		return this.text;
	}

	/** The last records, for a message. */
	#told(): string {
		return this.records
			.slice(-20)
			.map((record) => `  ${JSON.stringify(record.type === "event" ? record.event : record)}\n`)
			.join("");
	}

	#take(octets: Uint8Array): void {
		const record = decodeRecord(octets);
		if (record === undefined) return;
		this.records.push(record);
		for (const waiting of this.#waiting) if (waiting.matches(record)) waiting.resolve(record);
		this.#waiting = this.#waiting.filter((waiting) => !waiting.matches(record));
	}
}
