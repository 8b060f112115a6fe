import type { LinkAddress } from "../address.js";
import { u16be } from "../bytes.js";
import { Compressed } from "./compressed.js";
import type { ContextTable } from "./context-table.js";
import { isMulticast, planMulticast, planUnicast, writeAddress } from "./iphc-address-encode.js";
import { IPV6_BYTES } from "./ipv6.js";
import { Dispatch } from "./lowpan.js";
import { EXTENSION_PROTOCOLS } from "./nhc.js";
import { canCompress, encodeExtension, encodeUdpNhc, extensionBytes } from "./nhc-encode.js";
import { IPV6_IN_IPV6, UDP } from "./protocols.js";
import { UDP_HEADER_BYTES } from "./udp.js";

export { Compressed } from "./compressed.js";

/** The most octets of one IPHC header: two of its own, then every field in-line. */
const MAX_IPHC_BYTES = 40;

/**
 * Compresses the headers of the IPv6 packet `datagram[0..length)` to `out` from `outOffset` on (RFC 6282).
 *
 * Always the shortest form that a decompressor turns back into the same octets; what it could not,
 * stays as it is: a header that does not fit its packet ends the compression, and what is no IPv6
 * packet of just `length` octets follows a 0x41 dispatch whole. Checksums stay in-line unless
 * `elideChecksum` (RFC 6282, section 4.3.2, says when a node may). `out` needs room for at least 41
 * octets from `outOffset` on, else RangeError.
 */
export function compressIphc(
	datagram: Uint8Array,
	length: number,
	source: LinkAddress,
	destination: LinkAddress,
	contexts: ContextTable,
	out: Uint8Array,
	outOffset: number,
	into: Compressed = new Compressed(),
	elideChecksum = false,
): Compressed {
	if (out.length - outOffset <= MAX_IPHC_BYTES) {
		throw new RangeError(`compressIphc: expected room for 41 octets, got ${out.length - outOffset}`);
	}
	if (
		length < IPV6_BYTES ||
		(datagram[0] as number) >>> 4 !== 6 ||
		u16be(datagram, 4) !== length - IPV6_BYTES
	) {
		out[outOffset] = Dispatch.ipv6;
		into.next = outOffset + 1;
		into.consumed = 0;
		return into;
	}
	let base = 0;
	let outer = -1;
	let nested = 0;
	let at = IPV6_BYTES;
	let next = outOffset;
	let protocol = datagram[6] as number;
	let nhc = canCompress(protocol, datagram, at, length, out.length - next - MAX_IPHC_BYTES, nested);
	next = encodeHeader(datagram, base, outer, source, destination, contexts, nhc, into, out, next);
	while (nhc) {
		if (protocol === UDP) {
			next = encodeUdpNhc(datagram, at, length, base + 8, elideChecksum, out, next);
			at += UDP_HEADER_BYTES;
			break;
		}
		if (protocol === IPV6_IN_IPV6) {
			outer = base;
			base = at;
			nested++;
			out[next++] = 0xee;
			protocol = datagram[base + 6] as number;
			at += IPV6_BYTES;
			nhc = canCompress(protocol, datagram, at, length, out.length - next - MAX_IPHC_BYTES, nested);
			next = encodeHeader(datagram, base, outer, source, destination, contexts, nhc, into, out, next);
			continue;
		}
		const bytes = extensionBytes(EXTENSION_PROTOCOLS.indexOf(protocol), datagram, at);
		const following = datagram[at] as number;
		const room = out.length - next - bytes - 1;
		nhc = canCompress(following, datagram, at + bytes, length, room, nested);
		next = encodeExtension(protocol, nhc, datagram, at, out, next);
		protocol = following;
		at += bytes;
	}
	into.next = next;
	into.consumed = at;
	return into;
}

/** Compresses the IPv6 header at `base`; `outer` is that of the encapsulating one, or -1. */
function encodeHeader(
	datagram: Uint8Array,
	base: number,
	outer: number,
	source: LinkAddress,
	destination: LinkAddress,
	contexts: ContextTable,
	nhc: boolean,
	plans: Compressed,
	out: Uint8Array,
	offset: number,
): number {
	plan(datagram, base, outer, source, destination, contexts, plans);
	const { source: sourcePlan, destination: destinationPlan } = plans;
	const contextIds = (sourcePlan.cid << 4) | destinationPlan.cid;
	let at = offset + 2;
	if (contextIds !== 0) out[at++] = contextIds;
	const first = datagram[base + 1] as number;
	const dscp = (((datagram[base] as number) & 0xf) << 2) | (first >>> 6);
	const ecn = (first >>> 4) & 3;
	const label = first & 0xf;
	const hasLabel = label !== 0 || datagram[base + 2] !== 0 || datagram[base + 3] !== 0;
	const traffic = hasLabel ? (dscp === 0 ? 1 : 0) : dscp === 0 && ecn === 0 ? 3 : 2;
	if (traffic === 0 || traffic === 2) out[at++] = (ecn << 6) | dscp;
	if (traffic < 2) {
		out[at++] = (traffic === 1 ? ecn << 6 : 0) | label;
		out[at++] = datagram[base + 2] as number;
		out[at++] = datagram[base + 3] as number;
	}
	if (!nhc) out[at++] = datagram[base + 6] as number;
	const hopLimit = datagram[base + 7] as number;
	const hops = hopLimit === 1 ? 1 : hopLimit === 64 ? 2 : hopLimit === 255 ? 3 : 0;
	if (hops === 0) out[at++] = hopLimit;
	out[offset] = Dispatch.iphc | (traffic << 3) | (nhc ? 4 : 0) | hops;
	out[offset + 1] = (contextIds !== 0 ? 0x80 : 0) | (sourcePlan.bits << 4) | destinationPlan.bits;
	at = writeAddress(sourcePlan, datagram, base + 8, out, at);
	return writeAddress(destinationPlan, datagram, base + 24, out, at);
}

/** Plans both addresses: contexts other than 0 only where they save more than their own octet. */
function plan(
	datagram: Uint8Array,
	base: number,
	outer: number,
	source: LinkAddress,
	destination: LinkAddress,
	contexts: ContextTable,
	plans: Compressed,
): void {
	const { source: sourcePlan, destination: destinationPlan } = plans;
	planBoth(datagram, base, outer, source, destination, contexts, false, plans);
	if (sourcePlan.cid === 0 && destinationPlan.cid === 0) return;
	const bytes = sourcePlan.bytes + destinationPlan.bytes + 1;
	planBoth(datagram, base, outer, source, destination, contexts, true, plans);
	if (sourcePlan.bytes + destinationPlan.bytes <= bytes) return;
	planBoth(datagram, base, outer, source, destination, contexts, false, plans);
}

function planBoth(
	datagram: Uint8Array,
	base: number,
	outer: number,
	source: LinkAddress,
	destination: LinkAddress,
	contexts: ContextTable,
	firstOnly: boolean,
	plans: Compressed,
): void {
	const { source: sourcePlan, destination: destinationPlan } = plans;
	const sourceOuter = outer < 0 ? -1 : outer + 8;
	const destinationOuter = outer < 0 ? -1 : outer + 24;
	const at = base + 24;
	planUnicast(datagram, base + 8, contexts, source, sourceOuter, true, firstOnly, sourcePlan);
	if (isMulticast(datagram, at)) planMulticast(datagram, at, contexts, firstOnly, destinationPlan);
	else {
		planUnicast(datagram, at, contexts, destination, destinationOuter, false, firstOnly, destinationPlan);
	}
}
