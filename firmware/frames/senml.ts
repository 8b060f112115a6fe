import { CborMajor, CborWriter } from "./cbor.js";
import { CborReader } from "./cbor-reader.js";

/**
 * One record of a SenML pack (RFC 8428, section 4): base fields hold for it and those after it.
 *
 * Times are seconds; below 2^28 they count from now. Sums and values in the unit named.
 */
export interface SenmlRecord {
	baseVersion?: number;
	baseName?: string;
	baseTime?: number;
	baseUnit?: string;
	baseValue?: number;
	baseSum?: number;
	name?: string;
	unit?: string;
	value?: number;
	stringValue?: string;
	booleanValue?: boolean;
	sum?: number;
	time?: number;
	updateTime?: number;
	dataValue?: Uint8Array;
}

/** Why a SenML pack was refused. */
export type SenmlDrop = "senml-malformed" | "senml-version" | "senml-unknown-field";

/** What a SenML pack decodes to. */
export interface SenmlPack {
	records: SenmlRecord[];
	/** Offset after the pack. */
	next: number;
}

/** The version that RFC 8428 defines (section 4.1). */
const VERSION = 10;

/** Labels of RFC 8428, table 4, in the order of their deterministic encoding. */
const LABELS: readonly (readonly [label: number, field: keyof SenmlRecord])[] = [
	[0, "name"],
	[1, "unit"],
	[2, "value"],
	[3, "stringValue"],
	[4, "booleanValue"],
	[5, "sum"],
	[6, "time"],
	[7, "updateTime"],
	[8, "dataValue"],
	[-1, "baseVersion"],
	[-2, "baseName"],
	[-3, "baseTime"],
	[-4, "baseUnit"],
	[-5, "baseValue"],
	[-6, "baseSum"],
];

const TEXT_FIELDS: readonly string[] = ["name", "unit", "stringValue", "baseName", "baseUnit"];

/**
 * Encodes a pack as SenML-CBOR (RFC 8428, section 6) and returns the next offset.
 *
 * Throws RangeError when `bytes` is too short, with what it takes.
 */
export function encodeSenml(records: readonly SenmlRecord[], bytes: Uint8Array, offset: number): number {
	const writer = new CborWriter(bytes, offset);
	writePack(writer, records);
	if (writer.overflowed) {
		throw new RangeError(`encodeSenml: expected room for ${writer.length} octets, got ${bytes.length}`);
	}
	return writer.length;
}

/**
 * Encodes records without the head of a pack, so that several may be joined in one; returns the next offset.
 *
 * Throws RangeError when `bytes` is too short, with what it takes.
 */
export function encodeSenmlRecords(
	records: readonly SenmlRecord[],
	bytes: Uint8Array,
	offset: number,
): number {
	const writer = new CborWriter(bytes, offset);
	writeRecords(writer, records);
	if (writer.overflowed) {
		throw new RangeError(
			`encodeSenmlRecords: expected room for ${writer.length} octets, got ${bytes.length}`,
		);
	}
	return writer.length;
}

/** Octets that {@link encodeSenml} writes for these records. */
export function senmlLength(records: readonly SenmlRecord[]): number {
	const writer = new CborWriter(new Uint8Array(0));
	writePack(writer, records);
	return writer.length;
}

function writePack(writer: CborWriter, records: readonly SenmlRecord[]): void {
	writer.array(records.length);
	writeRecords(writer, records);
}

function writeRecords(writer: CborWriter, records: readonly SenmlRecord[]): void {
	for (const record of records) {
		let count = 0;
		for (const [, field] of LABELS) if (record[field] !== undefined) count++;
		writer.map(count);
		for (const [label, field] of LABELS) {
			const value = record[field];
			if (value === undefined) continue;
			writer.int(label);
			if (typeof value === "number") writer.number(value);
			else if (typeof value === "string") writer.text(value);
			else if (typeof value === "boolean") writer.boolean(value);
			else writer.bytes(value);
		}
	}
}

/**
 * Decodes a SenML-CBOR pack from [offset, end).
 *
 * Unknown fields are passed over, except text labels that end in `_`, which must be understood
 * (RFC 8428, section 4.4).
 */
export function decodeSenml(bytes: Uint8Array, offset: number, end: number): SenmlPack | SenmlDrop {
	const reader = new CborReader(bytes, offset, end);
	return readRecords(reader, reader.array());
}

/** Decodes `count` records without the head of a pack, as {@link encodeSenmlRecords} writes them. */
export function decodeSenmlRecords(
	bytes: Uint8Array,
	offset: number,
	end: number,
	count: number,
): SenmlPack | SenmlDrop {
	return readRecords(new CborReader(bytes, offset, end), count);
}

function readRecords(reader: CborReader, count: number): SenmlPack | SenmlDrop {
	const records: SenmlRecord[] = [];
	for (let i = 0; reader.has(i, count); i++) {
		const record: SenmlRecord = {};
		const drop = readRecord(reader, record);
		if (drop !== undefined) return drop;
		if ((record.baseVersion ?? VERSION) > VERSION) return "senml-version";
		records.push(record);
	}
	return reader.failed ? "senml-malformed" : { records, next: reader.offset };
}

function readRecord(reader: CborReader, record: SenmlRecord): SenmlDrop | undefined {
	const pairs = reader.map();
	for (let i = 0; reader.has(i, pairs); i++) {
		if (reader.peek() === CborMajor.text) {
			if (reader.text().endsWith("_")) return "senml-unknown-field";
			reader.skip();
			continue;
		}
		const label = reader.int();
		const field = LABELS.find((known) => known[0] === label)?.[1];
		if (field === undefined) reader.skip();
		else readField(reader, record, field);
	}
	return reader.failed ? "senml-malformed" : undefined;
}

function readField(reader: CborReader, record: SenmlRecord, field: keyof SenmlRecord): void {
	const target = record as Record<string, unknown>;
	if (field === "booleanValue") target[field] = reader.boolean();
	else if (field === "dataValue") target[field] = reader.bytes()?.slice();
	else target[field] = TEXT_FIELDS.includes(field) ? reader.text() : reader.number();
}

/**
 * The measurements of a pack, each with its full name, unit, value, sum and time.
 *
 * Records that only carry base fields give none. Times below 2^28 stay relative to now (RFC 8428,
 * section 4.6).
 */
export function resolveSenml(records: readonly SenmlRecord[]): SenmlRecord[] {
	const base: SenmlRecord = {};
	const resolved: SenmlRecord[] = [];
	for (const record of records) {
		Object.assign(base, record);
		const hasOther = (record.stringValue ?? record.booleanValue ?? record.dataValue) !== undefined;
		const value = hasOther ? undefined : plus(record.value, base.baseValue);
		const sum = plus(record.sum, base.baseSum);
		if (!hasOther && value === undefined && sum === undefined) continue;
		const measured: SenmlRecord = {
			...record,
			name: (base.baseName ?? "") + (record.name ?? ""),
			time: (base.baseTime ?? 0) + (record.time ?? 0),
		};
		const unit = record.unit ?? base.baseUnit;
		if (unit !== undefined) measured.unit = unit;
		if (value !== undefined) measured.value = value;
		if (sum !== undefined) measured.sum = sum;
		for (const [label, field] of LABELS) if (label < 0) delete measured[field];
		resolved.push(measured);
	}
	return resolved;
}

function plus(value: number | undefined, base: number | undefined): number | undefined {
	return value === undefined ? base : value + (base ?? 0);
}
