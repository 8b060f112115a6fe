import { LinkAddress } from "../address.js";
import { CborMajor, CborWriter } from "../frames/cbor.js";
import { CborReader } from "../frames/cbor-reader.js";
import type { SenmlDrop } from "../frames/senml.js";
import { SEQUENCE_NAME } from "./ports.js";

/*
 * Packs of several nodes in one SenML pack. Each begins with a record that names its origin, its number and its age; the
 * measurements behind it are passed on as they are:
 *
 *   [{n: "seq", v: 17, bn: "0012:", bt: -12.5}, {n: "temp", u: "Cel", v: 21.5}, {n: "seq", v: 4, bn: "0007:", bt: -3}, …]
 *
 * So it is a SenML pack like any other (RFC 8428), whose times count from when it is sent.
 */

/** Why a datagram was refused as packs. */
export type PacksDrop =
	| SenmlDrop
	/** The first record bears no number. */
	| "pack-headless"
	/** A number, an age or an origin that none can be. */
	| "pack-header"
	/** A base field among the measurements, which would hold for the packs behind it too. */
	| "pack-base";

/** One pack of a node, the measurements of one sampling or a few, as it waits for its way. */
export interface Pack {
	readonly origin: LinkAddress;
	/** Number of the pack at its origin, 16 bits that wrap. */
	readonly sequence: number;
	/** The time from which the times of its records count, on our clock. */
	readonly referenceUs: number;
	/** Its records but the one with the number, encoded, and how many they are. */
	readonly body: Uint8Array;
	readonly records: number;
}

/** Labels of RFC 8428, table 4. */
const NAME = 0;
const VALUE = 2;
const BASE_NAME = -2;
const BASE_TIME = -3;

/** Ages are told in eighths of a second: 3 octets up to 256 s. */
const AGE_UNIT_US = 125_000;
const AGE_UNITS_PER_S = 8;
/** From here on a time is absolute (RFC 8428, section 4.5.3). */
const ABSOLUTE_TIME_S = 0x10000000;
/** Octets of the head of a pack of at most 65,535 records. */
const ARRAY_HEAD_BYTES = 3;
const COLON = 0x3a;

/** The SenML base name of a node's packs: its address in hex, 4 or 16 digits, and a colon. */
export function baseNameOf(address: LinkAddress): string {
	return `${address.toString().replace("0x", "").replaceAll(":", "")}:`;
}

/** The address of which {@link baseNameOf} made a name; undefined for any other text. */
export function originOf(baseName: string, into: LinkAddress): LinkAddress | undefined {
	const digits = baseName.length - 1;
	if ((digits !== 4 && digits !== 16) || baseName.charCodeAt(digits) !== COLON) return undefined;
	let high = 0;
	let low = 0;
	for (let i = 0; i < digits; i++) {
		const value = hexDigit(baseName.charCodeAt(i));
		if (value < 0) return undefined;
		high = (high << 4) | (low >>> 28);
		low = (low << 4) | value;
	}
	return digits === 4 ? into.setShort(low) : into.setExtended(high, low);
}

/** The value of a hex digit in lower case by its character code, -1 for anything else. */
function hexDigit(code: number): number {
	if (code >= 0x30 && code <= 0x39) return code - 0x30;
	return code >= 0x61 && code <= 0x66 ? code - 0x61 + 10 : -1;
}

/** Octets that these packs take at most in one datagram. */
export function packsLength(packs: readonly Pack[], nowUs: number): number {
	let length = ARRAY_HEAD_BYTES;
	for (const pack of packs) length += packLength(pack, nowUs);
	return length;
}

/** Octets that one pack adds to a datagram at most. */
export function packLength(pack: Pack, nowUs: number): number {
	const writer = new CborWriter(NOTHING);
	writeHeader(writer, pack, nowUs, undefined);
	// Behind an older one it says that it is of now: a label and a 0.
	const saysNow = ageUnits(pack.referenceUs, nowUs) === 0 ? 2 : 0;
	return writer.length + saysNow + pack.body.length;
}

const NOTHING: Uint8Array = Object.freeze(new Uint8Array(0));

/** Writes packs as one SenML pack, ages as of `nowUs`; returns the next offset. The caller has measured them. */
export function writePacks(packs: readonly Pack[], nowUs: number, bytes: Uint8Array, offset: number): number {
	const writer = new CborWriter(bytes, offset);
	let records = 0;
	for (const pack of packs) records += 1 + pack.records;
	writer.array(records);
	let previous: Pack | undefined;
	for (const pack of packs) {
		writeHeader(writer, pack, nowUs, previous);
		bytes.set(pack.body, writer.length);
		writer.length += pack.body.length;
		previous = pack;
	}
	return writer.length;
}

function writeHeader(writer: CborWriter, pack: Pack, nowUs: number, previous: Pack | undefined): void {
	const { origin, sequence, referenceUs } = pack;
	const age = ageUnits(referenceUs, nowUs);
	// Base fields hold until the next one: what is as before need not be said.
	const saysName = previous?.origin.equals(origin) !== true;
	const saysTime = previous === undefined ? age !== 0 : age !== ageUnits(previous.referenceUs, nowUs);
	writer.map(2 + (saysName ? 1 : 0) + (saysTime ? 1 : 0));
	writer.int(NAME);
	writer.text(SEQUENCE_NAME);
	writer.int(VALUE);
	writer.int(sequence);
	if (saysName) {
		writer.int(BASE_NAME);
		writer.text(baseNameOf(origin));
	}
	if (saysTime) {
		writer.int(BASE_TIME);
		writer.number(age === 0 ? 0 : -age / AGE_UNITS_PER_S);
	}
}

function ageUnits(referenceUs: number, nowUs: number): number {
	return Math.max(0, Math.round((nowUs - referenceUs) / AGE_UNIT_US));
}

/** A pack as it was received; its body is a copy. */
class ReceivedPack implements Pack {
	readonly origin: LinkAddress;
	readonly sequence: number;
	readonly referenceUs: number;
	body: Uint8Array = NOTHING;
	records = 0;

	constructor(origin: LinkAddress, sequence: number, referenceUs: number) {
		this.origin = origin;
		this.sequence = sequence;
		this.referenceUs = referenceUs;
	}
}

/** Fields of one record that matter to whoever passes it on. */
interface Fields {
	name: string;
	value: number;
	baseName: string | undefined;
	baseTime: number | undefined;
	/** Has a base field that packs do not use. */
	isForeign: boolean;
}

/**
 * Takes apart what {@link writePacks} wrote, or refuses all of it. Measurements are passed over, not judged: whoever
 * collects them decodes them.
 */
export function readPacks(
	bytes: Uint8Array,
	offset: number,
	end: number,
	nowUs: number,
): readonly Pack[] | PacksDrop {
	const reader = new CborReader(bytes, offset, end);
	const packs: ReceivedPack[] = [];
	const fields: Fields = { name: "", value: 0, baseName: undefined, baseTime: undefined, isForeign: false };
	let baseName = "";
	let baseTime = 0;
	let bodyAt = 0;
	const count = reader.array();
	for (let i = 0; reader.has(i, count); i++) {
		const at = reader.offset;
		const drop = readFields(reader, fields);
		if (drop !== undefined) return drop;
		const pack = packs[packs.length - 1];
		if (fields.name !== SEQUENCE_NAME) {
			if (pack === undefined) return "pack-headless";
			if (fields.isForeign || fields.baseName !== undefined || fields.baseTime !== undefined)
				return "pack-base";
			pack.records++;
			continue;
		}
		if (fields.isForeign) return "pack-base";
		if (pack !== undefined) pack.body = bytes.slice(bodyAt, at);
		baseName = fields.baseName ?? baseName;
		baseTime = fields.baseTime ?? baseTime;
		const next = packOf(baseName, fields.value, baseTime, nowUs);
		if (next === undefined) return "pack-header";
		packs.push(next);
		bodyAt = reader.offset;
	}
	if (reader.failed) return "senml-malformed";
	const last = packs[packs.length - 1];
	if (last !== undefined) last.body = bytes.slice(bodyAt, reader.offset);
	return packs;
}

function packOf(baseName: string, value: number, baseTime: number, nowUs: number): ReceivedPack | undefined {
	const origin = originOf(baseName, new LinkAddress());
	if (origin === undefined || origin.isBroadcast) return undefined;
	if (!(Number.isInteger(value) && value >= 0 && value <= 0xffff)) return undefined;
	if (!(baseTime <= 0 && baseTime > -ABSOLUTE_TIME_S)) return undefined;
	return new ReceivedPack(origin, value, nowUs + Math.round(baseTime * 1e6));
}

function readFields(reader: CborReader, fields: Fields): SenmlDrop | undefined {
	fields.name = "";
	fields.value = Number.NaN;
	fields.baseName = undefined;
	fields.baseTime = undefined;
	fields.isForeign = false;
	const pairs = reader.map();
	for (let i = 0; reader.has(i, pairs); i++) {
		if (reader.peek() === CborMajor.text) {
			if (reader.text().endsWith("_")) return "senml-unknown-field";
			reader.skip();
			continue;
		}
		const label = reader.int();
		if (label === NAME) fields.name = reader.text();
		else if (label === VALUE) fields.value = reader.number();
		else if (label === BASE_NAME) fields.baseName = reader.text();
		else if (label === BASE_TIME) fields.baseTime = reader.number();
		else {
			fields.isForeign ||= label < 0;
			reader.skip();
		}
	}
	return reader.failed ? "senml-malformed" : undefined;
}
