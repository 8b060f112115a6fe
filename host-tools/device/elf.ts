const IDENT = 0x7f454c46;
const CLASS_32 = 1;
const LITTLE_ENDIAN = 1;
const HEADER_BYTES = 52;
const SECTION_HEADER_BYTES = 40;
const FLAG_ALLOC = 2;
const FLAG_CODE = 4;
const TYPE_NOBITS = 8;

/** A section that takes memory on the chip. */
export interface ElfSection {
	readonly name: string;
	readonly address: number;
	readonly bytes: number;
	/** Filled with zeros when the program starts, so that the image holds nothing of it. */
	readonly isZeroed: boolean;
	readonly isCode: boolean;
}

/**
 * The sections of a 32-bit little-endian ELF file that are loaded or set aside when it runs (System V ABI, chapter 4).
 *
 * Returns a text that says what was expected and found for anything else.
 */
export function readElfSections(data: Uint8Array): ElfSection[] | string {
	const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
	if (data.length < HEADER_BYTES || view.getUint32(0, false) !== IDENT) {
		return "expected an ELF file, found something else";
	}
	if (data[4] !== CLASS_32 || data[5] !== LITTLE_ENDIAN) {
		return "expected an ELF file of a 32-bit little-endian chip, found another";
	}
	const at = view.getUint32(32, true);
	const step = view.getUint16(46, true);
	const count = view.getUint16(48, true);
	const namesIndex = view.getUint16(50, true);
	if (step < SECTION_HEADER_BYTES || at + count * step > data.length || namesIndex >= count) {
		return `expected ${count} sections, found a file that is cut short`;
	}
	const names = view.getUint32(at + namesIndex * step + 16, true);
	const sections: ElfSection[] = [];
	for (let i = 0; i < count; i++) {
		const header = at + i * step;
		const flags = view.getUint32(header + 8, true);
		const bytes = view.getUint32(header + 20, true);
		if ((flags & FLAG_ALLOC) === 0 || bytes === 0) continue;
		sections.push({
			name: readName(data, names + view.getUint32(header, true)),
			address: view.getUint32(header + 12, true),
			bytes,
			isZeroed: view.getUint32(header + 4, true) === TYPE_NOBITS,
			isCode: (flags & FLAG_CODE) !== 0,
		});
	}
	return sections;
}

function readName(data: Uint8Array, at: number): string {
	const end = data.indexOf(0, at);
	return Buffer.from(data.subarray(at, end < 0 ? data.length : end)).toString("latin1");
}
