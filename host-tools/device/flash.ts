import { createHash } from "node:crypto";
import { createInflate, deflateSync } from "node:zlib";
import { UserError } from "../errors.js";
import {
	type ChipConnection,
	checkSecurity,
	connectChip,
	FIELD,
	findFlash,
	startFlasher,
	startProgram,
	type Timing,
} from "./chip-connection.js";
import { formatRevision } from "./chip-revision.js";
import { chipByImageId, chipName } from "./chips.js";
import { mismatchError, transferError } from "./flash-errors.js";
import { type FirmwareImage, type ImagePart, megabytes } from "./image-folder.js";
import { NoAnswerError, PortLostError } from "./loader-port.js";

const ATTEMPTS_A_PART = 3;
const ATTEMPTS_A_BLOCK = 3;

/** What to flash where. */
export interface FlashRequest {
	readonly port: string;
	readonly image: FirmwareImage;
	/** Speed of the transfer in baud; the chip is asked at 115200 first. */
	readonly baud: number;
	/** Erases the whole flash first, with all that the device has stored. */
	readonly erase: boolean;
	/** Ends the work; its reason is thrown. */
	readonly signal?: AbortSignal;
}

/** Hears how the work goes on. */
export interface FlashReporter {
	/** Something worth a line. */
	note(text: string): void;
	/** The share that is done, 0 to 1, and what is being done. */
	progress(share: number, detail: string): void;
}

/** What was done. */
export interface FlashResult {
	/** With its revision, such as `ESP32-C6 v0.1`. */
	readonly chip: string;
	readonly mac: string;
	readonly flashBytes: number;
	/** The speed that was used. */
	readonly baud: number;
	/** Whether the program was started, or waits for the reset button. */
	readonly started: boolean;
}

/**
 * Writes an image to the chip behind a port, verifies it by the chip's own MD5 and starts it.
 *
 * Throws a UserError that says what to do: exit code 2 for an image of another chip, 3 for a port that does not
 * open, 1 when the work failed.
 */
export async function flashImage(
	request: FlashRequest,
	reporter: FlashReporter,
	timing: Timing = FIELD,
): Promise<FlashResult> {
	const { port, image, baud, signal } = request;
	let chip: ChipConnection | undefined;
	let isTouched = false;
	try {
		chip = await connectChip(port, baud, timing, signal);
		await refuseOtherChip(chip, image);
		await checkSecurity(chip);
		reporter.note(`${chip.description}, ${chip.mac}`);
		const speed = await startFlasher(chip, baud);
		if (speed < baud) {
			reporter.note(`${baud} baud did not work, so this goes on at ${speed}`);
		}
		const size = await findFlash(chip);
		checkFlash(port, image, size);
		isTouched = true;
		if (request.erase) await erase(chip, reporter);
		await writeParts(chip, image.parts, reporter);
		const started = await startProgram(chip);
		return { chip: chip.description, mac: chip.mac, flashBytes: size, baud: speed, started };
	} catch (error) {
		if (isTouched) reporter.note("the board is only partly written; flash it again before you use it");
		if (signal?.aborted === true) throw signal.reason;
		throw error;
	} finally {
		await chip?.port.close();
	}
}

async function refuseOtherChip(chip: ChipConnection, image: FirmwareImage): Promise<void> {
	const found = chip.loader.chip.IMAGE_CHIP_ID;
	if (found === image.chip.imageId) return refuseOtherRevision(chip, image);
	await startProgram(chip);
	const target = chipByImageId(found)?.target;
	const advice =
		target === undefined
			? "Lowguard has no firmware for it"
			: `make an image for it with 'lowguard firmware build --target ${target}', or choose another board with --port`;
	throw new UserError(
		`${chip.path}: expected ${image.chip.name}, which ${image.folder} is for, found ${chipName(found)}; nothing was written; ${advice}`,
	);
}

/** The bootloader would refuse to start it, and Moddable's says nothing when it does. */
async function refuseOtherRevision(
	{ path, revision, ...chip }: ChipConnection,
	image: FirmwareImage,
): Promise<void> {
	const { leastRevision, mostRevision, folder } = image;
	if (revision === undefined || (revision >= leastRevision && revision <= mostRevision)) return;
	await startProgram({ path, revision, ...chip });
	const isOld = revision < leastRevision;
	const range = isOld
		? `${formatRevision(leastRevision)} or newer`
		: `${formatRevision(mostRevision)} or older`;
	const advice = isOld
		? "build for its revision (ESP-IDF's minimum chip revision), or use a newer board"
		: "build with a newer ESP-IDF";
	throw new UserError(
		`${path}: expected ${image.chip.name} ${range}, which ${folder} is for, found ${formatRevision(revision)}; nothing was written; ${advice}`,
	);
}

function checkFlash(path: string, image: FirmwareImage, size: number): void {
	if (image.flashBytes <= size) return;
	throw new UserError(
		`${path}: expected ${megabytes(image.flashBytes)} of flash, which ${image.folder} is made for, found ${megabytes(size)}; nothing was written; build for a target with less flash`,
	);
}

async function erase({ path, loader }: ChipConnection, reporter: FlashReporter): Promise<void> {
	reporter.progress(0, "erasing");
	try {
		await loader.eraseFlash();
	} catch (error) {
		throw transferError(path, error, "erasing its flash");
	}
}

async function writeParts(
	chip: ChipConnection,
	parts: readonly ImagePart[],
	reporter: FlashReporter,
): Promise<void> {
	const total = parts.reduce((sum, { data }) => sum + data.length, 0);
	let done = 0;
	for (const part of parts) {
		const padded = padded4(part.data);
		const advance = (share: number) =>
			reporter.progress((done + share * part.data.length) / total, part.name);
		for (let attempt = 1; ; attempt++) {
			const fault = await writePart(chip, part, padded, advance);
			if (fault === undefined) break;
			if (attempt === ATTEMPTS_A_PART || fault.error instanceof PortLostError) throw fault.told;
			reporter.note(`${part.name}: did not arrive whole, and is written again`);
		}
		done += part.data.length;
	}
}

/** The loader writes whole words; erased flash is all ones. */
function padded4(data: Uint8Array): Uint8Array {
	const padded = new Uint8Array((data.length + 3) & ~3).fill(0xff);
	padded.set(data);
	return padded;
}

/** Writes and verifies one part; returns what went wrong, and how to tell it. */
async function writePart(
	{ path, loader }: ChipConnection,
	part: ImagePart,
	data: Uint8Array,
	advance: (share: number) => void,
): Promise<{ readonly error: unknown; readonly told: unknown } | undefined> {
	const compressed = deflateSync(data, { level: 9 });
	const blockBytes = loader.FLASH_WRITE_SIZE;
	const sizes = await inflatedSizes(compressed, blockBytes);
	const blockMs = (bytes: number) => loader.timeoutPerMb(loader.ERASE_WRITE_TIMEOUT_PER_MB, bytes);
	try {
		await loader.flashDeflBegin(data.length, compressed.length, part.offset);
		let inflated = 0;
		for (const [i, size] of sizes.entries()) {
			advance(inflated / data.length);
			// The chip answers when it has a block, and takes the next one only when that is written.
			const timeoutMs = blockMs(Math.max(size, sizes[i - 1] ?? 0));
			const block = compressed.subarray(i * blockBytes, (i + 1) * blockBytes);
			await sendBlock(loader, block, i, timeoutMs);
			inflated += size;
		}
		await loader.flashDeflFinish(false, blockMs(sizes.at(-1) ?? 0));
		advance(1);
		const found = await loader.flashMd5sum(part.offset, data.length);
		if (found === createHash("md5").update(data).digest("hex")) return undefined;
		return { error: undefined, told: mismatchError(path, part.name) };
	} catch (error) {
		return { error, told: transferError(path, error, `writing the ${part.name}`) };
	}
}

/**
 * Sends a block, again when the chip says that it did not come whole.
 *
 * Without an answer it is not sent again: if only that was lost, the chip would have the block twice.
 */
async function sendBlock(
	loader: ChipConnection["loader"],
	block: Uint8Array,
	sequence: number,
	timeoutMs: number,
): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		try {
			await loader.flashDeflBlock(block, sequence, timeoutMs);
			return;
		} catch (error) {
			const isSilent = error instanceof NoAnswerError || error instanceof PortLostError;
			if (isSilent || attempt === ATTEMPTS_A_BLOCK) throw error;
		}
	}
}

/** To how many octets each block of a compressed stream inflates. */
async function inflatedSizes(compressed: Buffer, blockBytes: number): Promise<number[]> {
	const inflate = createInflate();
	let size = 0;
	inflate.on("data", (piece: Buffer) => (size += piece.length));
	const sizes: number[] = [];
	for (let at = 0; at < compressed.length; at += blockBytes) {
		const before = size;
		await new Promise<void>((resolve, reject) => {
			inflate.write(compressed.subarray(at, at + blockBytes), (error) => (error ? reject(error) : resolve()));
		});
		sizes.push(size - before);
	}
	inflate.destroy();
	return sizes;
}
