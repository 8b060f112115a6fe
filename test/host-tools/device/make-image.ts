import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One partition to be. */
export interface MadePartition {
	readonly label: string;
	readonly type: number;
	readonly subtype: number;
	readonly offset: number;
	readonly bytes: number;
}

/** As Moddable lays flash out. */
export const PARTITIONS: readonly MadePartition[] = [
	{ label: "nvs", type: 1, subtype: 2, offset: 0x9000, bytes: 0x6000 },
	{ label: "phy_init", type: 1, subtype: 1, offset: 0xf000, bytes: 0x1000 },
	{ label: "factory", type: 0, subtype: 0, offset: 0x10000, bytes: 0x3f0000 },
];

/** An image that a chip's bootloader would take, with the segments' octets drawn from `seed`. */
export function makeEspImage(
	imageId: number,
	{ bytes = 5000, seed = 1, isApp = false, flashSizeCode = 2, revisions = [0, 399] } = {},
): Uint8Array {
	const segments = [bytes >> 1, bytes - (bytes >> 1)].map((length, i) => {
		const content = noise(length & ~3, seed + i);
		if (isApp && i === 0) describe(content);
		return content;
	});
	const header = new DataView(new ArrayBuffer(24));
	header.setUint8(0, 0xe9);
	header.setUint8(1, segments.length);
	header.setUint8(2, 2);
	header.setUint8(3, flashSizeCode << 4);
	header.setUint16(12, imageId, true);
	header.setUint16(15, revisions[0]!, true);
	header.setUint16(17, revisions[1]!, true);
	header.setUint8(23, 1);
	const pieces: Uint8Array[] = [new Uint8Array(header.buffer)];
	let checksum = 0xef;
	for (const [i, segment] of segments.entries()) {
		const head = new DataView(new ArrayBuffer(8));
		head.setUint32(0, 0x40800000 + i * 0x10000, true);
		head.setUint32(4, segment.length, true);
		pieces.push(new Uint8Array(head.buffer), segment);
		for (const octet of segment) checksum ^= octet;
	}
	const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
	const padding = new Uint8Array(16 - (length % 16));
	padding[padding.length - 1] = checksum;
	const body = Buffer.concat([...pieces, padding]);
	return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}

/** `esp_app_desc_t` at the beginning of the first segment. */
function describe(segment: Uint8Array): void {
	const view = new DataView(segment.buffer, segment.byteOffset);
	segment.fill(0, 0, 176);
	view.setUint32(0, 0xabcd5432, true);
	segment.set(Buffer.from("1.2.3"), 16);
	segment.set(Buffer.from("xs_esp32"), 48);
	segment.set(Buffer.from("v6.0.1"), 112);
}

/** Octets that hardly compress, the same for the same seed. */
function noise(length: number, seed: number): Uint8Array {
	const octets = new Uint8Array(length);
	let state = seed;
	for (let i = 0; i < length; i++) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		// Runs of zeros, as in programs, and every octet that SLIP escapes.
		octets[i] = state % 5 === 0 ? 0 : state >>> 24;
	}
	return octets;
}

/** A binary partition table with its MD5, as `gen_esp32part.py` makes it. */
export function makePartitionTable(partitions: readonly MadePartition[]): Uint8Array {
	const rows = partitions.map(({ label, type, subtype, offset, bytes }) => {
		const row = Buffer.alloc(32);
		row.writeUInt16BE(0xaa50, 0);
		row.writeUInt8(type, 2);
		row.writeUInt8(subtype, 3);
		row.writeUInt32LE(offset, 4);
		row.writeUInt32LE(bytes, 8);
		row.write(label, 12, "latin1");
		return row;
	});
	const table = Buffer.concat(rows);
	const md5 = Buffer.alloc(32, 0xff);
	md5.writeUInt16BE(0xebeb, 0);
	createHash("md5").update(table).digest().copy(md5, 16);
	return Buffer.concat([table, md5, Buffer.alloc(0xc00 - table.length - md5.length, 0xff)]);
}

/** The files of an image, by their names. */
export type ImageFiles = Record<string, Uint8Array>;

/** A whole image for a chip. */
export function makeImage(
	imageId: number,
	{ appBytes = 40_000, partitions = PARTITIONS, revisions = [0, 399] } = {},
): ImageFiles {
	return {
		"bootloader.bin": makeEspImage(imageId, { bytes: 9000, seed: 7 }),
		"partition-table.bin": makePartitionTable(partitions),
		"xs_esp32.bin": makeEspImage(imageId, { bytes: appBytes, seed: 99, isApp: true, revisions }),
	};
}

/** Writes files into a folder, which is made. */
export function writeImage(folder: string, files: ImageFiles): string {
	mkdirSync(folder, { recursive: true });
	for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), data);
	return folder;
}
