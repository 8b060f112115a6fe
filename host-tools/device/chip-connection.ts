import { realpath } from "node:fs/promises";
import { ESPLoader } from "esptool-js";
import { UserError } from "../errors.js";
import { formatRevision, readRevision } from "./chip-revision.js";
import { connectError, transferError } from "./flash-errors.js";
import { LoaderPort, type Patience } from "./loader-port.js";
import { listPorts, type UsbIds } from "./port-list.js";
import { resetIntoLoader, resetIntoLoaderOverUsb, resetIntoProgram } from "./reset-lines.js";
import { calmWatchdogs } from "./watchdogs.js";

/** USB ids of the serial port that newer chips have built in; it has no baud rate, and another way to reset. */
const ESPRESSIF_VENDOR = 0x303a;
const USB_JTAG_PRODUCT = 0x1001;

const SPI_SET_PARAMS = 0x0b;
/** What all flash chips of these boards have in common (JEDEC serial NOR). */
const FLASH_BLOCK = 0x10000;
const FLASH_SECTOR = 0x1000;
const FLASH_PAGE = 0x100;
const STATUS_MASK = 0xffff;

/** How long, and how often a connection is tried. */
export interface Timing extends Patience {
	readonly attempts: number;
}

/** For chips outside of tests. */
export const FIELD: Timing = {
	longestAnswerMs: Number.POSITIVE_INFINITY,
	pauseFactor: 1,
	attempts: 7,
};

/** A chip whose loader has answered. */
export interface ChipConnection {
	readonly path: string;
	readonly loader: ESPLoader;
	readonly port: LoaderPort;
	/** Such as `ESP32-C6 v0.1`. */
	readonly description: string;
	/** 100 for each major one; undefined where it cannot be asked. */
	readonly revision: number | undefined;
	/** Lower-case hexadecimal with colons. */
	readonly mac: string;
}

/**
 * Opens a port, brings the chip behind it into its loader and asks what it is.
 *
 * Throws a UserError that says what to do when there is none. `signal` closes the port.
 */
export async function connectChip(
	path: string,
	baud: number,
	timing: Timing,
	signal: AbortSignal | undefined,
): Promise<ChipConnection> {
	const port = new LoaderPort(path, await usbIds(path), timing);
	signal?.addEventListener("abort", () => void port.close(), { once: true });
	const silent = { clean() {}, write() {}, writeLine() {} };
	const loader = new ESPLoader({
		transport: port,
		baudrate: baud,
		terminal: silent,
		resetConstructors: {
			classicReset: (_, delayMs) => ({ reset: () => resetIntoLoader(port, delayMs) }),
			usbJTAGSerialReset: () => ({ reset: () => resetIntoLoaderOverUsb(port) }),
		},
	});
	loader.WRITE_BLOCK_ATTEMPTS = 1;
	try {
		await loader.detectChip("default_reset", timing.attempts);
		// One that came before there was a port to close.
		signal?.throwIfAborted();
		const { chip, secureDownloadMode } = loader;
		const name = chip.CHIP_NAME;
		// In secure download mode, no register can be read.
		if (secureDownloadMode) {
			return { path, loader, port, description: name, revision: undefined, mac: "unknown" };
		}
		const revision = await readRevision(name, loader);
		const description = revision === undefined ? name : `${name} ${formatRevision(revision)}`;
		return { path, loader, port, description, revision, mac: await chip.readMac(loader) };
	} catch (error) {
		await port.close();
		throw connectError(path, error, port.heard);
	}
}

async function usbIds(path: string): Promise<UsbIds | undefined> {
	// Names such as /dev/serial/by-id/… are links.
	const device = await realpath(path).catch(() => path);
	return (await listPorts()).find((listed) => listed.path === device)?.usb;
}

/** Starts the flash program in the chip's memory and raises the speed; returns the speed that it has then. */
export async function startFlasher({ path, loader, port }: ChipConnection, baud: number): Promise<number> {
	try {
		const isUsbJtag = port.getVid() === ESPRESSIF_VENDOR && port.getPid() === USB_JTAG_PRODUCT;
		if (isUsbJtag) await calmWatchdogs(loader.chip.CHIP_NAME, loader);
		// The loader in ROM takes other block sizes and tells MD5 in another way than esptool-js expects of it.
		await loader.runStub();
		if (isUsbJtag || baud === port.baudrate) return baud;
		await loader.changeBaud();
		return port.baudrate;
	} catch (error) {
		throw transferError(path, error, "starting the flash program");
	}
}

/** Refuses chips whose fuses forbid plain images. Throws a UserError. */
export async function checkSecurity({ path, loader }: ChipConnection): Promise<void> {
	if (loader.secureDownloadMode) {
		throw new UserError(
			`${path}: expected an open chip, found one in secure download mode; its fuses forbid this for good, so use another board`,
			1,
		);
	}
	// The first of the family does not know the question.
	if (loader.chip.CHIP_NAME === "ESP32") return;
	const info = await loader.getSecurityInfo().catch((error: unknown) => {
		throw transferError(path, error, "telling its fuses");
	});
	const fuses = [
		...(info.parsedFlags.SECURE_BOOT_EN ? ["secure boot"] : []),
		// Encryption is on when an odd number of these fuses is blown.
		...([1, 3, 5, 7].includes(onesOf(info.flashCryptCnt)) ? ["flash encryption"] : []),
	];
	if (fuses.length === 0) return;
	throw new UserError(
		`${path}: expected an open chip, found ${fuses.join(" and ")} switched on for good; it would not start this image, so use another board`,
		1,
	);
}

function onesOf(value: number): number {
	let ones = 0;
	for (let rest = value; rest !== 0; rest &= rest - 1) ones++;
	return ones;
}

/** The size of the flash chip in octets, which the flash program is told as well. Throws a UserError when none answers. */
export async function findFlash({ path, loader }: ChipConnection): Promise<number> {
	let id: number;
	try {
		id = await loader.readFlashId();
	} catch (error) {
		throw transferError(path, error, "looking for its flash");
	}
	// JEDEC: the third octet is the logarithm of the size; some makers begin again at 0x32 for 256 KiB.
	const code = (id >>> 16) & 0xff;
	const log = code >= 0x32 && code <= 0x3a ? code - 0x20 : code;
	if (log >= 0x12 && log <= 0x1c) {
		const bytes = 2 ** log;
		await tellFlashSize(loader, bytes).catch((error: unknown) => {
			throw transferError(path, error, "setting its flash up");
		});
		return bytes;
	}
	throw new UserError(
		`${path}: expected a flash chip, found none that answers (id 0x${id.toString(16)}); unplug whatever hangs on the board's pins, and run this again`,
		1,
	);
}

/** Without this, the flash program takes the size that its ROM assumes, and refuses what lies beyond. */
async function tellFlashSize(loader: ESPLoader, bytes: number): Promise<void> {
	const parameters = new DataView(new ArrayBuffer(24));
	const words = [0, bytes, FLASH_BLOCK, FLASH_SECTOR, FLASH_PAGE, STATUS_MASK];
	for (const [i, word] of words.entries()) parameters.setUint32(i * 4, word, true);
	await loader.checkCommand("set up flash", SPI_SET_PARAMS, new Uint8Array(parameters.buffer));
}

/** Resets the chip into its program; false when the port has no line for it. */
export async function startProgram({ port }: ChipConnection): Promise<boolean> {
	await resetIntoProgram(port);
	return port.hasLines;
}
