/** A section to be. */
export interface MadeSection {
	readonly name: string;
	readonly address: number;
	readonly bytes: number;
	readonly isZeroed?: boolean;
	readonly isCode?: boolean;
	/** Of debug information, for instance, which no chip loads. */
	readonly isLoaded?: boolean;
}

/** A 32-bit little-endian ELF file that has these sections and nothing in them. */
export function makeElf(sections: readonly MadeSection[]): Uint8Array {
	const all = [{ name: "", address: 0, bytes: 0, isLoaded: false }, ...sections, { ...NAMES }];
	const names = Buffer.from(`${all.map(({ name }) => name).join("\0")}\0`, "latin1");
	const tableAt = 52 + names.length;
	const file = Buffer.alloc(tableAt + all.length * 40);
	file.writeUInt32BE(0x7f454c46, 0);
	file.writeUInt8(1, 4);
	file.writeUInt8(1, 5);
	file.writeUInt32LE(tableAt, 32);
	file.writeUInt16LE(40, 46);
	file.writeUInt16LE(all.length, 48);
	file.writeUInt16LE(all.length - 1, 50);
	names.copy(file, 52);
	let nameAt = 0;
	for (const [i, section] of (all as readonly MadeSection[]).entries()) {
		const at = tableAt + i * 40;
		file.writeUInt32LE(nameAt, at);
		file.writeUInt32LE(section.isZeroed === true ? 8 : 1, at + 4);
		file.writeUInt32LE((section.isLoaded === false ? 0 : 2) | (section.isCode === true ? 4 : 0), at + 8);
		file.writeUInt32LE(section.address, at + 12);
		file.writeUInt32LE(section.name === NAMES.name ? 52 : 0, at + 16);
		file.writeUInt32LE(section.bytes, at + 20);
		nameAt += section.name.length + 1;
	}
	return file;
}

const NAMES = { name: ".shstrtab", address: 0, bytes: 0, isLoaded: false };
