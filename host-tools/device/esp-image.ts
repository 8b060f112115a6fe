import { createHash } from "node:crypto";

const MAGIC = 0xe9;
const HEADER_BYTES = 24;
const SEGMENT_HEADER_BYTES = 8;
const MOST_SEGMENTS = 16;
const CHECKSUM_SEED = 0xef;
const HASH_BYTES = 32;
const APP_DESCRIPTION_MAGIC = 0xabcd5432;
/** Images from before ESP-IDF 5 say nothing of the newest one. */
const ANY_REVISION = 0xffff;
const FLASH_MODES = ["qio", "qout", "dio", "dout"];

/** What the header of a bootloader or an application says. */
export interface EspImage {
	/** The chip family that it is for. */
	readonly imageId: number;
	/** The oldest and the newest revision of the chip that it runs on, 100 for each major one. */
	readonly leastRevision: number;
	readonly mostRevision: number;
	/** How the flash is wired: qio, qout, dio, dout; undefined for a mode that the header does not name. */
	readonly flashMode: string | undefined;
	/** The flash size that it expects, in octets. */
	readonly flashBytes: number;
	/** Length of header, segments, checksum and hash, without what may follow. */
	readonly bytes: number;
	/** The application's own words, absent from a bootloader. */
	readonly description: AppDescription | undefined;
}

/** From `esp_app_desc_t`. */
export interface AppDescription {
	readonly project: string;
	readonly version: string;
	readonly idfVersion: string;
}

/**
 * Reads and verifies an image for an Espressif chip: structure, checksum and, where there is one, SHA-256.
 *
 * Returns a text that says what was expected and found when it is not whole (ESP-IDF, `esp_image_format.h`).
 */
export function readEspImage(data: Uint8Array): EspImage | string {
	const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
	if (data.length < HEADER_BYTES) return `expected an image of a chip, found ${data.length} octets`;
	if (data[0] !== MAGIC) return `expected an image of a chip (0xe9 first), found ${hex(data[0]!, 2)} first`;
	const segments = data[1]!;
	if (segments === 0 || segments > MOST_SEGMENTS) return `expected 1 to 16 segments, found ${segments}`;
	let at = HEADER_BYTES;
	let checksum = CHECKSUM_SEED;
	for (let segment = 0; segment < segments; segment++) {
		if (at + SEGMENT_HEADER_BYTES > data.length) return cutShort(data, at + SEGMENT_HEADER_BYTES);
		const end = at + SEGMENT_HEADER_BYTES + view.getUint32(at + 4, true);
		if (end > data.length) return cutShort(data, end);
		for (let i = at + SEGMENT_HEADER_BYTES; i < end; i++) checksum ^= data[i]!;
		at = end;
	}
	// The checksum is the last octet of a line of 16.
	const body = (at + 16) & ~15;
	const hashed = data[23] === 1;
	const bytes = hashed ? body + HASH_BYTES : body;
	if (bytes > data.length) return cutShort(data, bytes);
	if (data[body - 1] !== checksum) {
		return `expected checksum ${hex(checksum, 2)}, found ${hex(data[body - 1]!, 2)}: it is damaged`;
	}
	if (hashed && !sha256(data.subarray(0, body)).equals(data.subarray(body, bytes))) {
		return "expected the SHA-256 at its end to be its own, found another: it is damaged";
	}
	return {
		imageId: view.getUint16(12, true),
		leastRevision: view.getUint16(15, true),
		mostRevision: view.getUint16(17, true) || ANY_REVISION,
		flashMode: FLASH_MODES[data[2]!],
		flashBytes: (1 << 20) << (data[3]! >> 4),
		bytes,
		description: readDescription(view),
	};
}

function cutShort(data: Uint8Array, expected: number): string {
	return `expected at least ${expected} octets, found ${data.length}: it is cut short`;
}

function sha256(data: Uint8Array): Buffer {
	return createHash("sha256").update(data).digest();
}

/** Applications begin their first segment with a description of themselves. */
function readDescription(view: DataView): AppDescription | undefined {
	const at = HEADER_BYTES + SEGMENT_HEADER_BYTES;
	if (view.byteLength < at + 144 || view.getUint32(at, true) !== APP_DESCRIPTION_MAGIC) return undefined;
	return {
		version: readText(view, at + 16),
		project: readText(view, at + 48),
		idfVersion: readText(view, at + 112),
	};
}

/** A field of 32 octets, filled up with zeros. */
function readText(view: DataView, at: number): string {
	const field = Buffer.from(view.buffer, view.byteOffset + at, 32);
	const end = field.indexOf(0);
	return field.toString("latin1", 0, end < 0 ? field.length : end).replace(/[^\x20-\x7e]/g, "?");
}

function hex(value: number, digits: number): string {
	return `0x${value.toString(16).padStart(digits, "0")}`;
}
