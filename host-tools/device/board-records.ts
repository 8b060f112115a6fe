import { Decoder } from "cbor-x";
import {
	type BoardState,
	COUNTERS,
	type CounterName,
	Direction,
	INFO_FIELDS,
	PROTOCOL,
	RecordType,
} from "../../firmware/device/serial/records.js";
import { type EventTable, NODE_EVENTS } from "../../firmware/events.js";
import { EventItems, isEvent, type LoggedEvent, plainNumber } from "../trace/event-items.js";

/** What a board says of itself; see `INFO_FIELDS` of the firmware. */
export interface BoardInfo {
	readonly protocol: number;
	readonly firmware: string;
	readonly state: BoardState;
	readonly fault: string | null;
	readonly nodeId: number | null;
	readonly role: string | null;
	readonly radio: string | null;
	readonly channel: number | null;
	readonly panId: number | null;
	readonly capabilities: number;
	readonly startReason: string | null;
	readonly timeUs: number;
}

export type Counters = Readonly<Partial<Record<CounterName, number>>>;

/** One record of a board. Times are microseconds since it started. */
export type BoardRecord =
	| { readonly type: "hello"; readonly timeUs: number; readonly info: BoardInfo }
	| { readonly type: "event"; readonly timeUs: number; readonly event: LoggedEvent }
	| { readonly type: "counters"; readonly timeUs: number; readonly counters: Counters }
	| CapturedRecord
	| { readonly type: "text"; readonly timeUs: number; readonly severity: number; readonly text: string }
	| { readonly type: "reply"; readonly id: number; readonly status: number; readonly result: unknown }
	| { readonly type: "lost"; readonly timeUs: number; readonly count: number }
	/** The hello of a board that speaks another version of these records. */
	| { readonly type: "foreign"; readonly protocol: number }
	/** A type, or an event, that is not known here. */
	| { readonly type: "unknown"; readonly code: number };

/** A frame that a board received or sent, FCS included. */
export interface CapturedRecord {
	readonly type: "frame";
	readonly timeUs: number;
	readonly isSent: boolean;
	readonly channel: number;
	readonly rssiDbm: number | null;
	readonly lqi: number | null;
	readonly psdu: Uint8Array;
}

const events = new EventItems(NODE_EVENTS as EventTable);
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });

/** Decodes the octets of a record; undefined when they are none. */
export function decodeRecord(octets: Uint8Array): BoardRecord | undefined {
	let item: unknown;
	try {
		// A copy, since byte strings are views of what was decoded.
		item = decoder.decode(Buffer.from(octets));
	} catch {
		return undefined;
	}
	if (!Array.isArray(item)) return undefined;
	const items = item.map(plainNumber);
	return isCount(items[0]) ? decodeItems(items[0], items) : undefined;
}

function decodeItems(code: number, items: readonly unknown[]): BoardRecord | undefined {
	const [, first, second, third] = items;
	switch (code) {
		case RecordType.hello: {
			const protocol = protocolOf(first);
			if (protocol !== undefined && protocol !== PROTOCOL) return { type: "foreign", protocol };
			const info = readInfo(first);
			return info && { type: "hello", timeUs: info.timeUs, info };
		}
		case RecordType.event: {
			const event = events.read(first);
			if (isEvent(event)) return { type: "event", timeUs: event.timeUs, event };
			return "unknown" in event ? { type: "unknown", code: event.unknown } : undefined;
		}
		case RecordType.counters: {
			const counters = readCounters(items.slice(1));
			return counters && { type: "counters", ...counters };
		}
		case RecordType.frame:
			return readFrame(items);
		case RecordType.text:
			if (!isCount(first) || !isCount(second) || typeof third !== "string") return undefined;
			return { type: "text", timeUs: first, severity: second, text: third };
		case RecordType.reply:
			if (!isCount(first) || !isCount(second)) return undefined;
			return { type: "reply", id: first, status: second, result: third };
		case RecordType.lost:
			if (!isCount(first) || !isCount(second)) return undefined;
			return { type: "lost", timeUs: first, count: second };
		default:
			return { type: "unknown", code };
	}
}

/** The version of the records that who sent this `info` speaks: its first item in every version. */
export function protocolOf(value: unknown): number | undefined {
	const first = Array.isArray(value) ? plainNumber(value[0]) : undefined;
	return isCount(first) ? first : undefined;
}

/** `info` as a record or a reply bears it; undefined when it is none. */
export function readInfo(value: unknown): BoardInfo | undefined {
	if (!Array.isArray(value) || value.length < INFO_FIELDS.length) return undefined;
	const info = Object.fromEntries(INFO_FIELDS.map((name, i) => [name, plainNumber(value[i])]));
	const { protocol, firmware, state, fault, nodeId, role, radio, channel, panId, capabilities } = info;
	const isRight =
		isCount(protocol) &&
		typeof firmware === "string" &&
		(state === "running" || state === "sniffing" || state === "unconfigured") &&
		[fault, role, radio, info["startReason"]].every((text) => text === null || typeof text === "string") &&
		[nodeId, channel, panId].every((number) => number === null || isCount(number)) &&
		isCount(capabilities) &&
		isCount(info["timeUs"]);
	return isRight ? (info as unknown as BoardInfo) : undefined;
}

/** Time and counters, as a record or a reply bears them. */
export function readCounters(items: unknown): { timeUs: number; counters: Counters } | undefined {
	if (!Array.isArray(items)) return undefined;
	const [timeUs, ...values] = items.map(plainNumber);
	if (!isCount(timeUs)) return undefined;
	const counters: Partial<Record<CounterName, number>> = {};
	for (const [i, name] of COUNTERS.entries()) {
		const value = values[i];
		if (isCount(value)) counters[name] = value;
		else if (value !== null && value !== undefined) return undefined;
	}
	return { timeUs, counters };
}

function readFrame(items: readonly unknown[]): CapturedRecord | undefined {
	const [, timeUs, direction, channel, rssiDbm, lqi, psdu] = items;
	if (!isCount(timeUs) || !isCount(channel) || !(psdu instanceof Uint8Array)) return undefined;
	if (direction !== Direction.received && direction !== Direction.sent) return undefined;
	if (!isNumberOrNull(rssiDbm) || !isNumberOrNull(lqi)) return undefined;
	return { type: "frame", timeUs, isSent: direction === Direction.sent, channel, rssiDbm, lqi, psdu };
}

function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isNumberOrNull(value: unknown): value is number | null {
	return value === null || (typeof value === "number" && Number.isFinite(value));
}
