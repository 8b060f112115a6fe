import test from "ava";
import { calmWatchdogs } from "../../../host-tools/device/watchdogs.js";

/** Registers that note what is done to them. */
function registers(held: ReadonlyMap<number, number>) {
	const writes: string[] = [];
	return {
		writes,
		readReg: async (address: number) => held.get(address) ?? 0,
		writeReg: async (address: number, value: number) => {
			writes.push(`${address.toString(16)}=${value.toString(16)}`);
		},
	};
}

test("both watchdogs of a chip on its own USB port are unlocked, calmed and locked again", async (t) => {
	const c6 = registers(new Map([[0x600b1c1c, 0x12c00000]]));
	await calmWatchdogs("ESP32-C6", c6);
	t.deepEqual(c6.writes, [
		"600b1c18=50d83aa1",
		"600b1c00=0",
		"600b1c18=0",
		"600b1c20=50d83aa1",
		"600b1c1c=12c40000",
		"600b1c20=0",
	]);
});

test("a flag in the highest bit stays a positive number", async (t) => {
	const c3 = registers(new Map());
	await calmWatchdogs("ESP32-C3", c3);
	t.true(c3.writes.includes("600080ac=80000000"));
});

test("a chip without such a port is left alone", async (t) => {
	const esp32 = registers(new Map());
	await calmWatchdogs("ESP32", esp32);
	t.deepEqual(esp32.writes, []);
});
