import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { UserError } from "../errors.js";

/** A serial port of this machine. */
export interface ListedPort {
	/** What opens it, such as `/dev/ttyUSB0` or `COM3`. */
	readonly path: string;
	/** What is plugged in, as it calls itself; empty where it says nothing. */
	readonly name: string;
	/** USB vendor and product; absent where the port is no USB device. */
	readonly usb?: UsbIds;
}

/** Who made a USB device, and what it is. */
export interface UsbIds {
	readonly vendor: number;
	readonly product: number;
}

/** Linux keeps what is known of each terminal here. */
const LINUX_TERMINALS = "/sys/class/tty";
/** How far above its terminal the device that bears a name may be. */
const MAX_LEVELS = 6;

/** The serial ports of this machine that something is plugged into, by name. */
export async function listPorts(): Promise<ListedPort[]> {
	if (process.platform === "linux") return listLinuxPorts(LINUX_TERMINALS);
	const { SerialPort } = await import("serialport");
	const ports = await SerialPort.list();
	return ports.map((port) => ({
		path: port.path,
		name: [port.manufacturer, port.serialNumber].filter(Boolean).join(" "),
		...usbIds(port.vendorId, port.productId),
	}));
}

/** From four hexadecimal digits each. */
function usbIds(vendor: string | undefined, product: string | undefined): { usb?: UsbIds } {
	if (vendor === undefined || product === undefined) return {};
	return { usb: { vendor: Number.parseInt(vendor, 16), product: Number.parseInt(product, 16) } };
}

/** Those of a `/sys/class/tty`: read here, since serialport would ask udevadm, which small systems lack. */
export function listLinuxPorts(folder: string): ListedPort[] {
	if (!existsSync(folder)) return [];
	const ports: ListedPort[] = [];
	for (const terminal of readdirSync(folder).sort(byNumber)) {
		if (!/^tty(USB|ACM|AMA)\d+$/.test(terminal)) continue;
		ports.push({ path: `/dev/${terminal}`, ...productOf(join(folder, terminal)) });
	}
	return ports;
}

function byNumber(a: string, b: string): number {
	return a.localeCompare(b, "en", { numeric: true });
}

/** What the USB device says of itself that a terminal belongs to. */
function productOf(terminal: string): Omit<ListedPort, "path"> {
	const device = join(terminal, "device");
	if (!existsSync(device)) return { name: "" };
	let level = realpathSync(device);
	for (let i = 0; i < MAX_LEVELS; i++, level = dirname(level)) {
		if (!existsSync(join(level, "product"))) continue;
		const word = (file: string) => {
			const path = join(level, file);
			return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
		};
		const words = [word("manufacturer"), word("product")].filter((text) => text);
		return { name: words.join(" "), ...usbIds(word("idVendor"), word("idProduct")) };
	}
	return { name: "" };
}

/** One sentence that names them. */
export function describePorts(ports: readonly ListedPort[]): string {
	if (ports.length === 0)
		return "no serial port was found: is the board plugged in, with a cable that carries data?";
	return `found ${ports.map(({ path, name }) => (name === "" ? path : `${path} (${name})`)).join(", ")}`;
}

/** The port that `--port` names. Throws a UserError that lists the ports when it names none. */
export async function choosePort(given: string | undefined): Promise<string> {
	if (given !== undefined && given !== "") return given;
	const ports = await listPorts();
	throw new UserError(`--port: expected a serial port; ${describePorts(ports)}`, ports.length === 0 ? 3 : 2);
}
