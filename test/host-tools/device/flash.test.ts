import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { FIELD, type Timing } from "../../../host-tools/device/chip-connection.js";
import { type FlashResult, flashImage } from "../../../host-tools/device/flash.js";
import { type FirmwareImage, readImageFolder } from "../../../host-tools/device/image-folder.js";
import { UserError } from "../../../host-tools/errors.js";
import { scratchFolder } from "../run-cli.js";
import { DEFL_BEGIN, DEFL_DATA, ERASE_FLASH, FakeChip, type Faults, FLASH_MD5 } from "./fake-chip.js";
import { makeImage, writeImage } from "./make-image.js";
import { layCable, requireSocat } from "./pty-cable.js";

/** A board of bits needs no pauses. */
const CALM: Timing = { ...FIELD, pauseFactor: 0 };
/** For chips that answer all but now and then. */
const PATIENT: Timing = { ...CALM, longestAnswerMs: 1000 };
/** For chips that do not answer: nothing is learnt by asking again. */
const HASTY: Timing = { ...CALM, attempts: 1 };

const IMAGE_IDS: Readonly<Record<string, number>> = { ESP32: 0, "ESP32-C6": 13, "ESP32-H2": 16 };

interface Bench {
	readonly chip: FakeChip;
	readonly image: FirmwareImage;
	readonly notes: string[];
	readonly shares: number[];
	flash(options?: {
		baud?: number;
		erase?: boolean;
		timing?: Timing;
		signal?: AbortSignal;
	}): Promise<FlashResult>;
}

/** A chip on a cable, and an image for `imageFor`. */
async function bench(
	t: ExecutionContext,
	name: string,
	faults: Faults = {},
	{ imageFor = name, appBytes = 40_000, trailer = 0, revisions = [0, 399] } = {},
): Promise<Bench> {
	const cable = await layCable(t);
	const line = {
		write: (data: Uint8Array) => void (cable.board.isOpen && cable.board.write(Buffer.from(data))),
		unplug: () => cable.unplug(),
	};
	const chip = new FakeChip(name, line, faults);
	cable.board.on("data", (data: Buffer) => chip.take(data));
	const folder = join(scratchFolder(t), "image");
	const files = makeImage(IMAGE_IDS[imageFor]!, { appBytes, revisions });
	files["xs_esp32.bin"] = Buffer.concat([files["xs_esp32.bin"]!, Buffer.alloc(trailer, 0x5a)]);
	const image = readImageFolder(writeImage(folder, files));
	const notes: string[] = [];
	const shares: number[] = [];
	const reporter = {
		note: (text: string) => void notes.push(text),
		progress: (share: number) => void shares.push(share),
	};
	return {
		chip,
		image,
		notes,
		shares,
		flash: ({ baud = 460_800, erase = false, timing = CALM, signal } = {}) =>
			flashImage(
				{ port: cable.path, image, baud, erase, ...(signal !== undefined && { signal }) },
				reporter,
				timing,
			),
	};
}

/** Asserts that flash holds the image, and beside it what was there before. */
function holdsImage(t: ExecutionContext, { flash }: FakeChip, image: FirmwareImage, before = 0xa5): void {
	const expected = new Uint8Array(flash.length).fill(before);
	for (const { offset, data } of image.parts) {
		expected.fill(0xff, offset, offset + Math.ceil(data.length / 0x1000) * 0x1000);
		expected.set(data, offset);
	}
	t.true(Buffer.from(flash).equals(expected));
}

async function failure(t: ExecutionContext, work: Promise<unknown>, code: 1 | 2 | 3): Promise<string> {
	const error = await t.throwsAsync(work, { instanceOf: UserError });
	t.is(error?.exitCode, code, error?.message);
	t.notRegex(error?.message ?? "", /\n/);
	return error?.message ?? "";
}

for (const name of Object.keys(IMAGE_IDS)) {
	test.serial(`an image is written to ${name}, bit for bit, and stored settings stay`, async (t) => {
		if (!requireSocat(t)) return;
		const { chip, image, shares, flash } = await bench(t, name);
		const result = await flash();
		holdsImage(t, chip, image);
		t.is(result.chip, `${name} v0.0`);
		t.is(result.mac, "06:00:05:04:03:02");
		t.is(result.flashBytes, 4 << 20);
		t.is(result.baud, 460_800);
		t.is(chip.baud, 460_800);
		t.is(chip.flashSizeTold, 4 << 20);
		t.false(result.started, "a pseudo-terminal has no line to reset with");
		t.is(chip.commands.filter((op) => op === FLASH_MD5).length, 3);
		t.deepEqual(
			shares,
			[...shares].sort((a, b) => a - b),
		);
		t.is(shares.at(-1), 1);
	});
}

test.serial("--erase leaves nothing of what was stored", async (t) => {
	if (!requireSocat(t)) return;
	const { chip, image, flash } = await bench(t, "ESP32-C6");
	await flash({ erase: true });
	t.true(chip.commands.includes(ERASE_FLASH));
	holdsImage(t, chip, image, 0xff);
});

test.serial("an application that ends within a word arrives whole", async (t) => {
	if (!requireSocat(t)) return;
	const { chip, image, flash } = await bench(t, "ESP32-C6", {}, { trailer: 3 });
	await flash();
	holdsImage(t, chip, image);
});

test.serial("a chip of another family is refused before anything is written", async (t) => {
	if (!requireSocat(t)) return;
	const { chip, flash } = await bench(t, "ESP32-H2", {}, { imageFor: "ESP32-C6" });
	const message = await failure(t, flash(), 2);
	t.regex(message, /expected ESP32-C6, which .* is for, found ESP32-H2; nothing was written/);
	t.regex(message, /lowguard firmware build --target esp32h2/);
	t.true(chip.flash.every((octet) => octet === 0xa5));
});

test.serial(
	"a chip of a revision that the image does not run on is refused before anything is written",
	async (t) => {
		if (!requireSocat(t)) return;
		const old = await bench(t, "ESP32-H2", { registers: [[0x600b0850, 1 << 18]] }, { revisions: [102, 199] });
		const message = await failure(t, old.flash(), 2);
		t.regex(
			message,
			/expected ESP32-H2 v1\.2 or newer, which .* found v0\.1; nothing was written; build for its/,
		);
		t.true(old.chip.flash.every((octet) => octet === 0xa5));
		const young = await bench(t, "ESP32-C6", { registers: [[0x600b0850, 1 << 22]] }, { revisions: [0, 99] });
		t.regex(
			await failure(t, young.flash(), 2),
			/expected ESP32-C6 v0\.99 or older, .* found v1\.0; .*newer ESP-IDF/,
		);
		const fine = await bench(
			t,
			"ESP32",
			{
				registers: [
					[0x3ff5a00c, 1 << 15],
					[0x3ff5a014, (1 << 20) | (1 << 24)],
					[0x3ff6607c, 1 << 31],
				],
			},
			{ revisions: [300, 399] },
		);
		t.is((await fine.flash()).chip, "ESP32 v3.1");
	},
);

test.serial("an ESP32, which cannot tell its image id, is known by its magic", async (t) => {
	if (!requireSocat(t)) return;
	const { flash } = await bench(t, "ESP32", {}, { imageFor: "ESP32-C6" });
	t.regex(await failure(t, flash(), 2), /found ESP32; .* --target esp32'/);
});

test.serial("a silent chip: what to press", async (t) => {
	if (!requireSocat(t)) return;
	const { flash } = await bench(t, "ESP32-C6", { onCommand: () => "ignore" });
	const message = await failure(t, flash({ timing: HASTY }), 1);
	t.regex(message, /found silence; is this the board's port.*hold BOOT, press and release RESET/);
});

test.serial("a chip that runs its program shows a boot log, and the message tells its mode", async (t) => {
	if (!requireSocat(t)) return;
	const says = "ESP-ROM:esp32c6-20220919\r\nrst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n";
	const { flash } = await bench(t, "ESP32-C6", { says });
	const message = await failure(t, flash({ timing: HASTY }), 1);
	t.regex(message, /started its program \(boot mode 0xc, SPI_FAST_FLASH_BOOT\); hold BOOT/);
});

test.serial("a chip that waits for download but hears nothing: the wire is named", async (t) => {
	if (!requireSocat(t)) return;
	const says = "rst:0x1 (POWERON),boot:0x4 (DOWNLOAD(USB/UART0))\r\nwaiting for download\r\n";
	const { flash } = await bench(t, "ESP32-C6", { says });
	t.regex(await failure(t, flash({ timing: HASTY }), 1), /check the line from the computer's TX/);
});

test.serial("something else than a chip on the port is quoted", async (t) => {
	if (!requireSocat(t)) return;
	const { flash } = await bench(t, "ESP32-C6", { says: "$GPGGA,123519,4807.038,N\r\n" });
	t.regex(
		await failure(t, flash({ timing: HASTY }), 1),
		/found something else \('\$GPGGA,123519,4807\.038,N/,
	);
});

test.serial(
	"a slow chip, which answers octet by octet and hears only the third call, is flashed",
	async (t) => {
		if (!requireSocat(t)) return;
		const { chip, image, flash } = await bench(t, "ESP32-C6", {
			slow: true,
			onCommand: (op, count) => (op === 0x08 && count < 2 ? "ignore" : undefined),
		});
		await flash();
		holdsImage(t, chip, image);
	},
);

test.serial("octets lost on the line: the block is sent again", async (t) => {
	if (!requireSocat(t)) return;
	const loser = loseOctets(1);
	const { chip, image, flash } = await bench(t, "ESP32-C6", loser);
	await flash();
	t.true(loser.lost > 0);
	holdsImage(t, chip, image);
});

test.serial("a line that keeps losing octets: the message names the speed", async (t) => {
	if (!requireSocat(t)) return;
	const loser = loseOctets(Number.POSITIVE_INFINITY);
	const { notes, flash } = await bench(t, "ESP32-C6", loser);
	const message = await failure(t, flash(), 1);
	t.regex(message, /writing the bootloader, found .*--baud 115200.*cannot be overwritten/);
	t.true(notes.some((note) => /bootloader: did not arrive whole/.test(note)));
});

/** Takes an octet out of each large piece, so often. */
function loseOctets(times: number): Faults & { lost: number } {
	const faults = {
		lost: 0,
		hear(octets: Uint8Array): Uint8Array {
			// The flash program is let through: only once it runs do blocks follow on DEFL_BEGIN.
			if (faults.began && octets.length > 600 && faults.lost < times) {
				faults.lost++;
				return Buffer.concat([octets.subarray(0, 300), octets.subarray(301)]);
			}
			return octets;
		},
		began: false,
		onCommand(op: number) {
			if (op === DEFL_BEGIN) faults.began = true;
			return undefined;
		},
	};
	return faults;
}

test.serial("a chip that falls silent in the middle: a time-out, and what to try", async (t) => {
	if (!requireSocat(t)) return;
	const { flash } = await bench(t, "ESP32-C6", {
		onCommand: (op) => (op === DEFL_DATA ? "ignore" : undefined),
	});
	const message = await failure(t, flash({ timing: PATIENT }), 1);
	t.regex(message, /to answer while writing the bootloader, found silence; .*--baud 115200/);
});

test.serial(
	"an answer that is lost: the block is not sent twice, and its part is written again",
	async (t) => {
		if (!requireSocat(t)) return;
		const { chip, image, notes, flash } = await bench(
			t,
			"ESP32-C6",
			{ onCommand: (op, count) => (op === DEFL_DATA && count === 3 ? "mute" : undefined) },
			{ appBytes: 90_000 },
		);
		await flash({ timing: PATIENT });
		t.deepEqual(
			notes.filter((note) => /again/.test(note)),
			["application: did not arrive whole, and is written again"],
		);
		holdsImage(t, chip, image);
	},
);

test.serial("a board that is unplugged in the middle is told at once", async (t) => {
	if (!requireSocat(t)) return;
	const { chip, flash } = await bench(
		t,
		"ESP32-C6",
		{ onCommand: (op, count) => (op === DEFL_DATA && count === 3 ? "unplug" : undefined) },
		{ appBytes: 90_000 },
	);
	const message = await failure(t, flash(), 1);
	t.regex(message, /found the port gone while writing the application; plug the board in again/);
	t.is(chip.commands.filter((op) => op === DEFL_DATA).length, 3);
});

test.serial("flash that holds something else once is written again", async (t) => {
	if (!requireSocat(t)) return;
	const { chip, image, notes, flash } = await bench(t, "ESP32-C6", {
		spoil: (flash, offset, count) => {
			if (count === 0) flash[offset + 100]! ^= 1;
		},
	});
	await flash();
	holdsImage(t, chip, image);
	t.true(notes.includes("bootloader: did not arrive whole, and is written again"));
});

test.serial("flash that keeps holding something else is not called done", async (t) => {
	if (!requireSocat(t)) return;
	const { flash } = await bench(t, "ESP32-C6", {
		spoil: (flash, offset) => {
			if (offset === 0x10000) flash[offset + 100]! ^= 1;
		},
	});
	t.regex(
		await failure(t, flash(), 1),
		/expected the application in flash to be what was sent, found another MD5 each time; .*faulty/,
	);
});

test.serial("a speed that the board does not bear is given up for the one that it does", async (t) => {
	if (!requireSocat(t)) return;
	const { chip, image, notes, flash } = await bench(t, "ESP32-C6", { deafAfterBaud: true });
	const result = await flash({ baud: 921_600, timing: PATIENT });
	t.is(result.baud, 115_200);
	t.true(notes.some((note) => /921600 baud did not work, so this goes on at 115200/.test(note)));
	holdsImage(t, chip, image);
});

test.serial("a chip with less flash than the image is made for is refused", async (t) => {
	if (!requireSocat(t)) return;
	const { chip, flash } = await bench(t, "ESP32-C6", { flashId: 0x15_40_20 });
	t.regex(await failure(t, flash(), 2), /expected 4 MB of flash, which .* found 2 MB; nothing was written/);
	t.true(chip.flash.every((octet) => octet === 0xa5));
});

test.serial("a flash chip that does not answer is told before anything is written", async (t) => {
	if (!requireSocat(t)) return;
	const { flash } = await bench(t, "ESP32-C6", { flashId: 0xffffff });
	t.regex(await failure(t, flash(), 1), /expected a flash chip, found none that answers \(id 0xffffff\)/);
});

test.serial("chips whose fuses forbid plain images are refused", async (t) => {
	if (!requireSocat(t)) return;
	const secure = await bench(t, "ESP32-C6", { securityFlags: 1 });
	t.regex(await failure(t, secure.flash(), 1), /found secure boot switched on for good/);
	const encrypted = await bench(t, "ESP32-C6", { encryptionCount: 1 });
	t.regex(await failure(t, encrypted.flash(), 1), /found flash encryption switched on for good/);
	const download = await bench(t, "ESP32-C6", { securityFlags: 4 });
	t.regex(await failure(t, download.flash(), 1), /found one in secure download mode/);
});

test.serial("a user who stops it gets the reason that the signal bears", async (t) => {
	if (!requireSocat(t)) return;
	const stop = new AbortController();
	const reason = new UserError("stopped by SIGINT", 130);
	const { flash } = await bench(t, "ESP32-C6", {
		onCommand: (op) => {
			if (op === DEFL_DATA) stop.abort(reason);
			return undefined;
		},
	});
	t.is(await t.throwsAsync(flash({ signal: stop.signal })), reason);
});

test.serial("a user who stops it before the port is open stops it all the same", async (t) => {
	if (!requireSocat(t)) return;
	let blocks = 0;
	const { flash } = await bench(t, "ESP32-C6", {
		onCommand: (op) => {
			if (op === DEFL_DATA) blocks++;
			return undefined;
		},
	});
	const reason = new UserError("stopped by SIGINT", 130);
	t.is(await t.throwsAsync(flash({ signal: AbortSignal.abort(reason) })), reason);
	t.is(blocks, 0);
});
