import { LinkAddress } from "../../firmware/address.js";
import type { EventTable, FieldKind } from "../../firmware/events.js";
import { putFcs } from "../../firmware/frames/fcs.js";
import { SIM_EVENTS } from "../../sim/events.js";
import { LinkType } from "../capture/captured-frame.js";
import { PcapWriter } from "../capture/pcap-writer.js";
import type { Capture } from "../capture/read-capture.js";
import type { LoggedEvent } from "./log-reader.js";
import { LogWriter } from "./log-writer.js";

const TABLE: EventTable = SIM_EVENTS;
const FRAME_EVENT = "frameOnAir";
/** Values of a recorded frame's fields that its capture does not tell. */
const UNKNOWN = { node: 0, channel: 0, rssiDbm: -128 } as const;
const FCS_BYTES = 2;

/** Takes events one by one and writes them in some format. */
export interface EventWriter {
	event(event: LoggedEvent): void;
	/** Hands over what is left. */
	finish(): void;
}

/** Frames of a capture as the events of frames on air; those that are not whole are left out. */
export function* captureEvents(capture: Capture): Generator<LoggedEvent, void, undefined> {
	for (const frame of capture.frames()) {
		if (frame.drop !== undefined) continue;
		yield {
			type: FRAME_EVENT,
			timeUs: frame.timeUs,
			node: UNKNOWN.node,
			channel: frame.channel ?? UNKNOWN.channel,
			rssiDbm: Math.round(frame.rssiDbm ?? UNKNOWN.rssiDbm),
			psdu: frame.fcs === "present" ? frame.psdu : withFcs(frame.psdu),
		};
	}
}

function withFcs(frame: Uint8Array): Uint8Array {
	const psdu = new Uint8Array(frame.length + FCS_BYTES);
	psdu.set(frame);
	putFcs(psdu, psdu.length);
	return psdu;
}

/** Writes JSON Lines: byte strings in hex, addresses as people write them. */
export class JsonLinesWriter implements EventWriter {
	readonly #write: (chunk: Uint8Array) => void;
	#lines: string[] = [];

	constructor(write: (chunk: Uint8Array) => void) {
		this.#write = write;
	}

	event(event: LoggedEvent): void {
		if (this.#lines.push(JSON.stringify(plainEvent(event))) >= 512) this.finish();
	}

	finish(): void {
		if (this.#lines.length === 0) return;
		this.#write(Buffer.from(`${this.#lines.join("\n")}\n`));
		this.#lines = [];
	}
}

/** An event as JSON has it: byte strings in hex, addresses as people write them. */
export function plainEvent(event: LoggedEvent): Readonly<Record<string, unknown>> {
	const plain: Record<string, unknown> = { type: event.type };
	for (const [name, kind] of TABLE[event.type]!.fields) plain[name] = toJson(kind, event[name]);
	return plain;
}

function toJson(kind: FieldKind, value: unknown): unknown {
	if (kind === "address") return toAddress(value as Uint8Array).toString();
	return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
}

function toAddress(octets: Uint8Array): LinkAddress {
	return octets.length === 0 ? new LinkAddress() : LinkAddress.fromBytes(octets);
}

/** Writes the frames on air as a pcap, bare or with RSSI and channel (TAP). */
export class FramesWriter implements EventWriter {
	/** Frames so far. */
	frames = 0;
	readonly #pcap: PcapWriter;

	constructor(write: (chunk: Uint8Array) => void, isTap: boolean) {
		this.#pcap = new PcapWriter(isTap ? LinkType.ieee802154Tap : LinkType.ieee802154WithFcs, write);
	}

	event(event: LoggedEvent): void {
		if (event.type !== FRAME_EVENT) return;
		this.frames++;
		const rssiDbm = event["rssiDbm"] as number;
		this.#pcap.frame(
			event.timeUs,
			event["psdu"] as Uint8Array,
			rssiDbm === UNKNOWN.rssiDbm ? Number.NaN : rssiDbm,
			event["channel"] as number,
		);
	}

	finish(): void {
		this.#pcap.finish();
	}
}

/** Writes an event log. */
export class EventLogWriter implements EventWriter {
	readonly #log: LogWriter<EventTable>;

	constructor(write: (chunk: Uint8Array) => void, metadata: Readonly<Record<string, string | number>>) {
		this.#log = new LogWriter(TABLE, { metadata, write });
	}

	event(event: LoggedEvent): void {
		const sink = this.#log.sink as unknown as Record<string, (...fields: unknown[]) => void>;
		const fields = TABLE[event.type]!.fields.map(([name, kind]) =>
			kind === "address" ? toAddress(event[name] as Uint8Array) : event[name],
		);
		sink[event.type]!(...fields);
	}

	finish(): void {
		this.#log.finish();
	}
}
