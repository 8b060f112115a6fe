import type { Chip } from "./chips.js";
import type { ElfSection } from "./elf.js";

/** Octets of a program by the memory that they stand in. */
export interface MemoryUse {
	/** Flash that the chip reads as memory. */
	readonly flashCode: number;
	readonly flashData: number;
	/** RAM that is taken before the first allocation. */
	readonly ramCode: number;
	readonly ramData: number;
	readonly ramZeroed: number;
	/** RAM that stays on in deep sleep. */
	readonly sleepRam: number;
	/** The RAM that there is; null for chips whose code and data RAM are apart. */
	readonly ramTotal: number | null;
}

type Range = readonly [from: number, to: number];

interface MemoryMap {
	readonly flash: readonly Range[];
	readonly ram: readonly Range[];
	readonly sleep: readonly Range[];
	readonly ramTotal: number | null;
}

/** From the technical reference manuals, chapters System and Memory. */
const MAPS: Readonly<Record<string, MemoryMap>> = {
	ESP32: {
		flash: [
			[0x3f400000, 0x3f800000],
			[0x400c2000, 0x40c00000],
		],
		ram: [
			[0x3ffae000, 0x40000000],
			[0x40070000, 0x400c0000],
		],
		sleep: [
			[0x3ff80000, 0x3ff82000],
			[0x400c0000, 0x400c2000],
			[0x50000000, 0x50002000],
		],
		ramTotal: null,
	},
	"ESP32-S2": {
		flash: [
			[0x3f000000, 0x3f800000],
			[0x40080000, 0x40800000],
		],
		ram: [
			[0x3ffb0000, 0x40000000],
			[0x40020000, 0x40070000],
		],
		sleep: [
			[0x3ff9e000, 0x3ffa0000],
			[0x40070000, 0x40072000],
			[0x50000000, 0x50002000],
		],
		ramTotal: null,
	},
	"ESP32-C3": {
		flash: [
			[0x3c000000, 0x3c800000],
			[0x42000000, 0x42800000],
		],
		ram: [
			[0x3fc80000, 0x3fce0000],
			[0x4037c000, 0x403e0000],
		],
		sleep: [[0x50000000, 0x50002000]],
		ramTotal: null,
	},
	"ESP32-S3": {
		flash: [
			[0x3c000000, 0x3e000000],
			[0x42000000, 0x44000000],
		],
		ram: [
			[0x3fc88000, 0x3fd00000],
			[0x40370000, 0x403e0000],
		],
		sleep: [
			[0x50000000, 0x50002000],
			[0x600fe000, 0x60100000],
		],
		ramTotal: null,
	},
	"ESP32-C6": {
		flash: [[0x42000000, 0x43000000]],
		ram: [[0x40800000, 0x40880000]],
		sleep: [[0x50000000, 0x50004000]],
		ramTotal: 0x80000,
	},
	"ESP32-H2": {
		flash: [[0x42000000, 0x43000000]],
		ram: [[0x40800000, 0x40850000]],
		sleep: [[0x50000000, 0x50001000]],
		ramTotal: 0x50000,
	},
};

/** Adds the sections of a program up by the memory of `chip` that they stand in. */
export function memoryUse(chip: Chip, sections: readonly ElfSection[]): MemoryUse {
	const map = MAPS[chip.name]!;
	const use = { flashCode: 0, flashData: 0, ramCode: 0, ramData: 0, ramZeroed: 0, sleepRam: 0 };
	for (const { name, address, bytes, isZeroed, isCode } of sections) {
		// The linker script keeps addresses free with these, where two buses show the same memory.
		if (name.includes("dummy")) continue;
		if (contains(map.sleep, address)) use.sleepRam += bytes;
		else if (contains(map.ram, address)) {
			if (isCode) use.ramCode += bytes;
			else if (isZeroed) use.ramZeroed += bytes;
			else use.ramData += bytes;
		} else if (contains(map.flash, address) && !isZeroed) {
			if (isCode) use.flashCode += bytes;
			else use.flashData += bytes;
		}
	}
	return { ...use, ramTotal: map.ramTotal };
}

function contains(ranges: readonly Range[], address: number): boolean {
	return ranges.some(([from, to]) => address >= from && address < to);
}
