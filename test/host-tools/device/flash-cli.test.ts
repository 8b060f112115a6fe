import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import test, { type ExecutionContext } from "ava";
import { CLI, lowguard, scratchFolder } from "../run-cli.js";
import { DEFL_DATA, FakeChip, type Faults } from "./fake-chip.js";
import { makeImage, writeImage } from "./make-image.js";
import { layCable, requireSocat } from "./pty-cable.js";

interface Outcome {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs the command against a chip on a cable, in a folder that holds an image for an ESP32-C6. */
async function flash(
	t: ExecutionContext,
	name: string,
	faults: (stop: () => void) => Faults = () => ({}),
	...more: string[]
): Promise<Outcome & { readonly chip: FakeChip; readonly port: string }> {
	const cable = await layCable(t);
	const folder = scratchFolder(t);
	writeImage(join(folder, "build", "firmware-images", "esp32c6"), makeImage(13));
	let stop = () => {};
	const line = {
		write: (data: Uint8Array) => void (cable.board.isOpen && cable.board.write(Buffer.from(data))),
		unplug: () => cable.unplug(),
	};
	const chip = new FakeChip(
		name,
		line,
		faults(() => stop()),
	);
	cable.board.on("data", (data: Buffer) => chip.take(data));
	const args = [CLI, "firmware", "flash", "--port", cable.path, ...more];
	const child = spawn(process.execPath, args, { cwd: folder });
	stop = () => void child.kill("SIGINT");
	const said = { stdout: "", stderr: "" };
	child.stdout.on("data", (data: Buffer) => (said.stdout += data.toString()));
	child.stderr.on("data", (data: Buffer) => (said.stderr += data.toString()));
	const [code] = (await once(child, "close")) as [number | null];
	return { code, ...said, chip, port: cable.path };
}

test.serial("the only image that was built is flashed, and what to do next is told", async (t) => {
	if (!requireSocat(t)) return;
	const { code, stdout, stderr, port } = await flash(t, "ESP32-C6");
	t.is(code, 0, stderr);
	t.regex(stderr, /esp32c6: for ESP32-C6, 52,\d+ octets in 3 parts, ESP-IDF v6\.0\.1\nESP32-C6 v0\.0, 06:/);
	t.is(
		stdout,
		`${port}: bootloader, partition table, application written and verified, 460800 baud, flash of 4 MB; press RESET (EN) to start the program\n` +
			`  next: lowguard firmware provision --port ${port}, then lowguard firmware monitor --port ${port}\n`,
	);
});

test.serial("what was done can be read by machines", async (t) => {
	if (!requireSocat(t)) return;
	const { code, stdout, stderr, port } = await flash(t, "ESP32-C6", undefined, "--json", "--baud", "115200");
	t.is(code, 0, stderr);
	const report = JSON.parse(stdout) as { readonly parts: readonly { readonly offset: number }[] };
	t.like(report, { port, mac: "06:00:05:04:03:02", baud: 115_200, started: false });
	t.deepEqual(
		report.parts.map(({ offset }) => offset),
		[0, 0x8000, 0x10000],
	);
});

test.serial("failures end the process with their code and one line on what to do", async (t) => {
	if (!requireSocat(t)) return;
	const other = await flash(t, "ESP32-H2");
	t.is(other.code, 2);
	t.regex(
		other.stderr,
		/\nlowguard firmware flash: .*found ESP32-H2; nothing was written; .*--target esp32h2.*\n$/,
	);
	const unplugged = await flash(t, "ESP32-C6", () => ({
		onCommand: (op) => (op === DEFL_DATA ? "unplug" : undefined),
	}));
	t.is(unplugged.code, 1);
	t.regex(
		unplugged.stderr,
		/\nlowguard firmware flash: .*port gone while writing the bootloader; plug .*\n$/,
	);
	t.is(unplugged.stdout, "");
});

test.serial("Ctrl-C ends the work in good order", async (t) => {
	if (!requireSocat(t)) return;
	const { code, stderr } = await flash(t, "ESP32-C6", (stop) => ({
		onCommand: (op) => {
			if (op !== DEFL_DATA) return undefined;
			stop();
			return "ignore";
		},
	}));
	t.is(code, 130, stderr);
	t.regex(
		stderr,
		/\nthe board is only partly written; flash it again .*\nlowguard firmware flash: stopped by SIGINT\n$/,
	);
});

test("a port that is none, no port at all and a bad speed are told before anything else", (t) => {
	const folder = writeImage(join(scratchFolder(t), "image"), makeImage(13));
	const missing = lowguard("firmware", "flash", "--image", folder, "--port", join(folder, "none"));
	t.is(missing.code, 3);
	t.regex(missing.stderr, /none: expected a serial port, found none; /);
	const none = lowguard("firmware", "flash", "--image", folder);
	t.true(none.code === 2 || none.code === 3);
	t.regex(none.stderr, /--port: expected a serial port; (found|no serial port was found)/);
	const slow = lowguard("firmware", "flash", "--image", folder, "--port", "x", "--baud", "300");
	t.is(slow.code, 2);
	t.regex(slow.stderr, /--baud: expected an integer from 9600 to 4000000, found '300'/);
});
