import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { describePorts, listLinuxPorts } from "../../../host-tools/device/port-list.js";
import { openLine, PortError } from "../../../host-tools/device/serial-line.js";
import { scratchFolder } from "../run-cli.js";
import { layCable, requireSocat } from "./pty-cable.js";

const NOBODY = { data: () => {}, lost: () => {} };

test("a port that another program has open is told as that", async (t) => {
	if (!requireSocat(t)) return;
	const cable = await layCable(t);
	const line = await openLine(cable.path, NOBODY);
	const error = await t.throwsAsync(openLine(cable.path, NOBODY), { instanceOf: PortError });
	t.regex(error!.message, /expected a free port, found it in use; close the other program/);
	t.is(error!.exitCode, 3);
	t.false(error!.isGone);
	await line.close();
});

test("octets of all values go both ways, and a cut line is told once", async (t) => {
	if (!requireSocat(t)) return;
	const cable = await layCable(t);
	const all = Uint8Array.from({ length: 256 }, (_, i) => i);
	const received: number[] = [];
	let losses = 0;
	const lost = new Promise<void>((resolve) => {
		void openLine(cable.path, {
			data: (chunk) => {
				received.push(...chunk);
				if (received.length === 256) cable.unplug();
			},
			lost: () => {
				losses++;
				resolve();
			},
		}).then((line) => line.write(all));
	});
	const echoed: number[] = [];
	cable.board.on("data", (chunk: Buffer) => {
		echoed.push(...chunk);
		if (echoed.length === 256) cable.board.write(Buffer.from(echoed));
	});
	await lost;
	t.deepEqual(received, [...all]);
	t.is(losses, 1);
});

test("Linux lists the terminals that boards are, with the names of their devices", (t) => {
	const root = scratchFolder(t);
	const usb = join(root, "devices/usb1/1-2");
	mkdirSync(join(usb, "1-2:1.0"), { recursive: true });
	writeFileSync(join(usb, "manufacturer"), "Espressif\n");
	writeFileSync(join(usb, "product"), "USB JTAG/serial debug unit\n");
	const tty = join(root, "class/tty");
	for (const name of ["tty0", "ttyS0", "ttyACM10", "ttyACM2", "ttyUSB0", "console"]) {
		mkdirSync(join(tty, name), { recursive: true });
	}
	symlinkSync(join(usb, "1-2:1.0"), join(tty, "ttyACM2/device"));
	const ports = listLinuxPorts(tty);
	t.deepEqual(ports, [
		{ path: "/dev/ttyACM2", name: "Espressif USB JTAG/serial debug unit" },
		{ path: "/dev/ttyACM10", name: "" },
		{ path: "/dev/ttyUSB0", name: "" },
	]);
	t.is(
		describePorts(ports),
		"found /dev/ttyACM2 (Espressif USB JTAG/serial debug unit), /dev/ttyACM10, /dev/ttyUSB0",
	);
	t.deepEqual(listLinuxPorts(join(root, "nowhere")), []);
});
