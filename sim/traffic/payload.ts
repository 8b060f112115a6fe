import { putI32le } from "../../firmware/bytes.js";

/** Octets before the pattern, node, sequence and time: no payload is shorter. */
export const MIN_PAYLOAD_BYTES = 16;

/**
 * Fills the payload of one simulated datagram, the layout of the ns-3 peer's: node and sequence (32 bits
 * each) and time of sending in ns (64), little-endian, then octet i = (node + sequence + i) mod 256.
 */
export function fillPayload(
	payload: Uint8Array,
	length: number,
	node: number,
	sequence: number,
	timeUs: number,
): void {
	const timeNs = timeUs * 1000;
	putI32le(payload, 0, node);
	putI32le(payload, 4, sequence);
	putI32le(payload, 8, (timeNs % 0x100000000) | 0);
	putI32le(payload, 12, Math.floor(timeNs / 0x100000000));
	for (let i = MIN_PAYLOAD_BYTES; i < length; i++) payload[i] = node + sequence + i;
}
