import { TRAFFIC_PORT } from "../../firmware/app/ports.js";
import { copyBytes, i32le, u16be } from "../../firmware/bytes.js";
import type { ContextTable } from "../../firmware/frames/context-table.js";
import { decompress } from "../../firmware/frames/decompress.js";
import { IPV6_BYTES } from "../../firmware/frames/ipv6.js";
import { Dispatch } from "../../firmware/frames/lowpan.js";
import { UDP_HEADER_BYTES } from "../../firmware/frames/udp.js";
import { MIN_PAYLOAD_BYTES } from "../traffic/payload.js";
import type { Heard } from "./heard.js";

const HEADERS_BYTES = IPV6_BYTES + UDP_HEADER_BYTES;
/** Any packet that a fragment header can claim, and headers that claim to be longer. */
const SCRATCH_BYTES = 4096;

/** A datagram as its first fragment lets an eavesdropper foresee it. */
export interface Prediction {
	/** The whole IPv6 packet; right to the last octet where the traffic is the simulator's own. */
	readonly packet: Uint8Array;
	/** Octets of it that the first fragment carries. */
	readonly firstEnd: number;
	/** Whether the rest is known and not made up. */
	readonly isExact: boolean;
}

/**
 * Foresees a datagram from its first fragment: an attacker that knows the application knows what it will say.
 *
 * Undefined for what is no first fragment with readable headers. `noise` makes up what cannot be known.
 */
export function predict(
	heard: Heard,
	contexts: ContextTable,
	noise: (length: number) => Uint8Array,
): Prediction | undefined {
	const { psdu, header, fragment, contentAt, contentEnd } = heard;
	if (!heard.hasFragment || !fragment.first || fragment.size === 0) return undefined;
	const kind = (psdu[contentAt]! & 0xe0) === Dispatch.iphc ? "iphc" : "ipv6";
	const out = new Uint8Array(SCRATCH_BYTES);
	const { source, destination } = header;
	const headers = decompress(
		kind,
		psdu,
		contentAt,
		contentEnd,
		source,
		destination,
		contexts,
		out,
		fragment.size,
	);
	if (typeof headers === "string") return undefined;
	const rest = contentEnd - headers.next;
	const firstEnd = headers.length + rest;
	if (firstEnd > fragment.size) return undefined;
	copyBytes(psdu, headers.next, out, headers.length, rest);
	const packet = out.subarray(0, fragment.size);
	const isExact =
		firstEnd >= HEADERS_BYTES + MIN_PAYLOAD_BYTES && u16be(out, IPV6_BYTES + 2) === TRAFFIC_PORT;
	if (isExact) {
		const sum = i32le(out, HEADERS_BYTES) + i32le(out, HEADERS_BYTES + 4);
		for (let i = firstEnd; i < packet.length; i++) packet[i] = sum + i - HEADERS_BYTES;
	} else packet.set(noise(packet.length - firstEnd), firstEnd);
	return { packet, firstEnd, isExact };
}

/** A copy of some octets of a packet in which two words have changed places: other content, the same checksum. */
export function swapWords(packet: Uint8Array, from: number, to: number): Uint8Array {
	const altered = packet.slice(from, to);
	// Octets of a pattern that counts up differ from word to word; the sum of the words does not care for their order.
	if (altered.length >= 4) {
		const [a, b, c, d] = altered as unknown as readonly [number, number, number, number];
		altered.set([c, d, a, b]);
	}
	return altered;
}
