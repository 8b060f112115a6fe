import { i32le, putI32le, u8 } from "../bytes.js";
import type { MacDrop } from "./mac-frame.js";

/** How a frame names its key (IEEE 802.15.4-2020, table 9-7). */
export const KeyIdMode = {
	/** The key follows from sender and receiver. */
	implicit: 0,
	/** A key index; its source is macDefaultKeySource. */
	index: 1,
	/** A 4-octet key source and an index. */
	shortSource: 2,
	/** An 8-octet key source and an index. */
	extendedSource: 3,
} as const;
export type KeyIdMode = (typeof KeyIdMode)[keyof typeof KeyIdMode];

const COUNTER_SUPPRESSED = 0x20;
const ASN_IN_NONCE = 0x40;

/** Octets of the message integrity code of a security level: 0, 4, 8 or 16 (table 9-6). */
export function micLengthOf(level: number): number {
	const strength = level & 3;
	return strength === 0 ? 0 : 2 << strength;
}

/** Octets of the key source of a key identifier mode: 0, 4 or 8. */
function keySourceLength(mode: number): number {
	return mode < 2 ? 0 : (mode - 1) << 2;
}

/** The auxiliary security header (IEEE 802.15.4-2020, 9.4). */
export class AuxSecurityHeader {
	/** Security level, 0 (none) to 7 (encrypted, 16-octet MIC). */
	level = 0;
	keyIdMode: KeyIdMode = KeyIdMode.implicit;
	/** The nonce holds the absolute slot number (TSCH) instead of the frame counter. */
	asnInNonce = false;
	/** 0 to 2^32 - 1, or -1 when the frame suppresses it. */
	frameCounter = 0;
	/** Key source as an unsigned little-endian integer in two signed halves; `keySourceHigh` only in mode 3. */
	keySourceHigh = 0;
	keySourceLow = 0;
	/** 1 to 255 in modes 1 to 3, else 0. */
	keyIndex = 0;
	/** Offset after what was decoded. */
	next = 0;

	/** Takes over another header. */
	set(other: AuxSecurityHeader): this {
		this.level = other.level;
		this.keyIdMode = other.keyIdMode;
		this.asnInNonce = other.asnInNonce;
		this.frameCounter = other.frameCounter;
		this.keySourceHigh = other.keySourceHigh;
		this.keySourceLow = other.keySourceLow;
		this.keyIndex = other.keyIndex;
		this.next = other.next;
		return this;
	}

	/** Octets on the air, 1 to 14. */
	get byteLength(): number {
		return (
			1 +
			(this.frameCounter < 0 ? 0 : 4) +
			keySourceLength(this.keyIdMode) +
			(this.keyIdMode === KeyIdMode.implicit ? 0 : 1)
		);
	}
}

/**
 * Decodes an auxiliary security header (IEEE 802.15.4-2020, 9.4); drops it as `mac-truncated`.
 *
 * Before frame version 2 the bits for a suppressed counter and the ASN are reserved, and ignored.
 */
export function decodeAuxSecurityHeader(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: AuxSecurityHeader = new AuxSecurityHeader(),
	version = 2,
): AuxSecurityHeader | MacDrop {
	if (offset >= end) return "mac-truncated";
	const control = u8(bytes, offset);
	into.level = control & 7;
	into.keyIdMode = ((control >>> 3) & 3) as KeyIdMode;
	into.asnInNonce = version === 2 && (control & ASN_IN_NONCE) !== 0;
	into.frameCounter = version === 2 && (control & COUNTER_SUPPRESSED) !== 0 ? -1 : 0;
	if (offset + into.byteLength > end) return "mac-truncated";
	let next = offset + 1;
	if (into.frameCounter === 0) {
		into.frameCounter = i32le(bytes, next) >>> 0;
		next += 4;
	}
	into.keySourceLow = 0;
	into.keySourceHigh = 0;
	into.keyIndex = 0;
	if (into.keyIdMode >= KeyIdMode.shortSource) {
		into.keySourceLow = i32le(bytes, next);
		next += 4;
		if (into.keyIdMode === KeyIdMode.extendedSource) {
			into.keySourceHigh = i32le(bytes, next);
			next += 4;
		}
	}
	if (into.keyIdMode !== KeyIdMode.implicit) into.keyIndex = u8(bytes, next++);
	into.next = next;
	return into;
}

/**
 * Encodes an auxiliary security header and returns the next offset.
 *
 * Throws a RangeError for a level above 7, a mode above 3, or a counter or index that does not fit.
 */
export function encodeAuxSecurityHeader(
	header: AuxSecurityHeader,
	bytes: Uint8Array,
	offset: number,
): number {
	const { level, keyIdMode, frameCounter, keyIndex } = header;
	if (!(level >= 0 && level <= 7)) throw new RangeError(`security.level: expected 0 to 7, got ${level}`);
	if (!(keyIdMode >= 0 && keyIdMode <= 3)) {
		throw new RangeError(`security.keyIdMode: expected 0 to 3, got ${keyIdMode}`);
	}
	if (!(frameCounter >= -1 && frameCounter <= 0xffffffff)) {
		throw new RangeError(`security.frameCounter: expected -1 to 4294967295, got ${frameCounter}`);
	}
	if (!(keyIndex >= 0 && keyIndex <= 0xff)) {
		throw new RangeError(`security.keyIndex: expected 0 to 255, got ${keyIndex}`);
	}
	let control = level | (keyIdMode << 3);
	if (frameCounter < 0) control |= COUNTER_SUPPRESSED;
	if (header.asnInNonce) control |= ASN_IN_NONCE;
	let next = offset;
	bytes[next++] = control;
	if (frameCounter >= 0) {
		putI32le(bytes, next, frameCounter | 0);
		next += 4;
	}
	if (keyIdMode >= KeyIdMode.shortSource) {
		putI32le(bytes, next, header.keySourceLow);
		next += 4;
		if (keyIdMode === KeyIdMode.extendedSource) {
			putI32le(bytes, next, header.keySourceHigh);
			next += 4;
		}
	}
	if (keyIdMode !== KeyIdMode.implicit) bytes[next++] = keyIndex;
	return next;
}
