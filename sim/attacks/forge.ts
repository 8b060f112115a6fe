import type { LinkAddress } from "../../firmware/address.js";
import { TRAFFIC_PORT } from "../../firmware/app/ports.js";
import { copyBytes } from "../../firmware/bytes.js";
import { UDP } from "../../firmware/frames/checksum.js";
import { Compressed } from "../../firmware/frames/compressed.js";
import type { ContextTable } from "../../firmware/frames/context-table.js";
import { putFcs } from "../../firmware/frames/fcs.js";
import {
	encodeFragmentHeader,
	FRAG1_BYTES,
	FRAGN_BYTES,
	MAX_DATAGRAM_SIZE,
} from "../../firmware/frames/fragment.js";
import { compressIphc } from "../../firmware/frames/iphc-encode.js";
import { encodeIpv6, IPV6_BYTES } from "../../firmware/frames/ipv6.js";
import { encodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { encodeUdp, UDP_HEADER_BYTES } from "../../firmware/frames/udp.js";
import type { FrameProtection } from "../../firmware/mac/protection.js";
import { FCS_BYTES, MAX_PSDU_BYTES } from "../../firmware/mac/timing.js";
import type { Random } from "../../firmware/ports.js";
import { fillPayload, MIN_PAYLOAD_BYTES } from "../traffic/payload.js";

/** Octets of IPv6 and UDP headers. */
const HEADERS_BYTES = IPV6_BYTES + UDP_HEADER_BYTES;
const HEADER_ROOM_BYTES = 128;

/** The network whose frames are forged. */
export interface ForgeOptions {
	readonly panId: number;
	readonly contexts: ContextTable;
	readonly hopLimit: number;
	readonly elideUdpChecksum: boolean;
	readonly random: Random;
	/** Link-layer security with a captured key, by the address that a frame bears; undefined without keys. */
	readonly protectionOf: ((source: LinkAddress) => FrameProtection) | undefined;
}

/** What all forged frames have in common. */
export interface FrameClaims {
	/** Link-layer addresses. */
	readonly source: LinkAddress;
	readonly destination: LinkAddress;
	/** MAC sequence number; random where it is left out. */
	readonly seq?: number;
	/** Asks for an acknowledgement. */
	readonly ack?: boolean;
	/** Fragments as RFC 4944 has them, whatever the network speaks. */
	readonly isPlain?: boolean;
}

/** A forged fragment's header. */
export interface FragmentClaims extends FrameClaims {
	/** Octets of the whole IPv6 packet. */
	readonly size: number;
	readonly tag: number;
}

/** A forged UDP datagram of the network's own traffic. */
export interface DatagramClaims {
	/** IPv6 addresses of 16 octets. */
	readonly from: Uint8Array;
	readonly to: Uint8Array;
	/** Octets of the whole packet, at least 64. */
	readonly size: number;
	/** The node and its count that the payload names. */
	readonly node: number;
	readonly sequence: number;
	readonly timeUs: number;
	/** Another port than that of the traffic. */
	readonly port?: number;
}

/** The least that {@link DatagramClaims.size} may be. */
export const LEAST_DATAGRAM_BYTES = HEADERS_BYTES + MIN_PAYLOAD_BYTES;

/** Makes frames that look as the network's own, with the firmware's codecs. */
export class Forge {
	readonly #options: ForgeOptions;
	readonly #header = new MacHeader();
	readonly #compressed = new Compressed();
	readonly #headers = new Uint8Array(HEADER_ROOM_BYTES);

	constructor(options: ForgeOptions) {
		this.#options = options;
	}

	/** A whole IPv6 packet with a right checksum, as the network's traffic is. */
	datagram(claims: DatagramClaims): Uint8Array {
		const { from, to, size, node, sequence, timeUs, port = TRAFFIC_PORT } = claims;
		if (!(size >= LEAST_DATAGRAM_BYTES && size <= MAX_DATAGRAM_SIZE)) {
			throw new RangeError(
				`Forge.datagram: expected size from ${LEAST_DATAGRAM_BYTES} to ${MAX_DATAGRAM_SIZE}, got ${size}`,
			);
		}
		const packet = new Uint8Array(size);
		const { hopLimit } = this.#options;
		const header = {
			trafficClass: 0,
			flowLabel: 0,
			payloadLength: size - IPV6_BYTES,
			nextHeader: UDP,
			hopLimit,
		};
		encodeIpv6(header, from, to, packet, 0);
		fillPayload(packet.subarray(HEADERS_BYTES), size - HEADERS_BYTES, node, sequence, timeUs);
		encodeUdp(TRAFFIC_PORT, port, packet, IPV6_BYTES, size);
		return packet;
	}

	/** Octets that the payload of such a frame may have. */
	room({ source, destination }: Pick<FrameClaims, "source" | "destination">): number {
		const overhead = this.#options.protectionOf?.(source).overheadBytes ?? 0;
		return MAX_PSDU_BYTES - 3 - 2 - source.byteLength - destination.byteLength - overhead - FCS_BYTES;
	}

	/** A data frame around a payload. */
	frame(claims: FrameClaims, payload: Uint8Array): Uint8Array {
		const { source, destination, seq = this.#options.random.below(256), ack = false } = claims;
		const header = this.#header;
		header.type = FrameType.data;
		header.version = 1;
		header.securityEnabled = false;
		header.ackRequest = ack;
		header.panIdCompression = true;
		header.seq = seq;
		header.destinationPan = this.#options.panId;
		header.sourcePan = -1;
		header.destination.set(destination);
		header.source.set(source);
		const protection = destination.isBroadcast ? undefined : this.#options.protectionOf?.(source);
		protection?.prepare(header);
		const frame = new Uint8Array(MAX_PSDU_BYTES);
		const at = encodeMacHeader(header, frame, 0);
		copyBytes(payload, 0, frame, at, payload.length);
		let end = at + payload.length;
		if (protection !== undefined) end = protection.protect(header, frame, at, end);
		putFcs(frame, end + FCS_BYTES);
		return frame.subarray(0, end + FCS_BYTES);
	}

	/** All frames of a packet, cut as an honest node cuts it; one frame where it fits. */
	frames(packet: Uint8Array, claims: FrameClaims & { readonly tag: number }): Uint8Array[] {
		const room = this.room(claims);
		const headersEnd = this.#compress(packet, claims);
		const whole = headersEnd + packet.length - this.#compressed.consumed;
		if (whole <= room) return [this.frame(claims, this.#firstPart(packet, headersEnd, packet.length))];
		const firstEnd = (this.#compressed.consumed + room - FRAG1_BYTES - headersEnd) & ~7;
		const full = { ...claims, size: packet.length };
		const frames = [this.first(full, packet, firstEnd)];
		const step = this.step(claims);
		for (let at = firstEnd; at < packet.length; at += step)
			frames.push(this.next(full, at, packet.subarray(at, Math.min(packet.length, at + step))));
		return frames;
	}

	/** Octets of a packet that each fragment but the first and the last carries. */
	step(claims: Pick<FrameClaims, "source" | "destination">): number {
		return (this.room(claims) - FRAGN_BYTES) & ~7;
	}

	/** A first fragment with `packet[0..end)`, headers compressed; `end` is a multiple of 8 past the headers. */
	first(claims: FragmentClaims, packet: Uint8Array, end: number): Uint8Array {
		const headersEnd = this.#compress(packet, claims);
		const part = this.#firstPart(packet, headersEnd, end);
		const payload = new Uint8Array(FRAG1_BYTES + part.length);
		encodeFragmentHeader({ first: true, size: claims.size, tag: claims.tag, offset: 0 }, payload, 0);
		payload.set(part, FRAG1_BYTES);
		return this.frame(claims, payload);
	}

	/** A fragment that is not the first; `offset` is a multiple of 8. */
	next(claims: FragmentClaims, offset: number, content: Uint8Array): Uint8Array {
		const payload = new Uint8Array(FRAGN_BYTES + content.length);
		encodeFragmentHeader({ first: false, size: claims.size, tag: claims.tag, offset }, payload, 0);
		payload.set(content, FRAGN_BYTES);
		return this.frame(claims, payload);
	}

	/** An immediate acknowledgement (IEEE 802.15.4-2020, 7.3.3). */
	acknowledgement(seq: number): Uint8Array {
		const psdu = Uint8Array.of(FrameType.ack, 0, seq, 0, 0);
		putFcs(psdu, psdu.length);
		return psdu;
	}

	/** `length` random octets. */
	noise(length: number): Uint8Array {
		return Uint8Array.from({ length }, () => this.#options.random.below(256));
	}

	/** A random fragment tag. */
	tag(): number {
		return this.#options.random.below(0x10000);
	}

	#compress(packet: Uint8Array, { source, destination }: FrameClaims): number {
		const { contexts, elideUdpChecksum } = this.#options;
		const { length } = packet;
		compressIphc(
			packet,
			length,
			source,
			destination,
			contexts,
			this.#headers,
			0,
			this.#compressed,
			elideUdpChecksum,
		);
		return this.#compressed.next;
	}

	/** Compressed headers, and the packet after them up to `end`. */
	#firstPart(packet: Uint8Array, headersEnd: number, end: number): Uint8Array {
		const { consumed } = this.#compressed;
		const part = new Uint8Array(headersEnd + Math.max(0, end - consumed));
		copyBytes(this.#headers, 0, part, 0, headersEnd);
		if (end > consumed) part.set(packet.subarray(consumed, end), headersEnd);
		return part;
	}
}
