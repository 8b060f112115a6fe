/** Reads the registers of a chip. */
export interface RegisterReader {
	readReg(address: number): Promise<number>;
}

/** A few bits of a register. */
interface Field {
	readonly address: number;
	readonly shift: number;
	readonly mask: number;
}

/** Where chips keep their revision (their technical reference manuals, chapter eFuse Controller). */
const FIELDS: Readonly<Record<string, { readonly major: Field; readonly minor: Field }>> = {
	"ESP32-C6": {
		major: { address: 0x600b0850, shift: 22, mask: 3 },
		minor: { address: 0x600b0850, shift: 18, mask: 15 },
	},
	"ESP32-H2": {
		major: { address: 0x600b0850, shift: 21, mask: 3 },
		minor: { address: 0x600b0850, shift: 18, mask: 7 },
	},
};

/** The ESP32 counts its major revision with three bits that were blown one after the other. */
const ESP32_BITS: readonly Field[] = [
	{ address: 0x3ff5a00c, shift: 15, mask: 1 },
	{ address: 0x3ff5a014, shift: 20, mask: 1 },
	{ address: 0x3ff6607c, shift: 31, mask: 1 },
];
const ESP32_MINOR: Field = { address: 0x3ff5a014, shift: 24, mask: 3 };

/** Revision of a chip as images name it, 100 for each major one; undefined for chips that are not asked. */
export async function readRevision(chipName: string, registers: RegisterReader): Promise<number | undefined> {
	const read = async ({ address, shift, mask }: Field) =>
		((await registers.readReg(address)) >>> shift) & mask;
	if (chipName === "ESP32") {
		let major = 0;
		for (const bit of ESP32_BITS) major += await read(bit);
		return major * 100 + (await read(ESP32_MINOR));
	}
	const fields = FIELDS[chipName];
	return fields && (await read(fields.major)) * 100 + (await read(fields.minor));
}

/** Such as `v1.2`. */
export function formatRevision(revision: number): string {
	return `v${Math.floor(revision / 100)}.${revision % 100}`;
}
