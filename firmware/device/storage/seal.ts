import { copyBytes, equalBytes, i32be, putI32be } from "../../bytes.js";
import { crc32 } from "../crc32.js";

/** Layout of a blob on flash: this octet, the content, CRC-32 of the blob's name and of all before. */
const VERSION = 1;
const HEADER_BYTES = 1;
const CRC_BYTES = 4;

/** CRC of a name: a blob that is read under another one is none. */
function nameCrc(name: string): number {
	const octets = new Uint8Array(name.length);
	for (let i = 0; i < name.length; i++) octets[i] = name.charCodeAt(i);
	return crc32(octets, 0, octets.length);
}

/** A blob as it is written to flash: with a version and a checksum. */
export function seal(name: string, content: Uint8Array): Uint8Array {
	const end = HEADER_BYTES + content.length;
	const sealed = new Uint8Array(end + CRC_BYTES);
	sealed[0] = VERSION;
	copyBytes(content, 0, sealed, HEADER_BYTES, content.length);
	putI32be(sealed, end, crc32(sealed, 0, end, nameCrc(name)) | 0);
	return sealed;
}

/** The content of a sealed blob; undefined for one that is spoiled, cut, of another name or of another version. */
export function unseal(name: string, sealed: Uint8Array): Uint8Array | undefined {
	const end = sealed.length - CRC_BYTES;
	if (end < HEADER_BYTES || sealed[0] !== VERSION) return undefined;
	if (i32be(sealed, end) !== (crc32(sealed, 0, end, nameCrc(name)) | 0)) return undefined;
	return sealed.slice(HEADER_BYTES, end);
}

/** Whether two sealed blobs are the same; the first may be absent. */
export function isSame(before: Uint8Array | undefined, after: Uint8Array): boolean {
	return before?.length === after.length && equalBytes(before, 0, after, 0, after.length);
}
