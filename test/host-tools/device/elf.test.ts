import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import test from "ava";
import fc from "fast-check";
import { chipByImageId } from "../../../host-tools/device/chips.js";
import { readElfSections } from "../../../host-tools/device/elf.js";
import { memoryUse } from "../../../host-tools/device/memory-use.js";
import { scratchFolder } from "../run-cli.js";
import { makeElf } from "./make-elf.js";

const C6 = chipByImageId(13)!;
const ESP32 = chipByImageId(0)!;

test("sections of a program are added up by the memory that they stand in", (t) => {
	const sections = readElfSections(
		makeElf([
			{ name: ".iram0.text", address: 0x40800000, bytes: 1000, isCode: true },
			{ name: ".dram0.data", address: 0x40804000, bytes: 200 },
			{ name: ".dram0.bss", address: 0x40805000, bytes: 3000, isZeroed: true },
			{ name: ".flash.text", address: 0x42000020, bytes: 50_000, isCode: true },
			{ name: ".flash_rodata_dummy", address: 0x42010000, bytes: 65_536, isZeroed: true },
			{ name: ".flash.rodata", address: 0x42020020, bytes: 7000 },
			{ name: ".rtc.data", address: 0x50000000, bytes: 64 },
			{ name: ".debug_info", address: 0, bytes: 1 << 20, isLoaded: false },
		]),
	);
	t.false(typeof sections === "string");
	t.deepEqual(memoryUse(C6, sections as Exclude<typeof sections, string>), {
		flashCode: 50_000,
		flashData: 7000,
		ramCode: 1000,
		ramData: 200,
		ramZeroed: 3000,
		sleepRam: 64,
		ramTotal: 524_288,
	});
});

test("a chip with code and data on two buses is added up by its own map", (t) => {
	const sections = readElfSections(
		makeElf([
			{ name: ".iram0.text", address: 0x40080000, bytes: 1000, isCode: true },
			{ name: ".dram0.data", address: 0x3ffb0000, bytes: 200 },
			{ name: ".flash.text", address: 0x400d0020, bytes: 50_000, isCode: true },
			{ name: ".flash.rodata", address: 0x3f400020, bytes: 7000 },
			{ name: ".rtc.text", address: 0x400c0000, bytes: 16, isCode: true },
		]),
	);
	const { flashCode, flashData, ramCode, ramData, sleepRam } = memoryUse(
		ESP32,
		sections as Exclude<typeof sections, string>,
	);
	t.deepEqual([flashCode, flashData, ramCode, ramData, sleepRam], [50_000, 7000, 1000, 200, 16]);
});

test("other files are told from programs of a chip, and cut ones from whole ones", (t) => {
	t.regex(
		String(readElfSections(Buffer.from("no ELF at all, but long enough to be taken for one"))),
		/ELF file/,
	);
	t.regex(String(readElfSections(readFileSync(process.execPath))), /32-bit little-endian/);
	const elf = makeElf([{ name: ".text", address: 0x42000000, bytes: 5 }]);
	t.regex(String(readElfSections(elf.subarray(0, elf.length - 1))), /cut short/);
	fc.assert(
		fc.property(fc.nat(elf.length - 1), fc.nat(255), (at, octet) => {
			const changed = Uint8Array.from(elf);
			changed[at] = octet;
			readElfSections(changed);
		}),
	);
});

const COMPILER = "riscv64-unknown-elf";

test("a program of a real compiler is read as its own tools read it", (t) => {
	if (spawnSync(`${COMPILER}-gcc`, ["--version"]).status !== 0) {
		t.log(`SKIPPED: ${COMPILER}-gcc is not installed, so no real program was read`);
		process.stderr.write(`\n*** ${t.title}: SKIPPED, ${COMPILER}-gcc is not installed ***\n`);
		t.pass();
		return;
	}
	const folder = scratchFolder(t);
	const source = join(folder, "program.c");
	const program = join(folder, "program.elf");
	writeFileSync(
		source,
		"static int zeroed[500]; int data[20] = {1}; const int table[30] = {2};\n" +
			"int _start(int i) { zeroed[i]++; data[i]++; return zeroed[i + 1] + data[i] + table[i]; }\n",
	);
	const flags = ["-march=rv32imc", "-mabi=ilp32", "-Os", "-nostdlib", "-Wl,-Ttext=0x40800000"];
	execFileSync(`${COMPILER}-gcc`, [...flags, "-o", program, source]);
	const sections = readElfSections(readFileSync(program)) as Exclude<
		ReturnType<typeof readElfSections>,
		string
	>;
	const listed = execFileSync(`${COMPILER}-size`, ["-A", "-d", program], { encoding: "utf8" });
	const expected = [...listed.matchAll(/^(\.\S+) +(\d+) +([1-9]\d*)$/gm)].map(
		([, name, bytes, address]) => `${name} ${bytes} ${address}`,
	);
	t.true(expected.length >= 3, listed);
	t.deepEqual(
		sections.map(({ name, bytes, address }) => `${name} ${bytes} ${address}`).sort(),
		expected.sort(),
	);
	const { ramCode, ramZeroed } = memoryUse(C6, sections);
	t.is(ramZeroed, 2000);
	t.true(ramCode > 20);
});
