import { putU16le, u8, u16le } from "../bytes.js";
import type { MacDrop } from "./mac-frame.js";

/** MAC commands of a PAN (IEEE 802.15.4-2020, table 7-49). */
export const MacCommandId = {
	associationRequest: 1,
	associationResponse: 2,
	disassociation: 3,
	dataRequest: 4,
	panIdConflict: 5,
	orphan: 6,
	beaconRequest: 7,
	coordinatorRealignment: 8,
	gtsRequest: 9,
} as const;
export type MacCommandId = (typeof MacCommandId)[keyof typeof MacCommandId];

/** Why a MAC command was refused. */
export type MacCommandDrop = MacDrop | "mac-unsupported-command";

const NAMES = [
	"association-request",
	"association-response",
	"disassociation",
	"data-request",
	"pan-id-conflict",
	"orphan",
	"beacon-request",
	"coordinator-realignment",
	"gts-request",
] as const;

/** The name of a command, such as `data-request`. */
export function macCommandName(id: MacCommandId): string {
	return NAMES[id - 1] as string;
}

/** One MAC command; each field says in which command it has a meaning. */
export class MacCommand {
	id: MacCommandId = MacCommandId.dataRequest;
	/** Association request: capability information, 0 to 255 (7.5.2). */
	capability = 0;
	/** Association response: the address given. Realignment: that of the orphan, else 0xffff. */
	shortAddress = 0xffff;
	/** Association response: 0 for success (7.5.3). */
	status = 0;
	/** Disassociation: 1 by the coordinator, 2 by the device (7.5.4). */
	reason = 0;
	/** Realignment: PAN identifier. */
	panId = 0xffff;
	/** Realignment: the coordinator's short address. */
	coordinator = 0xffff;
	/** Realignment: channel number. */
	channel = 0;
	/** Realignment: channel page, -1 when not in the frame. */
	page = -1;
	/** GTS request: slots in bits 0 to 3, receive-only bit 4, allocation bit 5 (7.5.10). */
	gtsCharacteristics = 0;
	/** Offset after the command. */
	next = 0;
}

/** Octets of content after the command identifier, without the optional channel page. */
const CONTENT_BYTES = [1, 3, 1, 0, 0, 0, 0, 7, 1] as const;

/**
 * Decodes a MAC command from its command identifier on (IEEE 802.15.4-2020, 7.5).
 *
 * A field that the command lacks keeps its default. Octets after a known command are left at `next`.
 */
export function decodeMacCommand(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: MacCommand = new MacCommand(),
): MacCommand | MacCommandDrop {
	if (offset >= end) return "mac-truncated";
	const id = u8(bytes, offset);
	const contentBytes = CONTENT_BYTES[id - 1];
	if (contentBytes === undefined) return id === 0 ? "mac-reserved" : "mac-unsupported-command";
	const at = offset + 1;
	let next = at + contentBytes;
	if (next > end) return "mac-truncated";
	const response = id === MacCommandId.associationResponse;
	const realignment = id === MacCommandId.coordinatorRealignment;
	into.id = id as MacCommandId;
	into.capability = id === MacCommandId.associationRequest ? u8(bytes, at) : 0;
	into.shortAddress = response ? u16le(bytes, at) : realignment ? u16le(bytes, at + 5) : 0xffff;
	into.status = response ? u8(bytes, at + 2) : 0;
	into.reason = id === MacCommandId.disassociation ? u8(bytes, at) : 0;
	into.panId = realignment ? u16le(bytes, at) : 0xffff;
	into.coordinator = realignment ? u16le(bytes, at + 2) : 0xffff;
	into.channel = realignment ? u8(bytes, at + 4) : 0;
	into.page = realignment && next < end ? u8(bytes, next++) : -1;
	into.gtsCharacteristics = id === MacCommandId.gtsRequest ? u8(bytes, at) : 0;
	into.next = next;
	return into;
}

function expectRange(name: string, value: number, low: number, high: number): void {
	if (!(value >= low && value <= high)) {
		throw new RangeError(`encodeMacCommand: expected ${name} ${low} to ${high}, got ${value}`);
	}
}

/**
 * Encodes a MAC command, its identifier first; returns the next offset.
 *
 * Throws a RangeError for an unknown identifier, a field out of range, or too little room in `bytes`.
 */
export function encodeMacCommand(command: MacCommand, bytes: Uint8Array, offset: number): number {
	const { id } = command;
	expectRange("id", id, 1, 9);
	bytes[offset] = id;
	let next = offset + 1;
	const putOctet = (name: string, value: number): void => {
		expectRange(name, value, 0, 0xff);
		bytes[next++] = value;
	};
	const putWord = (name: string, value: number): void => {
		expectRange(name, value, 0, 0xffff);
		putU16le(bytes, next, value);
		next += 2;
	};
	if (id === MacCommandId.associationRequest) putOctet("capability", command.capability);
	else if (id === MacCommandId.associationResponse) {
		putWord("shortAddress", command.shortAddress);
		putOctet("status", command.status);
	} else if (id === MacCommandId.disassociation) putOctet("reason", command.reason);
	else if (id === MacCommandId.gtsRequest) putOctet("gtsCharacteristics", command.gtsCharacteristics);
	else if (id === MacCommandId.coordinatorRealignment) {
		putWord("panId", command.panId);
		putWord("coordinator", command.coordinator);
		putOctet("channel", command.channel);
		putWord("shortAddress", command.shortAddress);
		if (command.page !== -1) putOctet("page", command.page);
	}
	if (next > bytes.length) {
		throw new RangeError(`encodeMacCommand: expected room for ${next - offset} octets at ${offset}`);
	}
	return next;
}
