import { UserError } from "../errors.js";
import { NoAnswerError, PortLostError } from "./loader-port.js";

const DOWNLOAD_MODE =
	"hold BOOT, press and release RESET (EN), let BOOT go, and run this again (boards without buttons: unplug it, connect GPIO 9 to GND, on a plain ESP32 GPIO 0, and plug it in)";
const SLOWER = "run this again with a lower speed such as --baud 115200, a shorter cable or another USB port";
const UNHARMED = "the chip's own loader cannot be overwritten, so this can be repeated";

/** How a boot log begins (ESP32 ROM: `rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)`). */
const BOOT_LOG = /boot:(0x[0-9a-fA-F]+)(?: \(([^)]*)\))?/;

/** Why no loader answered, from what was heard instead. */
export function connectError(path: string, error: unknown, heard: string): unknown {
	if (error instanceof UserError) return error;
	if (error instanceof PortLostError) return lostError(path, "while connecting");
	const name = error instanceof Error ? error.constructor.name : "";
	if (name === "UnexpectedChipIdError" || name === "UnexpectedChipMagicError") {
		return new UserError(
			`${path}: expected a chip that is known, found another (${(error as Error).message}); Lowguard has no firmware for it`,
			2,
		);
	}
	return new UserError(`${path}: ${whatWasHeard(heard)}`, 1);
}

function whatWasHeard(heard: string): string {
	if (/waiting for download/i.test(heard)) {
		return "expected answers, found a chip that waits for download and hears nothing; check the line from the computer's TX to the chip's RX, then run this again";
	}
	const boot = BOOT_LOG.exec(heard);
	if (boot !== null) {
		const mode = boot[2] === undefined ? boot[1] : `${boot[1]}, ${boot[2]}`;
		return `expected a chip in download mode, found one that started its program (boot mode ${mode}); ${DOWNLOAD_MODE}`;
	}
	if (heard.length > 0) {
		return `expected the answers of a chip's loader, found something else (${sample(heard)}); is this the board's port? If so, ${DOWNLOAD_MODE}`;
	}
	return `expected a chip that answers, found silence; is this the board's port, and does the cable carry data? If so, ${DOWNLOAD_MODE}`;
}

/** The first of it that can be shown in a message. */
function sample(heard: string): string {
	const text = heard.replace(/[^\x20-\x7e]+/g, " ").trim();
	return text === "" ? `${heard.length} octets` : `'${text.slice(0, 40)}'`;
}

function lostError(path: string, when: string): UserError {
	return new UserError(
		`${path}: expected the board to stay, found the port gone ${when}; plug the board in again and run this again: ${UNHARMED}`,
		1,
	);
}

/** Why `what` (such as `the application`) did not get through a connection that had worked. */
export function transferError(path: string, error: unknown, what: string): unknown {
	if (error instanceof UserError) return error;
	if (error instanceof PortLostError) return lostError(path, `while ${what}`);
	if (error instanceof NoAnswerError) {
		return new UserError(
			`${path}: expected the chip to answer while ${what}, found silence; ${SLOWER}: ${UNHARMED}`,
			1,
		);
	}
	const message = error instanceof Error ? error.message : String(error);
	return new UserError(
		`${path}: expected the chip to succeed in ${what}, found a refusal (${message.replace(/\s+/g, " ")}); ${SLOWER}: ${UNHARMED}`,
		1,
	);
}

/** The flash holds something else than what was sent. */
export function mismatchError(path: string, part: string): UserError {
	return new UserError(
		`${path}: expected the ${part} in flash to be what was sent, found another MD5 each time; ${SLOWER}; if it stays so, the board's flash or its supply is faulty`,
		1,
	);
}
