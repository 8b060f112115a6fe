import { setTimeout as wait } from "node:timers/promises";
import { CommandCode, Severity, SniffMode } from "../../firmware/device/serial/records.js";
import { UserError } from "../errors.js";
import type { BoardText } from "../report/board-text.js";
import { plainEvent } from "../trace/convert.js";
import { BoardLink, CommandRefused } from "./board-link.js";
import type { BoardInfo, BoardRecord } from "./board-records.js";
import type { CaptureOutput, LogOutput } from "./monitor-outputs.js";
import { PortError } from "./serial-line.js";
import type { Timeline } from "./timeline.js";

/** Between two attempts to open a port whose board was unplugged. */
const REOPEN_MS = 250;
/** How long a board may take to stop sniffing when the monitor ends. */
const FAREWELL_MS = 1000;
/** After so long without an answer, the user is told what may be wrong. */
const SILENCE_MS = 5000;

/** Which frames to ask for: those of the node, or all on a channel (0: that of the board's settings). */
export type Sniffing = { readonly kind: "own" } | { readonly kind: "all"; readonly channel: number };

export interface MonitorOptions {
	readonly port: string;
	readonly baudRate: number;
	/** Undefined to ask for none. */
	readonly sniffing: Sniffing | undefined;
	/** A datagram that the board's node is to send once it answers: where to, 16 octets, and of how many octets. */
	readonly datagram: { readonly destination: Uint8Array; readonly octets: number } | undefined;
	readonly timeline: Timeline;
	/** Makes lines for people; undefined for JSON Lines. */
	readonly text: BoardText | undefined;
	readonly log: LogOutput | undefined;
	readonly capture: CaptureOutput | undefined;
	/** Takes what the board tells, one line each. */
	line(text: string): void;
	/** Takes what the monitor itself has to say. */
	note(text: string): void;
}

/** Watches a board, over all that happens to it and to its line, until it is stopped. */
export class Monitor {
	readonly #options: MonitorOptions;
	#link: BoardLink | undefined;
	#node = 0;
	#greeted = false;
	#hasSent = false;
	#shown = 0;
	#spoiled = 0;
	#unknown = 0;
	#onLost: (() => void) | undefined;
	#isOver = false;

	constructor(options: MonitorOptions) {
		this.#options = options;
	}

	/** Records so far, what came and was neither record nor text, and records of later versions. */
	get summary(): { readonly shown: number; readonly spoiled: number; readonly unknown: number } {
		return { shown: this.#shown, spoiled: this.#spoiled, unknown: this.#unknown };
	}

	/** Runs until `stopped` rejects, which it passes on; or throws a UserError when it cannot go on. */
	async run(stopped: Promise<never>): Promise<never> {
		try {
			await this.#open();
			for (;;) {
				const lost = new Promise<void>((resolve) => {
					this.#onLost = resolve;
				});
				const talk = this.#greet();
				// A talk that fails because the line is lost has told nothing new.
				await Promise.race([stopped, lost, talk.then(() => lost)]);
				this.#options.note(`${this.#options.port}: the board is gone; waiting for it to come back`);
				await Promise.race([stopped, this.#reopen()]);
				this.#options.note(`${this.#options.port}: back again`);
			}
		} finally {
			this.#isOver = true;
			await this.#close();
		}
	}

	async #open(): Promise<void> {
		const { port, baudRate } = this.#options;
		this.#link = await BoardLink.open(
			port,
			{
				record: (record) => this.#take(record),
				text: (line) => this.#plain(line),
				spoiled: () => this.#spoiled++,
				lost: () => {
					this.#link = undefined;
					this.#onLost?.();
				},
			},
			baudRate,
		);
	}

	/** Opens the port as soon as that goes, unless the monitor ends before. */
	async #reopen(): Promise<void> {
		this.#options.timeline.restart();
		while (!this.#isOver) {
			try {
				await this.#open();
				if (this.#isOver) await this.#close();
				return;
			} catch (error) {
				// It may come back under permissions that are set a moment later, or be held by who looks what it is.
				if (!(error instanceof PortError)) throw error;
			}
			await wait(REOPEN_MS, undefined, { ref: true });
		}
	}

	/** Gets a word out of the board, and asks it for frames. */
	async #greet(): Promise<void> {
		const link = this.#link;
		if (link === undefined) return;
		const reminder = setTimeout(() => {
			this.#options.note(
				`${this.#options.port}: no answer yet; is Lowguard on this board, and --baud ${this.#options.baudRate} its speed?`,
			);
		}, SILENCE_MS);
		this.#greeted = false;
		try {
			const info = await link.greet();
			if (!this.#greeted) this.#welcome(info);
		} catch (error) {
			// Unplugged before it answered.
			if (this.#link === link) throw error;
		} finally {
			clearTimeout(reminder);
		}
	}

	/** Takes notice of a board that has just told what it is. */
	#welcome(info: BoardInfo): void {
		this.#greeted = true;
		this.#node = info.nodeId ?? 0;
		this.#show({ type: "hello", timeUs: info.timeUs, info });
		void this.#ask();
	}

	/** Asks for what the options want: for frames each time, for a datagram once. */
	async #ask(): Promise<void> {
		await this.#askForFrames();
		const { datagram, port } = this.#options;
		const link = this.#link;
		if (datagram === undefined || link === undefined || this.#hasSent) return;
		this.#hasSent = true;
		const { destination, octets } = datagram;
		await this.#tell(
			link.request(CommandCode.sendDatagram, [destination, octets]),
			`${port}: the node sends a datagram of ${octets} octets`,
		);
	}

	async #askForFrames(): Promise<void> {
		const { sniffing, port } = this.#options;
		const link = this.#link;
		if (sniffing === undefined || link === undefined) return;
		const args = sniffing.kind === "own" ? [SniffMode.own, 0] : [SniffMode.all, sniffing.channel];
		const what = sniffing.kind === "own" ? "the frames of its node" : "all frames";
		await this.#tell(link.request(CommandCode.startSniffing, args), `${port}: the board shows ${what}`);
	}

	/** Notes what came of a request; a line that is lost meanwhile is told elsewhere. */
	async #tell(request: Promise<unknown>, done: string): Promise<void> {
		try {
			await request;
			this.#options.note(done);
		} catch (error) {
			if (error instanceof CommandRefused) this.#options.note(error.message);
			else if (!(error instanceof UserError)) throw error;
		}
	}

	#take(record: Exclude<BoardRecord, { type: "reply" }>): void {
		if (record.type === "unknown" || record.type === "foreign") this.#unknown++;
		else if (record.type === "hello") {
			// It has started anew, and knows no more of what it was asked for.
			this.#options.timeline.restart();
			this.#welcome(record.info);
		} else this.#show(record);
	}

	#show(record: Exclude<BoardRecord, { type: "reply" | "unknown" | "foreign" }>): void {
		const { timeline, log, capture, text } = this.#options;
		const timeUs = timeline.at(record.timeUs);
		this.#shown++;
		if (record.type === "event") log?.event(timeUs, record.event);
		else if (record.type === "frame") {
			log?.frame(timeUs, this.#node, record);
			capture?.frame(timeline.calendarUs(timeUs), record);
		}
		this.#options.line(
			text === undefined ? JSON.stringify(plain(record, timeUs)) : textOf(text, record, timeUs),
		);
	}

	#plain(line: string): void {
		const { text } = this.#options;
		this.#options.line(text === undefined ? JSON.stringify({ type: "plain", text: line }) : text.plain(line));
	}

	async #close(): Promise<void> {
		const link = this.#link;
		this.#link = undefined;
		if (link === undefined) return;
		if (this.#options.sniffing !== undefined && this.#greeted) {
			await link.request(CommandCode.stopSniffing, [], FAREWELL_MS).catch(() => {});
		}
		await link.close();
	}
}

type Shown = Exclude<BoardRecord, { type: "reply" | "unknown" | "foreign" }>;

function textOf(text: BoardText, record: Shown, timeUs: number): string {
	switch (record.type) {
		case "hello":
			return text.hello(timeUs, record.info);
		case "event":
			return text.event(timeUs, record.event);
		case "counters":
			return text.counters(timeUs, record.counters);
		case "frame":
			return text.frame(timeUs, record);
		case "text":
			return text.text(timeUs, record.severity === Severity.error, record.text);
		case "lost":
			return text.lost(timeUs, record.count);
	}
}

/** A record as one object of JSON Lines; events as `lowguard trace` writes them. */
function plain(record: Shown, timeUs: number): unknown {
	if (record.type === "event") return plainEvent({ ...record.event, timeUs });
	if (record.type === "frame") return { ...record, timeUs, psdu: Buffer.from(record.psdu).toString("hex") };
	return { ...record, timeUs };
}
