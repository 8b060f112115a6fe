import { closeSync, mkdirSync, openSync, readdirSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SIM_EVENTS, type SimSink } from "../../sim/events.js";
import { LinkType } from "../capture/captured-frame.js";
import { type PcapLinkType, PcapWriter } from "../capture/pcap-writer.js";
import { fileError, systemErrorCode, UserError } from "../errors.js";
import { scenarioYaml } from "../scenario/dump.js";
import type { LoadedScenario } from "../scenario/load.js";
import type { LogMetadata } from "../trace/log-format.js";
import { LogWriter } from "../trace/log-writer.js";

/** What a recorder leaves in its folder. */
const EVENTS = "events.cbor";
const FRAMES = "frames.pcap";
const SCENARIO = "scenario.yaml";
const SUMMARY = "summary.json";

export interface RecorderOptions {
	/** Where the run is written; undefined to hash the log without keeping it. */
	readonly directory: string | undefined;
	/** Frames with RSSI and channel (link type 283) in place of bare ones (195). */
	readonly tap: boolean;
	readonly metadata: LogMetadata;
}

/**
 * Writes a run to a folder of its own: the event log, the frames where there are any, the scenario and the summary.
 *
 * A folder that holds anything is refused. A run that fails takes its files away again.
 */
export class Recorder {
	/** The sinks to add to the run. */
	readonly sinks: readonly Partial<SimSink>[];
	readonly #directory: string | undefined;
	readonly #log: LogWriter<typeof SIM_EVENTS>;
	/** Undefined where nothing is kept, and in runs without frames. */
	readonly #pcap: PcapWriter | undefined;
	readonly #files: number[] = [];
	readonly #written: string[] = [];
	/** The outermost folder that was made for the run. */
	readonly #made: string | undefined;

	constructor(loaded: LoadedScenario, options: RecorderOptions) {
		const { directory, metadata } = options;
		this.#directory = directory;
		this.#made = directory === undefined ? undefined : makeEmpty(directory);
		try {
			const events = directory === undefined ? undefined : this.#open(EVENTS);
			this.#log = new LogWriter(SIM_EVENTS, {
				hash: true,
				metadata,
				...(events === undefined
					? {}
					: { write: (chunk: Uint8Array) => writeAll(join(directory!, EVENTS), events, chunk) }),
			});
			const sinks: Partial<SimSink>[] = [this.#log.sink];
			if (directory !== undefined) {
				this.#save(SCENARIO, scenarioYaml(loaded, directory));
				if (loaded.scenario.fidelity === "packets") {
					this.#pcap = this.#openFrames(directory, options.tap);
					sinks.push(framesInto(this.#pcap));
				}
			}
			this.sinks = sinks;
		} catch (error) {
			this.discard();
			throw directory === undefined ? error : fileError(directory, error);
		}
	}

	/** Ends the log; returns its SHA-256 in hex. */
	finish(): string {
		this.#pcap?.finish();
		return this.#log.finish()!;
	}

	/** Writes the summary, last of all: a folder without one is that of a run that did not end. */
	saveSummary(summary: unknown): void {
		this.#close();
		if (this.#directory === undefined) return;
		this.#save(SUMMARY, `${JSON.stringify(summary, undefined, "\t")}\n`);
		this.#close();
	}

	/** Takes away what was written. */
	discard(): void {
		this.#close();
		for (const path of this.#written) rmSync(path, { force: true });
		if (this.#made === undefined) return;
		for (let folder = resolve(this.#directory!); ; folder = dirname(folder)) {
			rmdirSync(folder);
			if (folder === this.#made) break;
		}
	}

	#openFrames(directory: string, tap: boolean): PcapWriter {
		const frames = this.#open(FRAMES);
		const linkType: PcapLinkType = tap ? LinkType.ieee802154Tap : LinkType.ieee802154WithFcs;
		return new PcapWriter(linkType, (chunk) => writeAll(join(directory, FRAMES), frames, chunk));
	}

	#open(name: string): number {
		const path = join(this.#directory!, name);
		const file = openSync(path, "wx");
		this.#files.push(file);
		this.#written.push(path);
		return file;
	}

	#save(name: string, text: string): void {
		const path = join(this.#directory!, name);
		const file = this.#open(name);
		writeAll(path, file, Buffer.from(text));
	}

	#close(): void {
		for (const file of this.#files.splice(0)) closeSync(file);
	}
}

function framesInto(pcap: PcapWriter): Partial<SimSink> {
	return {
		frameOnAir: (timeUs, _node, channel, rssiDbm, psdu) => pcap.frame(timeUs, psdu, rssiDbm, channel),
	};
}

/** Makes a folder, or takes an empty one; returns the outermost folder that had to be made. */
export function makeEmpty(directory: string): string | undefined {
	if (directory === "") throw new UserError("--out: expected a folder, found an empty text");
	try {
		if (readdirSync(directory).length > 0) {
			throw new UserError(`--out ${directory}: expected a new or empty folder, found one that holds files`);
		}
		return undefined;
	} catch (error) {
		if (systemErrorCode(error) === "ENOTDIR") {
			throw new UserError(`--out ${directory}: expected a folder, found a file`);
		}
		if (systemErrorCode(error) !== "ENOENT") throw error;
	}
	try {
		const made = mkdirSync(directory, { recursive: true });
		return made === undefined ? undefined : resolve(made);
	} catch (error) {
		throw fileError(`--out ${directory}`, error);
	}
}

/** Writes all octets, at a position or where the last ones ended; throws a UserError that names the file. */
export function writeAll(
	path: string,
	file: number,
	chunk: Uint8Array,
	position: number | null = null,
): void {
	try {
		for (let at = 0; at < chunk.length; ) {
			at += writeSync(file, chunk, at, undefined, position === null ? null : position + at);
		}
	} catch (error) {
		throw fileError(path, error);
	}
}
