import { AddressMode, LinkAddress } from "../address.js";
import { putU16le, u8, u16le } from "../bytes.js";
import type { MacDrop } from "./mac-frame.js";

const BATTERY_LIFE_EXTENSION = 0x1000;
const PAN_COORDINATOR = 0x4000;
const ASSOCIATION_PERMIT = 0x8000;
const GTS_PERMIT = 0x80;
/** Beacon order, or superframe order, of a PAN without superframes. */
export const NO_SUPERFRAME = 15;

/** A guaranteed time slot (IEEE 802.15.4-2020, 7.3.1.5). */
export interface GtsDescriptor {
	/** Short address of the device, 0 to 0xffff. */
	shortAddress: number;
	/** Superframe slots 0 to 15. */
	startingSlot: number;
	/** In superframe slots, 0 to 15. */
	length: number;
	/** The device receives in its slot; else it transmits. */
	receiveOnly: boolean;
}

/**
 * What a beacon of frame version 0 or 1 carries between its header and its beacon payload
 * (IEEE 802.15.4-2020, 7.3.1). An enhanced beacon (version 2) carries IEs instead.
 */
export class MacBeacon {
	/** 0 to 14, or {@link NO_SUPERFRAME}. */
	beaconOrder = NO_SUPERFRAME;
	/** 0 to 14, or {@link NO_SUPERFRAME}. */
	superframeOrder = NO_SUPERFRAME;
	/** Last slot of the contention access period, 0 to 15. */
	finalCapSlot = 15;
	batteryLifeExtension = false;
	panCoordinator = false;
	associationPermit = false;
	gtsPermit = false;
	/** At most 7. */
	readonly gts: GtsDescriptor[] = [];
	/** Short addresses with data waiting, at most 7. */
	readonly pendingShort: LinkAddress[] = [];
	/** Extended addresses with data waiting, at most 7. */
	readonly pendingExtended: LinkAddress[] = [];
	/** Offset of the beacon payload. */
	next = 0;
}

/**
 * The offset after a beacon's superframe specification, GTS and pending address fields, or
 * `mac-truncated`: what stays in clear when a beacon of version 0 or 1 is encrypted.
 */
export function skipBeaconFields(bytes: Uint8Array, offset: number, end: number): number | MacDrop {
	if (offset + 4 > end) return "mac-truncated";
	const gtsCount = u8(bytes, offset + 2) & 7;
	const pending = offset + 3 + (gtsCount === 0 ? 0 : 1 + 3 * gtsCount);
	if (pending >= end) return "mac-truncated";
	const counts = u8(bytes, pending);
	const next = pending + 1 + 2 * (counts & 7) + 8 * ((counts >>> 4) & 7);
	return next > end ? "mac-truncated" : next;
}

/** Decodes the fields after the header of a beacon of version 0 or 1; drops it as `mac-truncated`. */
export function decodeMacBeacon(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: MacBeacon = new MacBeacon(),
): MacBeacon | MacDrop {
	const next = skipBeaconFields(bytes, offset, end);
	if (typeof next === "string") return next;
	const superframe = u16le(bytes, offset);
	into.beaconOrder = superframe & 15;
	into.superframeOrder = (superframe >>> 4) & 15;
	into.finalCapSlot = (superframe >>> 8) & 15;
	into.batteryLifeExtension = (superframe & BATTERY_LIFE_EXTENSION) !== 0;
	into.panCoordinator = (superframe & PAN_COORDINATOR) !== 0;
	into.associationPermit = (superframe & ASSOCIATION_PERMIT) !== 0;
	into.gtsPermit = (u8(bytes, offset + 2) & GTS_PERMIT) !== 0;
	into.next = next;
	decodePending(bytes, decodeGts(bytes, offset + 2, into), into);
	return into;
}

function decodeGts(bytes: Uint8Array, offset: number, into: MacBeacon): number {
	into.gts.length = 0;
	const count = u8(bytes, offset) & 7;
	if (count === 0) return offset + 1;
	const directions = u8(bytes, offset + 1);
	let next = offset + 2;
	for (let i = 0; i < count; i++, next += 3) {
		const slots = u8(bytes, next + 2);
		into.gts.push({
			shortAddress: u16le(bytes, next),
			startingSlot: slots & 15,
			length: slots >>> 4,
			receiveOnly: ((directions >>> i) & 1) !== 0,
		});
	}
	return next;
}

function decodePending(bytes: Uint8Array, offset: number, into: MacBeacon): void {
	into.pendingShort.length = 0;
	into.pendingExtended.length = 0;
	const counts = u8(bytes, offset);
	let next = offset + 1;
	for (let i = 0; i < (counts & 7); i++, next += 2) {
		into.pendingShort.push(LinkAddress.short(u16le(bytes, next)));
	}
	for (let i = 0; i < ((counts >>> 4) & 7); i++) {
		const address = new LinkAddress();
		next = address.readLittleEndian(AddressMode.extended, bytes, next);
		into.pendingExtended.push(address);
	}
}

function expectRange(name: string, value: number, limit: number): void {
	if (!(value >= 0 && value <= limit)) {
		throw new RangeError(`encodeMacBeacon: expected ${name} 0 to ${limit}, got ${value}`);
	}
}

/**
 * Encodes the fields after the header of a beacon of version 0 or 1; returns the next offset.
 *
 * Throws a RangeError for a field out of range, more than 7 descriptors or addresses of a kind, or too
 * little room in `bytes`.
 */
export function encodeMacBeacon(beacon: MacBeacon, bytes: Uint8Array, offset: number): number {
	const { gts, pendingShort, pendingExtended } = beacon;
	expectRange("beaconOrder", beacon.beaconOrder, 15);
	expectRange("superframeOrder", beacon.superframeOrder, 15);
	expectRange("finalCapSlot", beacon.finalCapSlot, 15);
	expectRange("gts.length", gts.length, 7);
	expectRange("pendingShort.length", pendingShort.length, 7);
	expectRange("pendingExtended.length", pendingExtended.length, 7);
	putU16le(
		bytes,
		offset,
		beacon.beaconOrder |
			(beacon.superframeOrder << 4) |
			(beacon.finalCapSlot << 8) |
			(beacon.batteryLifeExtension ? BATTERY_LIFE_EXTENSION : 0) |
			(beacon.panCoordinator ? PAN_COORDINATOR : 0) |
			(beacon.associationPermit ? ASSOCIATION_PERMIT : 0),
	);
	bytes[offset + 2] = gts.length | (beacon.gtsPermit ? GTS_PERMIT : 0);
	let next = offset + 3;
	if (gts.length > 0) {
		let directions = 0;
		for (let i = 0; i < gts.length; i++) if (gts[i]!.receiveOnly) directions |= 1 << i;
		bytes[next++] = directions;
		for (const slot of gts) {
			expectRange("gts.shortAddress", slot.shortAddress, 0xffff);
			expectRange("gts.startingSlot", slot.startingSlot, 15);
			expectRange("gts.length", slot.length, 15);
			putU16le(bytes, next, slot.shortAddress);
			bytes[next + 2] = slot.startingSlot | (slot.length << 4);
			next += 3;
		}
	}
	bytes[next++] = pendingShort.length | (pendingExtended.length << 4);
	for (const address of pendingShort) next = address.writeLittleEndian(bytes, next);
	for (const address of pendingExtended) next = address.writeLittleEndian(bytes, next);
	if (next > bytes.length) {
		throw new RangeError(`encodeMacBeacon: expected room for ${next - offset} octets at ${offset}`);
	}
	return next;
}
