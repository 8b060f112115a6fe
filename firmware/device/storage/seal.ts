import { copyBytes, i32be, putI32be } from "../../bytes.js";
import { crc32 } from "../crc32.js";

/** Layout of a blob on flash: this octet, its generation (4), the content, CRC-32 of the blob's name and of all before. */
const VERSION = 1;
const GENERATION_AT = 1;
const HEADER_BYTES = 5;
const CRC_BYTES = 4;

/** CRC of a name: a blob that is read under another one is none. */
function nameCrc(name: string): number {
	const octets = new Uint8Array(name.length);
	for (let i = 0; i < name.length; i++) octets[i] = name.charCodeAt(i);
	return crc32(octets, 0, octets.length);
}

/** A blob as it is written to flash: with a version, the number of its writes up to this one, and a checksum. */
export function seal(name: string, generation: number, content: Uint8Array): Uint8Array {
	const end = HEADER_BYTES + content.length;
	const sealed = new Uint8Array(end + CRC_BYTES);
	sealed[0] = VERSION;
	putI32be(sealed, GENERATION_AT, generation | 0);
	copyBytes(content, 0, sealed, HEADER_BYTES, content.length);
	putI32be(sealed, end, crc32(sealed, 0, end, nameCrc(name)) | 0);
	return sealed;
}

/** The generation of a sealed blob; -1 for one that is spoiled, cut, of another name or of another version. */
export function generationOf(name: string, sealed: Uint8Array): number {
	const end = sealed.length - CRC_BYTES;
	if (end < HEADER_BYTES || sealed[0] !== VERSION) return -1;
	if (i32be(sealed, end) !== (crc32(sealed, 0, end, nameCrc(name)) | 0)) return -1;
	return i32be(sealed, GENERATION_AT) >>> 0;
}

/** The content of a sealed blob that has a generation. */
export function contentOf(sealed: Uint8Array): Uint8Array {
	return sealed.slice(HEADER_BYTES, sealed.length - CRC_BYTES);
}

/** Whether a sealed blob that has a generation holds this content. */
export function holds(sealed: Uint8Array, content: Uint8Array): boolean {
	if (sealed.length !== HEADER_BYTES + content.length + CRC_BYTES) return false;
	for (let i = 0; i < content.length; i++) if (sealed[HEADER_BYTES + i] !== content[i]) return false;
	return true;
}
