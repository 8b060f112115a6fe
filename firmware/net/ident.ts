import { i32be } from "../bytes.js";
import { IPV6_BYTES } from "../frames/ipv6.js";

const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
/** Enough to tell two payloads of one application apart by their first fields. */
const IDENT_PAYLOAD_BYTES = 24;

function mix(hash: number, bytes: Uint8Array, from: number, to: number): number {
	let mixed = hash;
	let at = from;
	for (; at + 4 <= to; at += 4) {
		mixed = Math.imul(mixed ^ i32be(bytes, at), FNV_PRIME);
		mixed ^= mixed >>> 15;
	}
	for (; at < to; at++) mixed = Math.imul(mixed ^ bytes[at]!, FNV_PRIME);
	return mixed;
}

/**
 * Names an IPv6 packet along its way: a 32-bit hash of its source address and of the first octets
 * behind the IPv6 header, which no hop changes. For logs and measurements only.
 */
export function datagramIdent(packet: Uint8Array, length: number): number {
	const end = Math.min(length, IPV6_BYTES + IDENT_PAYLOAD_BYTES);
	return mix(mix(FNV_OFFSET, packet, 8, 24), packet, IPV6_BYTES, end) >>> 0;
}

/** A 32-bit hash of all that a packet carries behind its IPv6 header: tells altered content. */
export function datagramDigest(packet: Uint8Array, length: number): number {
	return mix(FNV_OFFSET, packet, IPV6_BYTES, length) >>> 0;
}

/** A 32-bit hash of `bytes[from..to)`, signed: tells messages apart that nobody wants to be taken for each other. */
export function hashOf(bytes: Uint8Array, from: number, to: number): number {
	return mix(FNV_OFFSET, bytes, from, to);
}
