import { copyBytes, putU16le, u16le } from "../bytes.js";
import type { MacDrop } from "./mac-frame.js";

/** Header IEs that end the list (IEEE 802.15.4-2020, table 7-7): payload IEs, or the payload, follow. */
export const HEADER_TERMINATION_1 = 0x7e;
export const HEADER_TERMINATION_2 = 0x7f;
/** Group of the payload IE that ends the list (table 7-15). */
export const PAYLOAD_TERMINATION = 0xf;

const TYPE_PAYLOAD = 0x8000;

/** Where one information element's content lies. */
export interface IeSpan {
	/** Element ID (header IE, 0 to 255) or group ID (payload IE, 0 to 15). */
	readonly id: number;
	readonly offset: number;
	readonly length: number;
}

/**
 * Skips the header IEs at `offset`, the termination included (IEEE 802.15.4-2020, 7.4.2).
 *
 * Without a termination the list ends with `end`. Returns the next offset, `mac-truncated`, or
 * `mac-reserved` for an element of the payload type or a termination with content.
 */
export function skipHeaderIes(bytes: Uint8Array, offset: number, end: number): number | MacDrop {
	let next = offset;
	while (next < end) {
		if (next + 2 > end) return "mac-truncated";
		const descriptor = u16le(bytes, next);
		if ((descriptor & TYPE_PAYLOAD) !== 0) return "mac-reserved";
		const id = descriptor >>> 7;
		const length = descriptor & 0x7f;
		next += 2 + length;
		if (next > end) return "mac-truncated";
		if (id === HEADER_TERMINATION_1 || id === HEADER_TERMINATION_2) {
			return length === 0 ? next : "mac-reserved";
		}
	}
	return next;
}

/** Whether the header IEs that end at `offset` announce payload IEs. */
export function endsWithTermination1(bytes: Uint8Array, offset: number): boolean {
	return u16le(bytes, offset - 2) === HEADER_TERMINATION_1 << 7;
}

/**
 * Skips the payload IEs at `offset`, the termination included (IEEE 802.15.4-2020, 7.4.3).
 *
 * Without a termination the list ends with `end`. Returns the next offset, `mac-truncated`, or
 * `mac-reserved` for an element of the header type or a termination with content.
 */
export function skipPayloadIes(bytes: Uint8Array, offset: number, end: number): number | MacDrop {
	let next = offset;
	while (next < end) {
		if (next + 2 > end) return "mac-truncated";
		const descriptor = u16le(bytes, next);
		if ((descriptor & TYPE_PAYLOAD) === 0) return "mac-reserved";
		const length = descriptor & 0x7ff;
		next += 2 + length;
		if (next > end) return "mac-truncated";
		if (((descriptor >>> 11) & 0xf) === PAYLOAD_TERMINATION) return length === 0 ? next : "mac-reserved";
	}
	return next;
}

/** Lists the header IEs in `bytes[offset..end)`, which {@link skipHeaderIes} has accepted. */
export function listHeaderIes(bytes: Uint8Array, offset: number, end: number): IeSpan[] {
	const list: IeSpan[] = [];
	for (let next = offset; next + 2 <= end; ) {
		const descriptor = u16le(bytes, next);
		const length = descriptor & 0x7f;
		list.push({ id: (descriptor >>> 7) & 0xff, offset: next + 2, length });
		next += 2 + length;
	}
	return list;
}

/** Lists the payload IEs in `bytes[offset..end)`, which {@link skipPayloadIes} has accepted. */
export function listPayloadIes(bytes: Uint8Array, offset: number, end: number): IeSpan[] {
	const list: IeSpan[] = [];
	for (let next = offset; next + 2 <= end; ) {
		const descriptor = u16le(bytes, next);
		const length = descriptor & 0x7ff;
		list.push({ id: (descriptor >>> 11) & 0xf, offset: next + 2, length });
		next += 2 + length;
	}
	return list;
}

function encodeIe(descriptor: number, content: Uint8Array, bytes: Uint8Array, offset: number): number {
	putU16le(bytes, offset, descriptor);
	copyBytes(content, 0, bytes, offset + 2, content.length);
	return offset + 2 + content.length;
}

/** Encodes a header IE and returns the next offset; a RangeError for an ID above 255 or over 127 octets. */
export function encodeHeaderIe(id: number, content: Uint8Array, bytes: Uint8Array, offset: number): number {
	if (!(id >= 0 && id <= 0xff)) throw new RangeError(`encodeHeaderIe: expected id 0 to 255, got ${id}`);
	if (content.length > 0x7f) {
		throw new RangeError(`encodeHeaderIe: expected at most 127 octets of content, got ${content.length}`);
	}
	return encodeIe((id << 7) | content.length, content, bytes, offset);
}

/** Encodes a payload IE and returns the next offset; a RangeError for a group above 15 or over 2047 octets. */
export function encodePayloadIe(
	group: number,
	content: Uint8Array,
	bytes: Uint8Array,
	offset: number,
): number {
	if (!(group >= 0 && group <= 0xf)) {
		throw new RangeError(`encodePayloadIe: expected group 0 to 15, got ${group}`);
	}
	if (content.length > 0x7ff) {
		throw new RangeError(`encodePayloadIe: expected at most 2047 octets of content, got ${content.length}`);
	}
	return encodeIe(TYPE_PAYLOAD | (group << 11) | content.length, content, bytes, offset);
}
