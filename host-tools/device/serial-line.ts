import { statSync } from "node:fs";
import process from "node:process";
import type { SerialPort } from "serialport";
import { UserError } from "../errors.js";
import { describePorts, listPorts } from "./port-list.js";

/** How fast the console of a board speaks, in bits per second, unless it speaks USB and heeds no speed. */
export const CONSOLE_BAUD = 115_200;

/** Between two looks at whether a board is still plugged in. */
const PRESENCE_MS = 300;

/** What happens on a line. */
export interface LineHandlers {
	/** Octets came in; valid only during the call. */
	data(chunk: Uint8Array): void;
	/** The other side is gone, such as a board that was unplugged; not called after {@link SerialLine.close}. */
	lost(): void;
}

/** A serial port that was opened. */
export interface SerialLine {
	readonly path: string;
	/** Sends these octets, of which it takes a copy; on a line that is lost they are lost as well. */
	write(bytes: Uint8Array): void;
	/** Closes it, once what was written has left. */
	close(): Promise<void>;
}

/** Why a port could not be opened; `isGone` says that it may come back. */
export class PortError extends UserError {
	readonly isGone: boolean;

	constructor(message: string, isGone: boolean) {
		super(message, 3);
		this.isGone = isGone;
	}
}

/** Opens a serial port, 8 data bits, no parity. Throws a PortError that says what to do next. */
export async function openLine(
	path: string,
	handlers: LineHandlers,
	baudRate = CONSOLE_BAUD,
): Promise<SerialLine> {
	const port = await openPort(path, baudRate);
	let isClosing = false;
	port.on("data", (chunk: Buffer) => handlers.data(chunk));
	// What fails on a line makes it close too, and is told there.
	port.on("error", () => {
		if (port.isOpen) port.close(() => {});
	});
	const watch = watchDevice(path, () => {
		if (port.isOpen) port.close(() => {});
	});
	port.on("close", () => {
		clearInterval(watch);
		if (isClosing) return;
		isClosing = true;
		handlers.lost();
	});
	return {
		path,
		write(bytes) {
			if (!isClosing) port.write(Buffer.from(bytes));
		},
		async close() {
			if (isClosing) return;
			isClosing = true;
			await new Promise((resolve) => port.drain(resolve));
			if (port.isOpen) await new Promise((resolve) => port.close(resolve));
		},
	};
}

/**
 * Calls `onGone` when what a path names is no longer what it was.
 *
 * A read that is under way when a board is unplugged ends with no octets, after which the driver of serialport reads again
 * and again and tells nobody.
 */
function watchDevice(path: string, onGone: () => void): NodeJS.Timeout {
	const before = identityOf(path);
	const look = (): void => {
		if (identityOf(path) !== before) onGone();
	};
	return setInterval(look, PRESENCE_MS).unref();
}

/** Undefined where the path names no file, as `COM3` does. */
function identityOf(path: string): string | undefined {
	const found = statSync(path, { throwIfNoEntry: false });
	return found === undefined ? undefined : `${found.ino} ${found.rdev} ${found.birthtimeMs}`;
}

/** Opens a serial port for those who need its control lines. Throws a PortError that says what to do next. */
export async function openPort(path: string, baudRate: number): Promise<SerialPort> {
	// Loaded here, since its native part takes time that other commands need not spend.
	const { SerialPort } = await import("serialport");
	const port = new SerialPort({ path, baudRate, autoOpen: false });
	const failure = await new Promise<Error | null>((resolve) => port.open(resolve));
	if (failure !== null) throw await portError(path, failure.message);
	return port;
}

async function portError(path: string, message: string): Promise<PortError> {
	if (/no such file|file not found|no such device/i.test(message)) {
		return new PortError(
			`${path}: expected a serial port, found none; ${describePorts(await listPorts())}`,
			true,
		);
	}
	if (/lock port|resource busy/i.test(message) || (process.platform === "win32" && /denied/i.test(message))) {
		const remedy = "close the other program that has it open, such as a terminal or another monitor";
		return new PortError(`${path}: expected a free port, found it in use; ${remedy}`, false);
	}
	if (/denied|not permitted/i.test(message)) {
		const remedy =
			"add yourself to its group (sudo usermod -aG dialout $USER, on Arch uucp) and log in again";
		return new PortError(`${path}: expected permission to open it, found none; ${remedy}`, false);
	}
	const found = message.replace(/^Error: /, "");
	return new PortError(
		`${path}: expected a serial port, found something else (${found}); ${describePorts(await listPorts())}`,
		false,
	);
}
