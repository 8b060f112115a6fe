import { AddressMode, type LinkAddress } from "../../firmware/address.js";
import { putU16be, u16be } from "../../firmware/bytes.js";
import { ICMPV6, UDP } from "../../firmware/frames/checksum.js";
import { ContextTable } from "../../firmware/frames/context-table.js";
import { decompress } from "../../firmware/frames/decompress.js";
import { Decompressed } from "../../firmware/frames/decompressed.js";
import { putFcs } from "../../firmware/frames/fcs.js";
import { findUpperLayer, IPV6_BYTES, UpperLayer } from "../../firmware/frames/ipv6.js";
import { decodeDispatch, decodeLowpan, LowpanHeaders } from "../../firmware/frames/lowpan.js";
import { decodeMacHeader, encodeMacHeader, MacHeader } from "../../firmware/frames/mac-frame.js";

const FCS_BYTES = 2;
const MAX_PSDU_BYTES = 127;
/** More than any packet's headers and payload. */
const PACKET_BYTES = 2048;

/** Which recorded address becomes which of the network's, and the network's PAN. */
export interface AddressMap {
	readonly panId: number;
	/** The address that takes the place of a recorded one; undefined leaves it as it is. */
	lookUp(recorded: LinkAddress): LinkAddress | undefined;
}

/**
 * Rewrites recorded frames for another network: addresses and PAN as mapped, FCS computed anew.
 *
 * An IPv6 address that header compression derives from a link-layer address changes with it; so the checksum of
 * what the packet carries is corrected too (RFC 1624), as the sender would have computed it.
 */
export class FrameRewriter {
	readonly #map: AddressMap;
	readonly #contexts: ContextTable;
	readonly #header = new MacHeader();
	readonly #lowpan = new LowpanHeaders();
	readonly #decompressed = new Decompressed();
	readonly #upper = new UpperLayer();
	readonly #before = new Uint8Array(PACKET_BYTES);
	readonly #after = new Uint8Array(PACKET_BYTES);

	constructor(map: AddressMap, contexts = new ContextTable()) {
		this.#map = map;
		this.#contexts = contexts;
	}

	/**
	 * The frame to send for a recorded one with FCS; a frame with no mapped address is returned as it is.
	 *
	 * Returns undefined when it no longer fits 127 octets, its addresses having grown.
	 */
	rewrite(psdu: Uint8Array): Uint8Array | undefined {
		const header = decodeMacHeader(psdu, 0, psdu.length - FCS_BYTES, this.#header);
		if (typeof header === "string" || header.securityEnabled || header.iePresent) return psdu;
		const source = this.#map.lookUp(header.source);
		const destination = this.#map.lookUp(header.destination);
		if (source === undefined && destination === undefined) return psdu;
		const oldSource = header.source.clone();
		const oldDestination = header.destination.clone();
		const payload = psdu.slice(header.next, header.end);
		if (source !== undefined) header.source.set(source);
		if (destination !== undefined) header.destination.set(destination);
		if (header.destinationPan >= 0) header.destinationPan = this.#map.panId;
		if (header.sourcePan >= 0) header.sourcePan = this.#map.panId;
		this.#correctChecksum(payload, oldSource, oldDestination, header.source, header.destination);
		const out = new Uint8Array(MAX_PSDU_BYTES + 32);
		const at = encodeMacHeader(header, out, 0);
		const length = at + payload.length + FCS_BYTES;
		if (length > MAX_PSDU_BYTES) return undefined;
		out.set(payload, at);
		putFcs(out, length);
		return out.slice(0, length);
	}

	#correctChecksum(
		payload: Uint8Array,
		oldSource: LinkAddress,
		oldDestination: LinkAddress,
		source: LinkAddress,
		destination: LinkAddress,
	): void {
		const lowpan = decodeLowpan(payload, 0, payload.length, this.#lowpan);
		if (typeof lowpan === "string" || lowpan.hasMesh) return;
		let size = 0;
		if (lowpan.kind === "frag1") {
			if (typeof decodeDispatch(payload, payload.length, lowpan) === "string") return;
			size = lowpan.fragment.size;
		}
		const kind = lowpan.kind === "frag1" ? lowpan.inner : lowpan.kind;
		if (kind !== "iphc") return;
		const { next } = lowpan;
		const before = this.#headers(payload, next, oldSource, oldDestination, size, this.#before);
		const after = this.#headers(payload, next, source, destination, size, this.#after);
		if (before === undefined || after === undefined) return;
		const at = this.#checksumOffset(payload, before);
		if (at < 0) return;
		const change = sumOfAddresses(this.#after) - sumOfAddresses(this.#before);
		putU16be(payload, at, updated(u16be(payload, at), change));
	}

	/** Decompresses the headers as a receiver would; returns where the rest of the payload begins. */
	#headers(
		payload: Uint8Array,
		offset: number,
		source: LinkAddress,
		destination: LinkAddress,
		size: number,
		out: Uint8Array,
	): { next: number; length: number; udpOffset: number; elided: boolean } | undefined {
		const result = decompress(
			"iphc",
			payload,
			offset,
			payload.length,
			source,
			destination,
			this.#contexts,
			out,
			size,
			this.#decompressed,
		);
		if (typeof result === "string") return undefined;
		out.set(payload.subarray(result.next), result.length);
		return {
			next: result.next,
			length: result.length,
			udpOffset: result.udpOffset,
			elided: result.checksumElided,
		};
	}

	/** Where the checksum stands in the payload; -1 when it is not there. */
	#checksumOffset(
		payload: Uint8Array,
		headers: { next: number; length: number; udpOffset: number; elided: boolean },
	): number {
		// The compressed UDP header ends with its checksum, and is the last one compressed.
		if (headers.udpOffset >= 0) return headers.elided ? -1 : headers.next - 2;
		const end = headers.length + payload.length - headers.next;
		const upper = findUpperLayer(this.#before, 0, end, this.#upper);
		if (typeof upper === "string" || upper.offset < headers.length) return -1;
		const field = upper.protocol === ICMPV6 ? 2 : upper.protocol === UDP ? 6 : -1;
		const at = headers.next + upper.offset - headers.length + field;
		return field < 0 || at + 2 > payload.length ? -1 : at;
	}
}

/** Sum of the 16-bit words of the two addresses of an IPv6 header. */
function sumOfAddresses(packet: Uint8Array): number {
	let sum = 0;
	for (let i = 8; i < IPV6_BYTES; i += 2) sum += u16be(packet, i);
	return sum;
}

/** A checksum after the sum of the words that it covers changed (RFC 1624, equation 3). */
function updated(checksum: number, change: number): number {
	let sum = (~checksum & 0xffff) + change;
	while (sum < 0) sum += 0xffff;
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
	return ~sum & 0xffff;
}

/** Whether an address is one that a map can name. */
export function isMappable(address: LinkAddress): boolean {
	return address.mode !== AddressMode.none && !address.isBroadcast;
}
