import { createHash } from "node:crypto";

const ROW_BYTES = 32;
const MD5_AT = 16;

/** Where the table stands in flash (ESP-IDF's `CONFIG_PARTITION_TABLE_OFFSET` as Moddable leaves it). */
export const TABLE_OFFSET = 0x8000;
/** The flash that it takes. */
export const TABLE_BYTES = 0x1000;

const TYPE_APP = 0;
const TYPE_DATA = 1;
const SUBTYPE_FACTORY = 0x00;
const SUBTYPE_OTA_0 = 0x10;
const SUBTYPE_OTA_DATA = 0x00;
/** Applications are mapped in pages of 64 KiB, everything else is erased in sectors of 4 KiB. */
const APP_ALIGNMENT = 0x10000;
const SECTOR = 0x1000;

/** A stretch of flash with a name. */
export interface Partition {
	readonly label: string;
	readonly type: number;
	readonly subtype: number;
	readonly offset: number;
	readonly bytes: number;
}

/**
 * Reads a binary partition table, and checks that partitions are aligned and do not overlap.
 *
 * Returns a text that says what was expected and found otherwise (ESP-IDF, Partition Tables).
 */
export function readPartitionTable(data: Uint8Array): Partition[] | string {
	const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
	const partitions: Partition[] = [];
	let at = 0;
	for (; ; at += ROW_BYTES) {
		if (at + ROW_BYTES > data.length) {
			return `expected a partition table that ends, found ${data.length} octets without an end`;
		}
		const magic = view.getUint16(at, false);
		if (magic === 0xffff) break;
		if (magic === 0xebeb) {
			const md5 = createHash("md5").update(data.subarray(0, at)).digest();
			if (!md5.equals(data.subarray(at + MD5_AT, at + ROW_BYTES))) {
				return "expected the MD5 of its rows to be its own, found another: it is damaged";
			}
		} else if (magic === 0xaa50) partitions.push(readRow(view, at));
		else {
			const found = `0x${magic.toString(16).padStart(4, "0")} at ${at}`;
			return `expected a partition table (0xaa50 before each row), found ${found}`;
		}
	}
	if (partitions.length === 0) return "expected partitions, found an empty table";
	return check(partitions) ?? partitions;
}

function readRow(view: DataView, at: number): Partition {
	const label = Buffer.from(view.buffer, view.byteOffset + at + 12, 16);
	const end = label.indexOf(0);
	return {
		label: label.toString("latin1", 0, end < 0 ? label.length : end).replace(/[^\x20-\x7e]/g, "?"),
		type: view.getUint8(at + 2),
		subtype: view.getUint8(at + 3),
		offset: view.getUint32(at + 4, true),
		bytes: view.getUint32(at + 8, true),
	};
}

function check(partitions: readonly Partition[]): string | undefined {
	let free = TABLE_OFFSET + TABLE_BYTES;
	let before = "the partition table";
	for (const { label, type, offset, bytes } of [...partitions].sort((a, b) => a.offset - b.offset)) {
		const alignment = type === TYPE_APP ? APP_ALIGNMENT : SECTOR;
		if (offset % alignment !== 0) {
			return `expected partition '${label}' at a multiple of ${hex(alignment)}, found it at ${hex(offset)}`;
		}
		if (offset < free) {
			return `expected partition '${label}' behind ${before}, which ends at ${hex(free)}, found it at ${hex(offset)}`;
		}
		free = offset + bytes;
		before = `partition '${label}'`;
	}
	return undefined;
}

/** The partition that the bootloader starts when nothing was updated over the air. */
export function appPartition(partitions: readonly Partition[]): Partition | undefined {
	const apps = partitions.filter(({ type }) => type === TYPE_APP);
	return (
		apps.find(({ subtype }) => subtype === SUBTYPE_FACTORY) ??
		apps.find(({ subtype }) => subtype === SUBTYPE_OTA_0)
	);
}

/** The partition that says which application runs; blank, it means the first. */
export function otaDataPartition(partitions: readonly Partition[]): Partition | undefined {
	return partitions.find(({ type, subtype }) => type === TYPE_DATA && subtype === SUBTYPE_OTA_DATA);
}

/** The end of the last partition. */
export function tableEnd(partitions: readonly Partition[]): number {
	return Math.max(...partitions.map(({ offset, bytes }) => offset + bytes));
}

function hex(value: number): string {
	return `0x${value.toString(16)}`;
}
