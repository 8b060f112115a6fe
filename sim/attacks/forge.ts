import { TRAFFIC_PORT } from "../../firmware/app/ports.js";
import { copyBytes } from "../../firmware/bytes.js";
import { ChainHash } from "../../firmware/fragments/chain-hash.js";
import { type ChainPlan, ChainSender, MAX_FRAGMENTS } from "../../firmware/fragments/chain-sender.js";
import {
	ANCHOR_MIC_BYTES,
	type ChainShape,
	chainedFirstBytes,
	chainedNextBytes,
	encodeChainedFirst,
	PAGE_SWITCH_BYTES,
} from "../../firmware/frames/chained-fragment.js";
import { UDP } from "../../firmware/frames/checksum.js";
import {
	encodeFragmentHeader,
	FRAG1_BYTES,
	FRAGN_BYTES,
	MAX_DATAGRAM_SIZE,
} from "../../firmware/frames/fragment.js";
import { HeaderCompressor } from "../../firmware/frames/iphc-encode.js";
import { encodeIpv6, IPV6_BYTES } from "../../firmware/frames/ipv6.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "../../firmware/frames/lowpan.js";
import { encodeUdp, UDP_HEADER_BYTES } from "../../firmware/frames/udp.js";
import { MAX_PSDU_BYTES } from "../../firmware/mac/timing.js";
import { fillPayload, MIN_PAYLOAD_BYTES } from "../traffic/payload.js";
import { type ForgeOptions, type FrameClaims, FrameForge } from "./frame-forge.js";

/** Octets of IPv6 and UDP headers. */
const HEADERS_BYTES = IPV6_BYTES + UDP_HEADER_BYTES;
const HEADER_ROOM_BYTES = 128;
const UNIT_BYTES = 8;

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
}

/** The least that {@link DatagramClaims.size} may be. */
export const LEAST_DATAGRAM_BYTES = HEADERS_BYTES + MIN_PAYLOAD_BYTES;

/**
 * Makes frames that look as the network's own, with the firmware's codecs, in the format that the network speaks.
 *
 * Fragments by themselves bear tokens drawn at random: a first one without a rest needs no better, and a next one of
 * somebody else's datagram cannot have one. Whole datagrams have a chain that holds. Under link keys the codes hold for
 * the captured node alone.
 */
export class Forge extends FrameForge {
	readonly #compressed: HeaderCompressor;
	readonly #headers = new Uint8Array(HEADER_ROOM_BYTES);
	readonly #hash: ChainHash;
	readonly #chain: ChainSender;

	constructor(options: ForgeOptions) {
		super(options);
		this.#compressed = new HeaderCompressor(options.contexts, options.elideUdpChecksum);
		this.#hash = new ChainHash(options.digest);
		this.#chain = new ChainSender(this.#hash);
	}

	/** A whole IPv6 packet with a right checksum, as the network's traffic is. */
	datagram(claims: DatagramClaims): Uint8Array {
		const { from, to, size, node, sequence, timeUs } = claims;
		if (!(size >= LEAST_DATAGRAM_BYTES && size <= MAX_DATAGRAM_SIZE)) {
			throw new RangeError(
				`Forge.datagram: expected size from ${LEAST_DATAGRAM_BYTES} to ${MAX_DATAGRAM_SIZE}, got ${size}`,
			);
		}
		const packet = new Uint8Array(size);
		const { hopLimit } = this.options;
		const header = {
			trafficClass: 0,
			flowLabel: 0,
			payloadLength: size - IPV6_BYTES,
			nextHeader: UDP,
			hopLimit,
		};
		encodeIpv6(header, from, to, packet, 0);
		fillPayload(packet.subarray(HEADERS_BYTES), size - HEADERS_BYTES, node, sequence, timeUs);
		encodeUdp(TRAFFIC_PORT, TRAFFIC_PORT, packet, IPV6_BYTES, size);
		return packet;
	}

	/** All frames of a packet, cut as an honest node cuts it; one frame where it fits. */
	frames(packet: Uint8Array, claims: FrameClaims & { readonly tag: number }): Uint8Array[] {
		const headersEnd = this.#compress(packet, claims);
		const { consumed } = this.#compressed;
		const room = this.room(claims);
		if (headersEnd + packet.length - consumed <= room)
			return [this.frame(claims, this.#firstPart(packet, headersEnd, packet.length))];
		const firstOverhead = FRAG1_BYTES + (this.#isChained(claims) ? chainedFirstBytes(this.#shape()) : 0);
		const firstEnd = (consumed + room - firstOverhead - headersEnd) & ~(UNIT_BYTES - 1);
		return this.pieces(packet, claims, firstEnd, this.step(claims));
	}

	/**
	 * All frames of a packet, the first of which carries `packet[0..firstEnd)` and each other one `step` octets, both
	 * multiples of 8.
	 */
	pieces(
		packet: Uint8Array,
		claims: FrameClaims & { readonly tag: number },
		firstEnd: number,
		step: number,
	): Uint8Array[] {
		const cuts = [0, firstEnd];
		for (let at = firstEnd; at < packet.length; ) cuts.push((at = Math.min(packet.length, at + step)));
		const count = cuts.length - 1;
		const full = { ...claims, size: packet.length };
		const headersEnd = this.#compress(packet, claims);
		const part = this.#firstPart(packet, headersEnd, firstEnd);
		if (!this.#isChained(claims)) {
			return cuts.slice(1).map((end, i) => {
				if (i === 0) return this.#firstFrame(full, part, undefined);
				return this.#nextFrame(full, cuts[i]!, packet.subarray(cuts[i], end), undefined);
			});
		}
		const plan = this.#plan(claims);
		this.#chain.begin(plan, packet, packet.length, part, part.length, cuts, count);
		return cuts.slice(1).map((end, i) => {
			const token = new Uint8Array(plan.tokenBytes);
			this.#chain.putToken(i, token, 0);
			if (i === 0) return this.#firstFrame(full, part, token, plan);
			return this.#nextFrame(full, cuts[i]!, packet.subarray(cuts[i], end), token);
		});
	}

	/** The least `step` of {@link pieces} for a packet: a chain has no more than so many links. */
	leastStep(size: number): number {
		return Math.max(UNIT_BYTES, (Math.ceil(size / (MAX_FRAGMENTS - 2)) + UNIT_BYTES - 1) & ~(UNIT_BYTES - 1));
	}

	/** Octets of a packet that each fragment but the first and the last carries. */
	step(claims: FrameClaims): number {
		const overhead = FRAGN_BYTES + (this.#isChained(claims) ? chainedNextBytes(this.#shape()) : 0);
		return (this.room(claims) - overhead) & ~(UNIT_BYTES - 1);
	}

	/** A first fragment with `packet[0..end)`, headers compressed; `end` is a multiple of 8 past the headers. */
	first(claims: FragmentClaims, packet: Uint8Array, end: number): Uint8Array {
		const headersEnd = this.#compress(packet, claims);
		const part = this.#firstPart(packet, headersEnd, end);
		if (!this.#isChained(claims)) return this.#firstFrame(claims, part, undefined);
		const plan = this.#plan(claims);
		return this.#firstFrame(claims, part, this.noise(plan.tokenBytes), plan);
	}

	/** A fragment that is not the first; `offset` is a multiple of 8. `token`: random where it is left out. */
	next(claims: FragmentClaims, offset: number, content: Uint8Array, token?: Uint8Array): Uint8Array {
		if (!this.#isChained(claims)) return this.#nextFrame(claims, offset, content, undefined);
		return this.#nextFrame(claims, offset, content, token ?? this.noise(this.#shape().tokenBytes));
	}

	#isChained({ isPlain }: FrameClaims): boolean {
		return isPlain !== true && this.options.wire.format !== "plain";
	}

	#shape(): ChainShape {
		const { format, tokenBytes } = this.options.wire;
		return { keyed: format === "keyed", tokenBytes };
	}

	#plan({ source, destination }: FrameClaims): ChainPlan {
		const shape = this.#shape();
		const { keys, random } = this.options;
		if (!shape.keyed) return { ...shape, nonce: random.below(0x10000), key: undefined };
		return { ...shape, nonce: keys.nextNonce(source), key: keys.linkKey(source, destination) };
	}

	/** A first fragment with P₁ in `part`; `token` and `plan` only where it is chained. */
	#firstFrame(
		claims: FragmentClaims,
		part: Uint8Array,
		token: Uint8Array | undefined,
		plan?: ChainPlan,
	): Uint8Array {
		const payload = new Uint8Array(MAX_PSDU_BYTES);
		const { size, tag, source, destination } = claims;
		let at = 0;
		if (plan !== undefined) payload[at++] = Dispatch.page | EXPERIMENTAL_PAGE;
		at = encodeFragmentHeader({ first: true, size, tag, offset: 0 }, payload, at);
		if (plan !== undefined && token !== undefined) {
			at = encodeChainedFirst(plan, plan.nonce, payload, at);
			payload.set(token, at);
			at += token.length;
			if (plan.key !== undefined) {
				const flags = payload[PAGE_SWITCH_BYTES + FRAG1_BYTES]!;
				const fields = { ...plan, flags };
				const mic = this.#hash.anchor(fields, source, destination, size, tag, part, 0, part.length, token, 0);
				copyBytes(mic, 0, payload, at, ANCHOR_MIC_BYTES);
				at += ANCHOR_MIC_BYTES;
			}
		}
		payload.set(part, at);
		return this.frame(claims, payload.subarray(0, at + part.length));
	}

	#nextFrame(
		claims: FragmentClaims,
		offset: number,
		content: Uint8Array,
		token: Uint8Array | undefined,
	): Uint8Array {
		const payload = new Uint8Array(MAX_PSDU_BYTES);
		let at = 0;
		if (token !== undefined) payload[at++] = Dispatch.page | EXPERIMENTAL_PAGE;
		at = encodeFragmentHeader({ first: false, size: claims.size, tag: claims.tag, offset }, payload, at);
		if (token !== undefined) {
			payload.set(token, at);
			at += token.length;
		}
		payload.set(content, at);
		return this.frame(claims, payload.subarray(0, at + content.length));
	}

	#compress(packet: Uint8Array, { source, destination }: FrameClaims): number {
		return this.#compressed.compress(packet, packet.length, source, destination, this.#headers, 0).next;
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
