import process from "node:process";
import { readInteger } from "../../arguments.js";
import type { Command, CommandArguments } from "../../command.js";
import { type FlashResult, flashImage } from "../../device/flash.js";
import {
	type FirmwareImage,
	IMAGES_FOLDER,
	megabytes,
	onlyImageFolder,
	readImageFolder,
} from "../../device/image-folder.js";
import { choosePort } from "../../device/port-list.js";
import { type ExitCode, UserError } from "../../errors.js";
import { Interruption } from "../../interruption.js";
import { Progress } from "../../run/progress.js";

const DEFAULT_BAUD = 460_800;
const LEAST_BAUD = 9_600;
const MOST_BAUD = 4_000_000;

export const command: Command = {
	name: "firmware flash",
	summary: "write an image to a board over a serial port",
	usage: "--port PORT [--image DIR] [options]",
	options: {
		port: {
			type: "string",
			value: "PORT",
			help: "serial port of the board; without it, the ports are listed",
		},
		image: {
			type: "string",
			value: "DIR",
			help: `folder with bootloader.bin, partition-table.bin, xs_esp32.bin (the one in ${IMAGES_FOLDER})`,
		},
		baud: { type: "string", value: "N", help: `speed of the transfer in baud (${DEFAULT_BAUD})` },
		erase: { type: "boolean", help: "erase the whole flash first, id and keys of the node included" },
		json: { type: "boolean", help: "what was done as JSON on stdout" },
	},
	notes: `
The image is checked before the board is touched, the chip is asked what it is before anything is
written, and what was written is compared by the chip's own MD5. Stored settings (id, role, keys)
stay unless --erase is given.
Of a board that does not come into its loader by itself, hold BOOT, press and release RESET (EN),
let BOOT go, and run this again.`,
	run,
};

async function run(args: CommandArguments): Promise<ExitCode> {
	if (args.positionals.length > 0) {
		throw new UserError(`expected options only, found '${args.positionals.join("', '")}'`);
	}
	const baud = readInteger(args, "baud", DEFAULT_BAUD, LEAST_BAUD, MOST_BAUD);
	const port = await choosePort(args.text("port"));
	const image = readImageFolder(args.text("image") ?? onlyImageFolder(IMAGES_FOLDER));
	process.stderr.write(`${describe(image)}\n`);
	const interruption = new Interruption();
	const stop = new AbortController();
	interruption.stopped().catch((reason: unknown) => stop.abort(reason));
	const progress = new Progress(port);
	try {
		const request = { port, image, baud, erase: args.flag("erase"), signal: stop.signal };
		const result = await flashImage(request, {
			note: (text) => {
				progress.clear();
				process.stderr.write(`${text}\n`);
			},
			progress: (share, detail) => progress.update(share, detail),
		});
		progress.clear();
		tell(args.flag("json"), port, image, result);
		return 0;
	} catch (error) {
		progress.clear();
		throw error;
	} finally {
		interruption.dispose();
	}
}

function describe({ folder, chip, description, parts }: FirmwareImage): string {
	const octets = parts.reduce((sum, { data }) => sum + data.length, 0);
	const idf = description === undefined ? "" : `, ESP-IDF ${description.idfVersion}`;
	return `${folder}: for ${chip.name}, ${octets.toLocaleString("en")} octets in ${parts.length} parts${idf}`;
}

function tell(asJson: boolean, port: string, image: FirmwareImage, result: FlashResult): void {
	if (asJson) {
		const parts = image.parts.map(({ name, offset, data }) => ({ name, offset, bytes: data.length }));
		process.stdout.write(`${JSON.stringify({ port, image: image.folder, ...result, parts })}\n`);
		return;
	}
	const what = `${image.parts.map(({ name }) => name).join(", ")} written and verified`;
	const next = result.started ? "the program runs" : "press RESET (EN) to start the program";
	process.stdout.write(
		`${port}: ${what}, ${result.baud} baud, flash of ${megabytes(result.flashBytes)}; ${next}\n` +
			`  next: lowguard firmware provision --port ${port}, then lowguard firmware monitor --port ${port}\n`,
	);
}
