import { LinkAddress } from "../../firmware/address.js";
import { decodeMacBeacon, encodeMacBeacon, MacBeacon } from "../../firmware/frames/mac-beacon.js";
import {
	decodeMacCommand,
	encodeMacCommand,
	MacCommand,
	type MacCommandId,
	macCommandName,
} from "../../firmware/frames/mac-command.js";
import { compare } from "./compare.js";
import { fromHex, linkAddress, toHex } from "./hex.js";
import { addressHex, type MacVector } from "./mac-vector.js";

/** Octets that hold any beacon or command. */
const ROOM = 256;

interface ExpectedGts {
	readonly addr: string;
	readonly start: number;
	readonly length: number;
}

/** Checks a `mac-beacon-payload` vector both ways. */
export function checkBeacon(vector: MacVector): string | undefined {
	const { expect } = vector;
	const input = fromHex(vector.input ?? "");
	const beacon = decodeMacBeacon(input, 0, input.length);
	if (typeof beacon === "string") return `refused as ${beacon}`;
	const difference = compare(
		{
			...beacon,
			gts: beacon.gts.map((slot) => ({
				addr: addressHex(LinkAddress.short(slot.shortAddress)),
				start: slot.startingSlot,
				length: slot.length,
			})),
			pendingShort: beacon.pendingShort.map((address) => addressHex(address)),
			pendingExt: beacon.pendingExtended.map((address) => addressHex(address)),
			payload: toHex(input, beacon.next),
		},
		expect,
	);
	if (difference !== undefined) return difference;

	const made = new MacBeacon();
	made.beaconOrder = expect["beaconOrder"] as number;
	made.superframeOrder = expect["superframeOrder"] as number;
	made.finalCapSlot = expect["finalCapSlot"] as number;
	made.batteryLifeExtension = expect["batteryLifeExtension"] as boolean;
	made.panCoordinator = expect["panCoordinator"] as boolean;
	made.associationPermit = expect["associationPermit"] as boolean;
	made.gtsPermit = expect["gtsPermit"] as boolean;
	for (const [index, slot] of (expect["gts"] as ExpectedGts[]).entries()) {
		made.gts.push({
			shortAddress: Number.parseInt(slot.addr, 16),
			startingSlot: slot.start,
			length: slot.length,
			// The format leaves the direction out.
			receiveOnly: beacon.gts[index]?.receiveOnly ?? false,
		});
	}
	made.pendingShort.push(...(expect["pendingShort"] as string[]).map(linkAddress));
	made.pendingExtended.push(...(expect["pendingExt"] as string[]).map(linkAddress));
	return compareEncoded(input, beacon.next, (bytes) => encodeMacBeacon(made, bytes, 0));
}

function compareEncoded(
	input: Uint8Array,
	length: number,
	encode: (bytes: Uint8Array) => number,
): string | undefined {
	const bytes = new Uint8Array(ROOM);
	const encoded = toHex(bytes, 0, encode(bytes));
	const wanted = toHex(input, 0, length);
	return encoded === wanted ? undefined : `encoded: expected ${wanted}, got ${encoded}`;
}

/** Checks a `mac-command-payload` vector both ways. */
export function checkCommand(vector: MacVector): string | undefined {
	const { expect } = vector;
	const input = fromHex(vector.input ?? "");
	const command = decodeMacCommand(input, 0, input.length);
	if (typeof command === "string") return `refused as ${command}`;
	const short = (address: number): string | null => addressHex(LinkAddress.short(address));
	const difference = compare(
		{
			command: command.id,
			name: macCommandName(command.id),
			capability: command.capability,
			shortAddress: short(command.shortAddress),
			status: command.status,
			reason: command.reason,
			panId: short(command.panId),
			coordinator: short(command.coordinator),
			channel: command.channel,
			device: short(command.shortAddress),
			page: command.page < 0 ? null : command.page,
		},
		expect,
	);
	if (difference !== undefined) return difference;

	const made = new MacCommand();
	const number = (name: string, otherwise: number): number => {
		const value = expect[name];
		return typeof value === "string" ? Number.parseInt(value, 16) : ((value as number | null) ?? otherwise);
	};
	made.id = number("command", 0) as MacCommandId;
	made.capability = number("capability", 0);
	made.shortAddress = number("shortAddress", number("device", 0xffff));
	made.status = number("status", 0);
	made.reason = number("reason", 0);
	made.panId = number("panId", 0xffff);
	made.coordinator = number("coordinator", 0xffff);
	made.channel = number("channel", 0);
	made.page = number("page", -1);
	made.gtsCharacteristics = command.gtsCharacteristics;
	return compareEncoded(input, command.next, (bytes) => encodeMacCommand(made, bytes, 0));
}
