import { LinkAddress } from "../../firmware/address.js";
import { type EventTable, NODE_EVENTS } from "../../firmware/events.js";
import { rfc4944 } from "../../firmware/fragments/rfc4944.js";
import { ContextTable } from "../../firmware/frames/context-table.js";
import { Dissector } from "../capture/dissector.js";
import { PairKeys } from "../capture/pair-keys.js";
import type { BoardInfo, CapturedRecord, Counters } from "../device/board-records.js";
import { safeText } from "../device/plain-text.js";
import type { LoggedEvent } from "../trace/event-items.js";
import { DecodeText } from "./decode-text.js";
import type { Style } from "./style.js";

const TABLE: EventTable = NODE_EVENTS;
const TIME_WIDTH = 12;
/** What an observer keeps of unfinished datagrams, in octets. */
const OBSERVER_BYTES = 1 << 16;

/** What a board tells, one line each, for people. Times are microseconds of the monitor's line. */
export class BoardText {
	readonly #style: Style;
	readonly #dissector: Dissector;
	readonly #decoded: DecodeText;
	#frames = 0;

	constructor(style: Style, contexts = new ContextTable()) {
		this.#style = style;
		this.#decoded = new DecodeText(style);
		this.#dissector = new Dissector({
			contexts,
			policy: rfc4944.create({}),
			as: [],
			budgetBytes: OBSERVER_BYTES,
			rejectsDuplicates: true,
			knowsChains: true,
			keys: new PairKeys([], undefined),
		});
	}

	event(timeUs: number, event: LoggedEvent): string {
		const { cyan } = this.#style;
		const fields = TABLE[event.type]!.fields.slice(2).map(([name, kind]) => {
			const value = event[name];
			if (kind === "address") return `${name} ${addressText(value as Uint8Array)}`;
			if (kind === "text") return `${name} ${safeText(value as string)}`;
			return `${name} ${kind === "bytes" ? Buffer.from(value as Uint8Array).toString("hex") : value}`;
		});
		return `${this.#time(timeUs)}  node ${event["node"]}  ${cyan(event.type)}  ${fields.join(", ")}`;
	}

	frame(timeUs: number, { isSent, channel, rssiDbm, lqi, psdu }: CapturedRecord): string {
		const frame = { number: ++this.#frames, timeUs, psdu, fcs: "present", channel } as const;
		const found = this.#dissector.dissect(frame);
		const what = this.#decoded.describe(frame, found, this.#dissector.progress);
		const heard = [rssiDbm === null ? "" : `${rssiDbm} dBm`, lqi === null ? "" : `lqi ${lqi}`];
		const radio = isSent ? "sent" : ["heard", ...heard.filter((part) => part !== "")].join(" ");
		return `${this.#time(timeUs)}  ${radio} (channel ${channel}, ${psdu.length} B)  ${what}`;
	}

	counters(timeUs: number, counters: Counters): string {
		const told = Object.entries(counters).map(([name, value]) => `${name} ${value}`);
		return `${this.#time(timeUs)}  counters  ${told.join(", ")}`;
	}

	hello(timeUs: number, info: BoardInfo): string {
		return `${this.#time(timeUs)}  ${this.#style.bold(infoText(info))}`;
	}

	text(timeUs: number, isError: boolean, text: string): string {
		return `${this.#time(timeUs)}  ${isError ? this.#style.red(safeText(text)) : safeText(text)}`;
	}

	lost(timeUs: number, count: number): string {
		return `${this.#time(timeUs)}  ${this.#style.red(`${count} records lost: the line is slower than what the board has to tell`)}`;
	}

	/** Plain text that stood between records. */
	plain(line: string): string {
		return this.#style.dim(`${" ".repeat(TIME_WIDTH)}  ${line}`);
	}

	#time(timeUs: number): string {
		return this.#style.dim((timeUs / 1e6).toFixed(6).padStart(TIME_WIDTH));
	}
}

/** One line about a board. */
export function infoText(info: BoardInfo): string {
	const { firmware, state, fault, nodeId, role, radio, channel, panId, startReason } = info;
	const parts = [`Lowguard ${safeText(firmware)}, ${state}`];
	if (fault !== null) parts.push(safeText(fault));
	if (nodeId !== null) parts.push(`node ${nodeId}${role === null ? "" : `, ${safeText(role)}`}`);
	if (radio !== null) parts.push(`radio ${safeText(radio)}`);
	if (channel !== null) parts.push(`channel ${channel}`);
	if (panId !== null) parts.push(`PAN 0x${panId.toString(16).padStart(4, "0")}`);
	if (startReason !== null) parts.push(`started by ${safeText(startReason)}`);
	return parts.join("; ");
}

function addressText(octets: Uint8Array): string {
	const isAddress = octets.length === 2 || octets.length === 8;
	return isAddress ? String(LinkAddress.fromBytes(octets)) : octets.length === 0 ? "nobody" : "unknown";
}
