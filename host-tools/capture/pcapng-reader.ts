import { UserError } from "../errors.js";
import type { CapturedPacket } from "./captured-frame.js";

/** Block types (draft-ietf-opsawg-pcapng, section 11.1). */
const Block = {
	section: 0x0a0d0d0a,
	interface: 1,
	/** Obsolete, but still found. */
	packet: 2,
	simplePacket: 3,
	enhancedPacket: 6,
} as const;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;
const MICROSECONDS = 1_000_000n;

interface Interface {
	readonly linkType: number;
	/** Octets kept of each packet, 0 for all. */
	readonly snapLength: number;
	/** Timestamp units in a second. */
	readonly unitsPerS: bigint;
	readonly offsetS: bigint;
}

/** One block: where its body lies, and how to read it. */
interface BlockBody {
	readonly data: DataView;
	readonly littleEndian: boolean;
	readonly type: number;
	readonly start: number;
	readonly end: number;
}

/** Whether a file begins as a pcapng does. */
export function isPcapng(file: Uint8Array): boolean {
	return file.length >= 4 && view(file).getUint32(0) === Block.section;
}

/**
 * Reads a pcapng file (draft-ietf-opsawg-pcapng): any number of sections and interfaces, both byte orders.
 *
 * Timestamps are cut to microseconds; a simple packet has none and gets 0. Unknown blocks are passed over.
 * Throws a UserError that names `path` and the place for a file that is cut or does not add up.
 */
export function* readPcapng(file: Uint8Array, path: string): Generator<CapturedPacket, void, undefined> {
	let interfaces: Interface[] = [];
	let number = 0;
	for (const block of blocks(file, path)) {
		if (block.type === Block.section) interfaces = [];
		else if (block.type === Block.interface) interfaces.push(readInterface(block, path));
		else {
			const packet = readPacket(block, interfaces, number + 1, file, path);
			if (packet === undefined) continue;
			number = packet.number;
			yield packet;
		}
	}
}

function* blocks(file: Uint8Array, path: string): Generator<BlockBody, void, undefined> {
	const data = view(file);
	let littleEndian = true;
	let offset = 0;
	while (offset < file.length) {
		const left = file.length - offset;
		if (left < 12)
			throw new UserError(`${path}: octet ${offset}: expected a block of 12 octets or more, found ${left}`);
		// The type of a section header reads the same both ways, and says how to read the rest.
		if (data.getUint32(offset) === Block.section) littleEndian = byteOrder(data, offset, path);
		const type = data.getUint32(offset, littleEndian);
		const length = data.getUint32(offset + 4, littleEndian);
		if (length < 12 || length % 4 !== 0) {
			throw new UserError(
				`${path}: octet ${offset}: expected a block length in fours from 12, found ${length}`,
			);
		}
		if (length > left) {
			throw new UserError(`${path}: octet ${offset}: expected a block of ${length} octets, found ${left}`);
		}
		const end = offset + length - 4;
		const trailer = data.getUint32(end, littleEndian);
		if (trailer !== length) {
			throw new UserError(
				`${path}: octet ${end}: expected the block length ${length} again, found ${trailer}`,
			);
		}
		yield { data, littleEndian, type, start: offset + 8, end };
		offset += length;
	}
}

function byteOrder(data: DataView, offset: number, path: string): boolean {
	const magic = data.getUint32(offset + 8, true);
	if (magic === BYTE_ORDER_MAGIC) return true;
	if (data.getUint32(offset + 8) === BYTE_ORDER_MAGIC) return false;
	throw new UserError(
		`${path}: octet ${offset + 8}: expected the byte-order magic 1a2b3c4d, found ${magic.toString(16)}`,
	);
}

function readInterface(block: BlockBody, path: string): Interface {
	const { data, littleEndian, start } = block;
	requireBody(block, 8, path);
	const linkType = data.getUint16(start, littleEndian);
	const snapLength = data.getUint32(start + 4, littleEndian);
	let unitsPerS = MICROSECONDS;
	let offsetS = 0n;
	for (const option of options(block, start + 8)) {
		if (option.code === IF_TSRESOL && option.length === 1) {
			const resolution = data.getUint8(option.start);
			const base = resolution & 0x80 ? 2n : 10n;
			unitsPerS = base ** BigInt(resolution & 0x7f);
		} else if (option.code === IF_TSOFFSET && option.length === 8) {
			offsetS = data.getBigInt64(option.start, littleEndian);
		}
	}
	return { linkType, snapLength, unitsPerS, offsetS };
}

function* options(
	block: BlockBody,
	from: number,
): Generator<{ code: number; start: number; length: number }> {
	const { data, littleEndian, end } = block;
	let at = from;
	while (at + 4 <= end) {
		const code = data.getUint16(at, littleEndian);
		const length = data.getUint16(at + 2, littleEndian);
		if (code === 0 || at + 4 + length > end) return;
		yield { code, start: at + 4, length };
		at += 4 + length + (-length & 3);
	}
}

function readPacket(
	block: BlockBody,
	interfaces: readonly Interface[],
	number: number,
	file: Uint8Array,
	path: string,
): CapturedPacket | undefined {
	const { data, littleEndian, type, start } = block;
	const isSimple = type === Block.simplePacket;
	if (!isSimple && type !== Block.enhancedPacket && type !== Block.packet) return undefined;
	requireBody(block, isSimple ? 4 : 20, path);
	const index = isSimple
		? 0
		: type === Block.packet
			? data.getUint16(start, littleEndian)
			: data.getUint32(start, littleEndian);
	const from = interfaces[index];
	if (from === undefined) {
		throw new UserError(
			`${path}: frame ${number} at octet ${start - 8}: expected an interface below ${interfaces.length}, found ${index}`,
		);
	}
	const originalLength = data.getUint32(isSimple ? start : start + 16, littleEndian);
	const kept = from.snapLength === 0 ? originalLength : Math.min(originalLength, from.snapLength);
	const length = isSimple ? kept : data.getUint32(start + 12, littleEndian);
	const at = start + (isSimple ? 4 : 20);
	if (at + length > block.end) {
		throw new UserError(
			`${path}: frame ${number} at octet ${start - 8}: expected ${length} octets of packet, found ${block.end - at}`,
		);
	}
	const timeUs = isSimple
		? 0
		: microseconds(data.getUint32(start + 4, littleEndian), data.getUint32(start + 8, littleEndian), from);
	return { number, timeUs, linkType: from.linkType, bytes: file.subarray(at, at + length), originalLength };
}

function microseconds(high: number, low: number, from: Interface): number {
	if (from.unitsPerS === MICROSECONDS && from.offsetS === 0n) return high * 0x100000000 + low;
	const units = (BigInt(high) << 32n) | BigInt(low);
	return Number((units * MICROSECONDS) / from.unitsPerS + from.offsetS * MICROSECONDS);
}

/** Throws unless the body of a block holds `length` octets. */
function requireBody(block: BlockBody, length: number, path: string): void {
	const found = block.end - block.start;
	if (found >= length) return;
	throw new UserError(
		`${path}: octet ${block.start - 8}: expected ${length} octets in block type ${block.type}, found ${found}`,
	);
}

function view(file: Uint8Array): DataView {
	return new DataView(file.buffer, file.byteOffset, file.byteLength);
}
