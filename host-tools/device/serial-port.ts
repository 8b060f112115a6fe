import { readdir, stat } from "node:fs/promises";
import process from "node:process";
import { SerialPort } from "serialport";
import { UserError } from "../errors.js";

/** A serial port as the system lists it. */
export interface PortListing {
	/** Such as `/dev/ttyUSB0` or `COM3`. */
	readonly path: string;
	/** What is plugged in, in words; empty when the system does not say. */
	readonly device: string;
	/** USB vendor and product, four lower-case hexadecimal digits each; absent for ports that are no USB device. */
	readonly vendorId?: string;
	readonly productId?: string;
}

/** Vendors of USB-serial bridges and boards, by USB vendor id (usb.ids). */
const VENDORS: Readonly<Record<string, string>> = {
	"0403": "FTDI bridge",
	"067b": "Prolific bridge",
	"10c4": "Silicon Labs CP210x bridge",
	"1a86": "WCH CH34x bridge",
	"2341": "Arduino",
	"239a": "Adafruit",
	"2886": "Seeed",
	"303a": "Espressif chip on USB",
};

/** The serial ports of this machine, those on USB first. */
export async function listPorts(): Promise<PortListing[]> {
	const ports = await systemPorts();
	return ports.sort(
		(a, b) => Number(a.vendorId === undefined) - Number(b.vendorId === undefined) || compare(a.path, b.path),
	);
}

function compare(a: string, b: string): number {
	return a < b ? -1 : Number(a > b);
}

async function systemPorts(): Promise<PortListing[]> {
	try {
		const ports = await SerialPort.list();
		return ports.map(({ path, vendorId, productId, manufacturer }) => {
			const vendor = vendorId?.toLowerCase();
			const device = (vendor !== undefined && VENDORS[vendor]) || manufacturer || "";
			return {
				path,
				device,
				...(vendor !== undefined && { vendorId: vendor }),
				...(productId !== undefined && { productId: productId.toLowerCase() }),
			};
		});
	} catch {
		// Containers and small systems have no udev to ask.
		const names = await readdir("/dev").catch(() => []);
		return names
			.filter((name) => /^(ttyUSB|ttyACM|cu\.usb)/.test(name))
			.map((name) => ({ path: `/dev/${name}`, device: "" }));
	}
}

/** The ports as lines of a message, or what to do when there are none. */
export function describePorts(ports: readonly PortListing[]): string {
	if (ports.length === 0) {
		return (
			"this machine has no serial port now: plug the board in with a cable that carries data " +
			"(many only charge), and look again"
		);
	}
	const width = Math.max(...ports.map(({ path }) => path.length));
	const rows = ports.map(({ path, device, vendorId, productId }) => {
		const id = vendorId === undefined ? "" : `${vendorId}:${productId ?? "????"}`;
		return `  ${path.padEnd(width)}  ${[device, id].filter((part) => part !== "").join("  ")}`.trimEnd();
	});
	return `this machine has:\n${rows.join("\n")}`;
}

/** Opens a port, 8 data bits, no parity, one stop bit. Throws a UserError (exit code 3) that says what to do. */
export async function openSerialPort(path: string, baudRate: number): Promise<SerialPort> {
	if (process.platform !== "win32") {
		const found = await stat(path).catch(() => undefined);
		if (found === undefined) {
			const ports = describePorts(await listPorts());
			throw new UserError(`${path}: expected a serial port, found none; ${ports}`, 3);
		}
		if (!found.isCharacterDevice()) {
			throw new UserError(
				`${path}: expected a serial port, found a ${found.isDirectory() ? "folder" : "file"}`,
			);
		}
	}
	const port = new SerialPort({ path, baudRate, autoOpen: false });
	await new Promise<void>((resolve, reject) => {
		port.open((error) => (error ? reject(openError(path, error)) : resolve()));
	});
	return port;
}

/** Why a port did not open; the binding tells it only in words. */
function openError(path: string, error: Error): UserError {
	const { message } = error;
	if (/permission|access/i.test(message)) {
		const advice =
			process.platform === "linux"
				? "add yourself to the group that owns it (sudo usermod -aG dialout $USER; uucp on Arch), then log in anew"
				: "close what uses it, or ask for the right to open it";
		return new UserError(`${path}: expected permission to open it, found none; ${advice}`, 3);
	}
	if (/lock|busy/i.test(message)) {
		return new UserError(
			`${path}: expected a free port, found one that another program uses, such as a monitor; close that first`,
			3,
		);
	}
	return new UserError(`${path}: expected a serial port that opens, found '${message}'`, 3);
}
