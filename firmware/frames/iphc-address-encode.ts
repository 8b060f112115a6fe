import type { LinkAddress } from "../address.js";
import { copyBytes, equalBytes } from "../bytes.js";
import type { AddressPlan } from "./compressed.js";
import { CONTEXTS, type ContextTable } from "./context-table.js";
import { writeElidedInterfaceId, writeLinkLocalPrefix, writePrefixMulticast } from "./iphc-address.js";

/** Bits of the second IPHC octet, for the destination (RFC 6282, section 3.1). */
const MULTICAST = 0x08;
const STATEFUL = 0x04;

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
	for (let i = from; i < to; i++) if (bytes[i] !== 0) return false;
	return true;
}

/** Tries the three compressed unicast forms, shortest first, under one prefix. */
function planUnder(
	cid: number,
	address: Uint8Array,
	offset: number,
	contexts: ContextTable,
	link: LinkAddress,
	outerOffset: number,
	plan: AddressPlan,
): void {
	const { candidate } = plan;
	for (let mode = 3; mode > 0; mode--) {
		const bytes = mode === 3 ? 0 : mode === 2 ? 2 : 8;
		if (bytes >= plan.bytes) return;
		if (cid < 0) writeLinkLocalPrefix(candidate, 0);
		else candidate.fill(0, 0, 8);
		if (mode === 3) {
			if (!writeElidedInterfaceId(link, address, outerOffset, candidate, 8)) continue;
		} else if (mode === 2) {
			candidate.fill(0, 8, 14);
			candidate[11] = 0xff;
			candidate[12] = 0xfe;
			copyBytes(address, offset + 14, candidate, 14, 2);
		} else copyBytes(address, offset + 8, candidate, 8, 8);
		if (cid >= 0) contexts.apply(cid, candidate, 0);
		if (!equalBytes(candidate, 0, address, offset, 16)) continue;
		plan.bits = (cid < 0 ? 0 : STATEFUL) | mode;
		plan.cid = Math.max(cid, 0);
		plan.bytes = bytes;
		return;
	}
}

/**
 * Plans the shortest form of a unicast or unspecified address (RFC 6282, section 3.1.1).
 *
 * Bits are those of a destination: SAC and SAM lie four places higher. With `firstOnly`, only context 0
 * is considered, which needs no context identifier octet. `outerOffset` is the offset of the
 * encapsulating IPv6 header's address, or -1.
 */
export function planUnicast(
	address: Uint8Array,
	offset: number,
	contexts: ContextTable,
	link: LinkAddress,
	outerOffset: number,
	isSource: boolean,
	firstOnly: boolean,
	plan: AddressPlan,
): void {
	plan.bits = 0;
	plan.cid = 0;
	plan.bytes = 16;
	if (isSource && isZero(address, offset, offset + 16)) {
		plan.bits = STATEFUL;
		plan.bytes = 0;
		return;
	}
	planUnder(-1, address, offset, contexts, link, outerOffset, plan);
	const contextCount = firstOnly ? 1 : CONTEXTS;
	for (let cid = 0; cid < contextCount && plan.bytes > 0; cid++) {
		if (contexts.matches(cid, address, offset)) {
			planUnder(cid, address, offset, contexts, link, outerOffset, plan);
		}
	}
}

/** Plans the shortest form of a multicast destination; see {@link planUnicast}. */
export function planMulticast(
	address: Uint8Array,
	offset: number,
	contexts: ContextTable,
	firstOnly: boolean,
	plan: AddressPlan,
): void {
	plan.bits = MULTICAST;
	plan.cid = 0;
	plan.bytes = 16;
	if (address[offset + 1] === 2 && isZero(address, offset + 2, offset + 15)) {
		plan.bits = MULTICAST | 3;
		plan.bytes = 1;
	} else if (isZero(address, offset + 2, offset + 13)) {
		plan.bits = MULTICAST | 2;
		plan.bytes = 4;
	} else if (isZero(address, offset + 2, offset + 11)) {
		plan.bits = MULTICAST | 1;
		plan.bytes = 6;
	}
	const contextCount = firstOnly ? 1 : CONTEXTS;
	for (let cid = 0; cid < contextCount && plan.bytes > 6; cid++) {
		if (!contexts.has(cid)) continue;
		writePrefixMulticast(cid, contexts, plan.candidate, 0);
		if (!equalBytes(plan.candidate, 3, address, offset + 3, 9)) continue;
		plan.bits = MULTICAST | STATEFUL;
		plan.cid = cid;
		plan.bytes = 6;
	}
}

/** Writes the in-line octets of a planned address, and returns the next offset. */
export function writeAddress(
	plan: AddressPlan,
	address: Uint8Array,
	offset: number,
	out: Uint8Array,
	at: number,
): number {
	const { bits, bytes } = plan;
	if ((bits & MULTICAST) === 0 || bytes === 16 || bytes === 1) {
		copyBytes(address, offset + 16 - bytes, out, at, bytes);
	} else if ((bits & STATEFUL) !== 0) {
		copyBytes(address, offset + 1, out, at, 2);
		copyBytes(address, offset + 12, out, at + 2, 4);
	} else {
		out[at] = address[offset + 1] as number;
		copyBytes(address, offset + 17 - bytes, out, at + 1, bytes - 1);
	}
	return at + bytes;
}

/** Whether the address at `offset` is multicast (RFC 4291, section 2.7). */
export function isMulticast(address: Uint8Array, offset: number): boolean {
	return address[offset] === 0xff;
}
