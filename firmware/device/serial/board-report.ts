import type { CborWriter } from "../../frames/cbor.js";
import type { Board } from "../board.js";
import { Capability, COUNTERS, type CounterName, INFO_FIELDS, PROTOCOL } from "./records.js";

/** Writes the array `info` of a board, in the order of `INFO_FIELDS`. */
export function writeInfo(board: Board, cbor: CborWriter): void {
	const { options, resolved } = board;
	cbor.array(INFO_FIELDS.length);
	cbor.uint(PROTOCOL);
	cbor.text(options.firmware);
	cbor.text(board.state);
	writeText(cbor, board.fault);
	writeNumber(cbor, resolved?.nodeId);
	writeText(cbor, resolved?.role);
	writeText(cbor, resolved?.radio);
	writeNumber(cbor, resolved?.channel);
	writeNumber(cbor, resolved?.panId);
	cbor.uint(options.canInject ? Capability.inject : 0);
	writeText(cbor, options.system.startReason);
	cbor.number(options.ports.clock.nowUs());
}

/** Writes the time and the counters of a board, in the order of `COUNTERS`, as items of an array. */
export function writeCounters(board: Board, cbor: CborWriter): void {
	cbor.number(board.options.ports.clock.nowUs());
	for (const name of COUNTERS) writeNumber(cbor, counterOf(board, name));
}

function counterOf(board: Board, name: CounterName): number | undefined {
	const { radio, console, mote } = board;
	const { system } = board.options;
	switch (name) {
		case "framesReceived":
			return radio.received;
		case "framesSent":
			return radio.sent;
		case "framesUnacknowledged":
			return radio.unacknowledged;
		case "channelBusy":
			return radio.channelBusy;
		case "radioOverflows":
			return system.radioOverflows?.();
		case "recordsLost":
			return console.output.lost;
		case "commandsSpoiled":
			return console.spoiled;
		case "reassemblyPeakBytes":
			return mote?.peakBytes;
		case "reassemblyBudgetBytes":
			return board.resolved?.reassemblyBytes;
		case "chunkBytes":
			return system.chunkBytes?.();
		case "slotBytes":
			return system.slotBytes?.();
	}
}

function writeText(cbor: CborWriter, text: string | undefined): void {
	if (text === undefined) cbor.null();
	else cbor.text(text);
}

function writeNumber(cbor: CborWriter, value: number | undefined): void {
	if (value === undefined) cbor.null();
	else cbor.number(value);
}
