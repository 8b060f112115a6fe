import process from "node:process";
import { Capability, CommandCode } from "../../../firmware/device/serial/records.js";
import { addressOf } from "../../../firmware/mote/addresses.js";
import { MOTE_DEFAULTS } from "../../../firmware/mote/defaults.js";
import { contextTable } from "../../../firmware/mote/node-config-of.js";
import { onePositional, readInteger } from "../../arguments.js";
import { type Mapping, mapAddresses } from "../../capture/mappings.js";
import { REPLAY_NOTES, REPLAY_OPTIONS, readReplay, rewriteFrames } from "../../capture/replay-choice.js";
import type { AddressMap } from "../../capture/rewrite.js";
import type { Command, CommandArguments } from "../../command.js";
import { BoardLink } from "../../device/board-link.js";
import type { BoardInfo } from "../../device/board-records.js";
import { BoardReplay } from "../../device/board-replay.js";
import { choosePort } from "../../device/port-list.js";
import { CONSOLE_BAUD } from "../../device/serial-line.js";
import { type ExitCode, UserError } from "../../errors.js";
import { Interruption } from "../../interruption.js";
import { Progress } from "../../run/progress.js";
import { GREETING_LIMIT_MS, silentLink } from "./options.js";

export const command: Command = {
	name: "firmware replay",
	summary: "send the frames of a capture from a board, at their recorded times",
	usage: "CAPTURE --port PORT [options]",
	options: {
		port: {
			type: "string",
			value: "PORT",
			help: "serial port of the board; without it, the ports are listed",
		},
		baud: {
			type: "string",
			value: "N",
			help: `speed of the console (${CONSOLE_BAUD}); boards on USB heed none`,
		},
		...REPLAY_OPTIONS,
		attackers: { type: "string", value: "FILE", help: "only the frames that FILE lists as attacker_frames" },
		json: { type: "boolean", help: "the outcome as JSON on stdout" },
	},
	notes: `
The board's build must allow it: lowguard firmware build --config injection=true.
Node N is that of the settings' nodeId. Frames with a mapped address get the board's PAN. ${REPLAY_NOTES}
FILE of --attackers is the JSON file beside a recorded attack, as for lowguard replay.
A frame whose time comes before the one ahead of it is over leaves late, and is counted.`,
	run,
};

async function run(args: CommandArguments): Promise<ExitCode> {
	const path = onePositional(args, "CAPTURE");
	const baudRate = readInteger(args, "baud", CONSOLE_BAUD, 300, 10_000_000);
	const choice = readReplay(args, path, args.text("attackers"));
	const port = await choosePort(args.text("port"));
	const interruption = new Interruption();
	const link = await BoardLink.open(port, silentLink(), baudRate);
	try {
		await Promise.race([interruption.stopped(), send(link, path, choice, args.flag("json"))]);
	} finally {
		interruption.dispose();
		await link.close();
	}
	return 0;
}

async function send(
	link: BoardLink,
	path: string,
	{ frames: recorded, mappings, speed, loops }: ReturnType<typeof readReplay>,
	isJson: boolean,
): Promise<void> {
	const info = await link.greet(GREETING_LIMIT_MS);
	const hostUs = nowUs();
	if ((info.capabilities & Capability.inject) === 0) {
		const remedy = "build it with 'lowguard firmware build --config injection=true' and flash it";
		throw new UserError(
			`${link.port}: expected a board that may inject frames, found a build that does not; ${remedy}`,
			1,
		);
	}
	const map = await mapFor(link, info, mappings);
	const { frames, tooLong } = rewriteFrames(recorded, map, contextTable(MOTE_DEFAULTS.contexts));
	const count = frames.length * loops;
	const progress = new Progress("replay");
	const replay = new BoardReplay(link, {
		frames,
		speed,
		loops,
		nowUs,
		progress: (done) => progress.update(done / count),
	});
	try {
		if (count > 0) await replay.run(info.timeUs, hostUs);
	} finally {
		progress.clear();
		const { outcomes, late, mostLateUs } = replay.result;
		const report = {
			capture: path,
			frames: count,
			tooLong: tooLong * loops,
			sent: outcomes,
			late,
			mostLateUs,
		};
		process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : reportText(report));
	}
}

interface Report {
	readonly capture: string;
	/** Frames that fit, times the loops, and those that no longer do. */
	readonly frames: number;
	readonly tooLong: number;
	readonly sent: Readonly<Record<string, number>>;
	readonly late: number;
	readonly mostLateUs: number;
}

function reportText({ frames, tooLong, sent, late, mostLateUs }: Report): string {
	const total = Object.values(sent).reduce((sum, count) => sum + count, 0);
	const parts = Object.entries(sent).map(([outcome, count]) => `${count} ${outcome}`);
	const remarks = [
		parts.length === 0 ? "" : `: ${parts.join(", ")}`,
		late === 0 ? "" : `; ${late} later than recorded, by ${(mostLateUs / 1000).toFixed(1)} ms at most`,
		tooLong === 0 ? "" : `; ${tooLong} too long once mapped`,
	];
	return `${total} of ${frames} frames sent${remarks.join("")}\n`;
}

async function mapFor(link: BoardLink, info: BoardInfo, mappings: readonly Mapping[]): Promise<AddressMap> {
	const { nodeId, panId } = info;
	if (mappings.length === 0) return mapAddresses([], 0, () => addressOf(0, "short"));
	if (nodeId === null || panId === null) {
		const remedy = "set one up with 'lowguard firmware provision'";
		throw new UserError(`${link.port}: expected a board with a node for --map, found none; ${remedy}`, 1);
	}
	const told = await link.request(CommandCode.getSetting, ["addressing"]);
	const addressing = Array.isArray(told) && told[0] === "extended" ? "extended" : "short";
	return mapAddresses(mappings, panId, ({ node }) => addressOf(node ?? nodeId, addressing));
}

function nowUs(): number {
	return Number(process.hrtime.bigint() / 1000n);
}
