import process from "node:process";
import { SIM_EVENTS } from "../../sim/events.js";
import { onePositional } from "../arguments.js";
import { type ByteOutput, openOutput } from "../byte-output.js";
import { describe, isCapture, openCapture, readHead } from "../capture/read-capture.js";
import type { Command, CommandArguments } from "../command.js";
import { type ExitCode, UserError } from "../errors.js";
import { Interruption } from "../interruption.js";
import {
	captureEvents,
	EventLogWriter,
	type EventWriter,
	FramesWriter,
	JsonLinesWriter,
} from "../trace/convert.js";
import { isLog, type LogMetadata } from "../trace/log-format.js";
import { type LoggedEvent, LogReader } from "../trace/log-reader.js";

const FORMATS = ["jsonl", "pcap", "cbor"] as const;
/** So often a signal that stops the conversion is looked for. */
const EVENTS_BETWEEN_CHECKS = 4096;

type Format = (typeof FORMATS)[number];

export const command: Command = {
	name: "trace",
	summary: "convert an event log or a capture",
	usage: "FILE --to jsonl|pcap|cbor [--out FILE]",
	options: {
		to: {
			type: "string",
			value: "FORMAT",
			help: "jsonl (every event), pcap (the frames on air), cbor (event log)",
		},
		out: { type: "string", value: "FILE", help: "a new file; without it, stdout" },
		tap: { type: "boolean", help: "pcap with RSSI and channel (link type 283)" },
	},
	notes: `
FILE is the events.cbor of a run, or a capture as lowguard decode takes. The frames of a capture
become the frameOnAir events of node 0; what it does not tell is channel 0, and -128 dBm. A frame
recorded without its FCS gets one.`,
	run,
};

interface Source {
	readonly metadata: LogMetadata;
	readonly events: Generator<LoggedEvent, void, undefined>;
	/** What to say of the source at the end. */
	note(): string;
}

async function run(args: CommandArguments): Promise<ExitCode> {
	const path = onePositional(args, "FILE");
	const format = readFormat(args.text("to"));
	const isTap = args.flag("tap");
	if (isTap && format !== "pcap") throw new UserError(`--tap: expected --to pcap, found --to ${format}`);
	const out = args.text("out");
	if (out === undefined && format !== "jsonl" && process.stdout.isTTY) {
		throw new UserError(`--out: expected a file for ${format}, found a terminal`);
	}
	if (out === "") throw new UserError("--out: expected a file, found an empty text");
	const source = openSource(path);
	const output = openOutput(out);
	const interruption = new Interruption();
	try {
		const writer = makeWriter(format, isTap, output, source.metadata);
		let events = 0;
		for (const event of source.events) {
			writer.event(event);
			if (++events % EVENTS_BETWEEN_CHECKS === 0) await interruption.check();
			const ready = output.ready();
			if (ready !== undefined) await ready;
		}
		if (writer instanceof FramesWriter && writer.frames === 0) {
			throw new UserError(`${path}: expected frames on air, found none among ${events} events`);
		}
		writer.finish();
	} catch (error) {
		output.discard();
		throw error;
	} finally {
		interruption.dispose();
	}
	output.close();
	const note = source.note();
	if (note !== "") process.stderr.write(`lowguard trace: ${path}: ${note}\n`);
	return 0;
}

function readFormat(text: string | undefined): Format {
	const format = FORMATS.find((known) => known === text);
	if (format !== undefined) return format;
	const found = text === undefined ? "nothing" : `'${text}'`;
	throw new UserError(`--to: expected ${FORMATS.join(", ")}, found ${found}`);
}

function openSource(path: string): Source {
	const head = readHead(path);
	if (isCapture(head)) {
		const capture = openCapture(path);
		let cut = 0;
		for (const frame of capture.frames()) if (frame.drop !== undefined) cut++;
		return {
			metadata: {},
			events: captureEvents(capture),
			note: () => (cut === 0 ? "" : `${cut} frames are not whole and were left out`),
		};
	}
	if (!isLog(head)) {
		throw new UserError(`${path}: expected an event log, a pcap or a pcapng file, found ${describe(head)}`);
	}
	const reader = new LogReader(path, SIM_EVENTS);
	return {
		metadata: reader.metadata,
		events: reader.events(),
		note: () => (reader.unknown === 0 ? "" : `${reader.unknown} events of unknown types were left out`),
	};
}

function makeWriter(format: Format, isTap: boolean, output: ByteOutput, metadata: LogMetadata): EventWriter {
	const write = (chunk: Uint8Array): void => output.write(chunk);
	if (format === "pcap") return new FramesWriter(write, isTap);
	return format === "cbor" ? new EventLogWriter(write, metadata) : new JsonLinesWriter(write);
}
