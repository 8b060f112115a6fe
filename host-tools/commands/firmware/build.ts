import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Command, CommandArguments } from "../../command.js";
import { buildFirmware, shortPath } from "../../device/build.js";
import { readBuildSettings } from "../../device/build-settings.js";
import { checkCompiled } from "../../device/build-state.js";
import { DEFAULT_TARGET, readTarget } from "../../device/build-target.js";
import { IMAGES_FOLDER } from "../../device/image-folder.js";
import { findSdk } from "../../device/sdk.js";
import { type ExitCode, UserError } from "../../errors.js";
import { Interruption } from "../../interruption.js";
import { buildText } from "../../report/build-text.js";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

export const command: Command = {
	name: "firmware build",
	summary: "build the firmware of a board with the Moddable SDK and ESP-IDF",
	usage: "[--target TARGET] [--config KEY=VALUE]… [options]",
	options: {
		target: {
			type: "string",
			value: "TARGET",
			help: `esp32c6, esp32h2 (802.15.4), esp32, or a board of the SDK (${DEFAULT_TARGET})`,
		},
		config: {
			type: "string",
			multiple: true,
			value: "KEY=VALUE",
			help: "a setting that is built in, such as nodeId=9; may be repeated",
		},
		out: { type: "string", value: "DIR", help: `where the image goes (${IMAGES_FOLDER}/TARGET)` },
		debug: { type: "boolean", help: "for the debugger of XS, which then takes the serial port" },
		json: { type: "boolean", help: "sizes as JSON on stdout" },
	},
	notes: `
MODDABLE names the folder of the Moddable SDK (8.2 or newer), IDF_PATH that of the ESP-IDF which it
asks for; what is missing is told, with the way to it. What the tools say goes to stderr.
Keys are not built in: set them over the serial port with lowguard firmware provision. What is set
so counts before what was built in.
--config injection=true lets the console send frames, for lowguard firmware replay.`,
	run,
};

async function run(args: CommandArguments): Promise<ExitCode> {
	if (args.positionals.length > 0) {
		throw new UserError(`expected options only, found '${args.positionals.join("', '")}'`);
	}
	const settings = readBuildSettings(args.texts("config"));
	const target = readTarget(args.text("target"));
	const given = args.text("out");
	if (given === "") throw new UserError("--out: expected a folder, found an empty text");
	const out = resolve(given ?? join(IMAGES_FOLDER, target.name));
	const sdk = findSdk(process.env, target);
	checkCompiled(ROOT);
	process.stderr.write(`Moddable SDK ${sdk.moddableVersion}, ESP-IDF ${sdk.idfVersion}\n`);
	const interruption = new Interruption();
	const stop = new AbortController();
	interruption.stopped().catch((reason: unknown) => stop.abort(reason));
	const work = resolve("build", "moddable", target.name);
	try {
		const request = { sdk, target, settings, debug: args.flag("debug"), root: ROOT, work, out };
		const result = await buildFirmware({ ...request, signal: stop.signal });
		if (args.flag("json")) {
			const { image, memory, machine } = result;
			const parts = image.parts.map(({ name, offset, data }) => ({ name, offset, bytes: data.length }));
			process.stdout.write(`${JSON.stringify({ out, chip: image.chip.name, parts, memory, machine })}\n`);
		} else process.stdout.write(buildText(result, shortPath(out)));
		return 0;
	} finally {
		interruption.dispose();
	}
}
