import { rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Writable } from "node:stream";
import { type ByteOutput, openOutput } from "../byte-output.js";
import { LinkType } from "../capture/captured-frame.js";
import { PcapWriter } from "../capture/pcap-writer.js";
import { makeEmpty } from "../run/recorder.js";
import { EventLogWriter } from "../trace/convert.js";
import type { LoggedEvent } from "../trace/event-items.js";
import type { CapturedRecord } from "./board-records.js";

/** What an event log has for a frame whose strength nobody told. */
const UNKNOWN_RSSI_DBM = -128;
const LOG_NAME = "events.cbor";

/** Writes what a board tells as an event log, for `lowguard trace` and all that reads logs. */
export class LogOutput {
	readonly path: string;
	/** The folder that was made for it. */
	readonly #made: string | undefined;
	readonly #output: ByteOutput;
	readonly #log: EventLogWriter;

	/** `path`: a new file that ends in `.cbor`, or a new or empty folder for one. Throws a UserError. */
	constructor(path: string) {
		this.path = path.endsWith(".cbor") ? path : join(path, LOG_NAME);
		this.#made = this.path === path ? undefined : makeEmpty(path);
		this.#output = openOutput(this.path);
		this.#log = new EventLogWriter((chunk) => this.#output.write(chunk), {});
		this.#log.finish();
	}

	/** Adds an event, at a time of the monitor's line. */
	event(timeUs: number, event: LoggedEvent): void {
		this.#log.event({ ...event, timeUs });
		this.#log.finish();
	}

	/** Adds a frame that board `node` heard or sent. */
	frame(timeUs: number, node: number, { channel, rssiDbm, psdu }: CapturedRecord): void {
		const dbm = rssiDbm === null ? UNKNOWN_RSSI_DBM : Math.round(rssiDbm);
		this.#log.event({ type: "frameOnAir", timeUs, node, channel, rssiDbm: dbm, psdu });
		this.#log.finish();
	}

	close(): void {
		this.#output.close();
	}

	/** Takes away what was written, and the folder that was made for it. */
	discard(): void {
		this.#output.discard();
		if (this.#made !== undefined) rmSync(this.#made, { recursive: true });
	}
}

/** Octets that may wait for a slow reader of a pipe. */
export const MOST_WAITING = 1 << 20;

/** A stream as far as a {@link LinesOutput} needs it. */
export type LineStream = Pick<Writable, "write" | "writableLength">;

/** Lines for a reader that may be slow, or stopped: those that find too much waiting before them are left out and counted. */
export class LinesOutput {
	dropped = 0;
	readonly #stream: LineStream;

	constructor(stream: LineStream) {
		this.#stream = stream;
	}

	line(text: string): void {
		if (this.#stream.writableLength > MOST_WAITING) this.dropped++;
		else this.#stream.write(`${text}\n`);
	}
}

/** Writes the frames as a pcap with RSSI and channel (TAP), each at once, for a reader that follows. */
export class CaptureOutput {
	/** Frames that a reader of stdout was too slow for. */
	dropped = 0;
	readonly #isPiped: boolean;
	readonly #output: ByteOutput;
	readonly #pcap: PcapWriter;

	/** `path`: a new file; undefined for stdout. Throws a UserError. */
	constructor(path: string | undefined) {
		this.#isPiped = path === undefined;
		this.#output = openOutput(path);
		this.#pcap = new PcapWriter(LinkType.ieee802154Tap, (chunk) => this.#output.write(chunk));
		this.#pcap.flush();
	}

	/** Adds a frame; `timeUs` since 1970. */
	frame(timeUs: number, { channel, rssiDbm, psdu }: CapturedRecord): void {
		if (this.#isPiped && process.stdout.writableLength > MOST_WAITING) {
			this.dropped++;
			return;
		}
		this.#pcap.frame(timeUs, psdu, rssiDbm ?? Number.NaN, channel);
		this.#pcap.flush();
		// A reader that goes away is noticed where stdout tells of it.
		this.#output.ready()?.catch(() => {});
	}

	close(): void {
		this.#output.close();
	}

	/** Takes away what was written. */
	discard(): void {
		this.#output.discard();
	}
}
