import process from "node:process";
import { parseIpv6 } from "../../../firmware/frames/ipv6-text.js";
import { MOTE_DEFAULTS } from "../../../firmware/mote/defaults.js";
import { contextTable } from "../../../firmware/mote/node-config-of.js";
import { readInteger } from "../../arguments.js";
import type { Command, CommandArguments } from "../../command.js";
import { Monitor, type MonitorOptions, type Sniffing } from "../../device/monitor.js";
import { CaptureOutput, LinesOutput, LogOutput } from "../../device/monitor-outputs.js";
import { choosePort } from "../../device/port-list.js";
import { CONSOLE_BAUD } from "../../device/serial-line.js";
import { Timeline } from "../../device/timeline.js";
import { type ExitCode, systemErrorCode, UserError } from "../../errors.js";
import { Interruption } from "../../interruption.js";
import { stdoutHasColour } from "../../output.js";
import { BoardText } from "../../report/board-text.js";
import { makeStyle } from "../../report/style.js";

const STOPPED_BY_SIGINT = 130;
const FIRST_CHANNEL = 11;
const LAST_CHANNEL = 26;

export const command: Command = {
	name: "firmware monitor",
	summary: "watch a board: its events, its counters, and the frames that it hears",
	usage: "[--port PORT] [options]",
	options: {
		port: {
			type: "string",
			value: "PORT",
			help: "serial port, such as /dev/ttyACM0; without it, the ports are listed",
		},
		baud: {
			type: "string",
			value: "N",
			help: `speed of the console (${CONSOLE_BAUD}); boards on USB heed none`,
		},
		pcap: {
			type: "string",
			value: "FILE",
			help: "writes the frames that the node receives and sends; - for stdout",
		},
		all: { type: "boolean", help: "all frames on the channel: the node stops, and starts anew at the end" },
		channel: { type: "string", value: "N", help: "channel for --all (the board's)" },
		out: {
			type: "string",
			value: "PATH",
			help: "event log: a new file that ends in .cbor, or a new folder for events.cbor",
		},
		send: {
			type: "string",
			value: "ADDRESS,N",
			help: "the node sends a UDP datagram of N octets to this IPv6 address, to see what becomes of it",
		},
		json: { type: "boolean", help: "JSON Lines, one object a record" },
	},
	notes: `
Ctrl-C ends it. A board that is unplugged is waited for. What a chip prints as plain text when it
starts is shown between the records. Nothing is overwritten.
lowguard firmware monitor --port /dev/ttyACM0 --all --pcap - | wireshark -k -i -
shows frames in Wireshark as they come; lines for people then go to stderr.
The log is what lowguard trace reads; its times begin when the board started.`,
	run,
};

async function run(args: CommandArguments): Promise<ExitCode> {
	if (args.positionals.length > 0) throw new UserError(`expected options, found '${args.positionals[0]}'`);
	const baudRate = readInteger(args, "baud", CONSOLE_BAUD, 300, 10_000_000);
	const sniffing = readSniffing(args);
	const datagram = readDatagram(args.text("send"));
	const isJson = args.flag("json");
	const isPiped = args.text("pcap") === "-";
	if (isPiped && process.stdout.isTTY) throw new UserError("--pcap -: expected a reader, found a terminal");
	if (isPiped && isJson) throw new UserError("--pcap -: expected stdout free, found --json there");
	const port = await choosePort(args.text("port"));
	const outputs = openOutputs(args);
	const lines = new LinesOutput(isPiped ? process.stderr : process.stdout);
	const hasColour = isPiped ? process.stderr.isTTY === true : stdoutHasColour();
	const monitor = new Monitor({
		port,
		baudRate,
		sniffing,
		datagram,
		timeline: new Timeline(
			() => Number(process.hrtime.bigint() / 1000n),
			() => Date.now() * 1000,
		),
		text: isJson ? undefined : new BoardText(makeStyle(hasColour), contextTable(MOTE_DEFAULTS.contexts)),
		...outputs,
		line: (text) => lines.line(text),
		note,
	});
	await watch(monitor, outputs);
	const frames = outputs.capture?.dropped ?? 0;
	if (frames > 0)
		note(`${frames} frames were left out, since the reader of stdout was slower than they came`);
	if (lines.dropped > 0)
		note(`${lines.dropped} lines were left out, since their reader was slower than they came`);
	return 0;
}

/** What the monitor itself has to say. */
function note(text: string): void {
	process.stderr.write(`lowguard firmware monitor: ${text}\n`);
}

type Outputs = Pick<MonitorOptions, "log" | "capture">;

function openOutputs(args: CommandArguments): Outputs {
	const out = args.text("out");
	const pcap = args.text("pcap");
	const log = out === undefined ? undefined : new LogOutput(out);
	try {
		return {
			log,
			capture: pcap === undefined ? undefined : new CaptureOutput(pcap === "-" ? undefined : pcap),
		};
	} catch (error) {
		log?.discard();
		throw error;
	}
}

/** Runs it until Ctrl-C, or until nobody reads any more; then everything is in order again. */
async function watch(monitor: Monitor, { log, capture }: Outputs): Promise<void> {
	const interruption = new Interruption();
	let isOver = false;
	try {
		await monitor.run(Promise.race([interruption.stopped(), readerGone()]));
	} catch (error) {
		isOver = error === READER_GONE || (error instanceof UserError && error.exitCode === STOPPED_BY_SIGINT);
		if (!isOver) throw error;
	} finally {
		interruption.dispose();
		const { shown, spoiled, unknown } = monitor.summary;
		for (const output of [log, capture]) {
			if (isOver || shown > 0) output?.close();
			else output?.discard();
		}
		if (spoiled > 0) note(`${spoiled} pieces of the line were neither records nor text`);
		if (unknown > 0) note(`${unknown} records are of another version`);
	}
}

const READER_GONE = new Error("the reader of stdout is gone");

/** Rejects when nobody reads stdout any more: the board is to be told before the process ends. */
function readerGone(): Promise<never> {
	const handlers = process.stdout.listeners("error") as ((error: Error) => void)[];
	process.stdout.removeAllListeners("error");
	return new Promise((_, reject) => {
		process.stdout.on("error", (error) => {
			if (systemErrorCode(error) === "EPIPE") reject(READER_GONE);
			else for (const handler of handlers) handler(error);
		});
	});
}

function readDatagram(text: string | undefined): MonitorOptions["datagram"] {
	if (text === undefined) return undefined;
	const [address = "", octets = "", ...more] = text.split(",");
	const destination = parseIpv6(address);
	if (destination === undefined || !/^\d{1,4}$/.test(octets) || more.length > 0) {
		throw new UserError(
			`--send: expected an IPv6 address and a number of octets, as fe80::1,500, found '${text}'`,
		);
	}
	return { destination, octets: Number(octets) };
}

function readSniffing(args: CommandArguments): Sniffing | undefined {
	const isAll = args.flag("all");
	const channel = args.text("channel");
	if (!isAll) {
		if (channel !== undefined) throw new UserError("--channel: expected --all with it, found none");
		return args.text("pcap") === undefined ? undefined : { kind: "own" };
	}
	return {
		kind: "all",
		channel: channel === undefined ? 0 : readInteger(args, "channel", 0, FIRST_CHANNEL, LAST_CHANNEL),
	};
}
