import { putOctets } from "../octets.js";
import { LinkType } from "./captured-frame.js";
import { TAP_HEADER_BYTES, TapFcs, TapTlv } from "./tap.js";

const CHUNK_BYTES = 1 << 18;
const RECORD_HEADER_BYTES = 16;
const FCS_TYPE_TLV_BYTES = 8;
const RSS_TLV_BYTES = 8;
const CHANNEL_TLV_BYTES = 8;
const TAP_BYTES = TAP_HEADER_BYTES + FCS_TYPE_TLV_BYTES;
const SNAP_LENGTH = 0xffff;
const MAX_PSDU_BYTES = SNAP_LENGTH - TAP_BYTES - RSS_TLV_BYTES - CHANNEL_TLV_BYTES;

/** What a {@link PcapWriter} may write: frames with FCS, bare or behind RSSI and channel. */
export type PcapLinkType = typeof LinkType.ieee802154WithFcs | typeof LinkType.ieee802154Tap;

/**
 * Writes a classic pcap, microseconds, little-endian, of link type 195 or 283 (TAP).
 *
 * `sink` gets chunks that are valid only during the call. Call {@link PcapWriter.finish} at the end.
 */
export class PcapWriter {
	readonly #sink: (chunk: Uint8Array) => void;
	readonly #isTap: boolean;
	readonly #chunk = new Uint8Array(CHUNK_BYTES);
	readonly #view = new DataView(this.#chunk.buffer);
	#length = 0;

	constructor(linkType: PcapLinkType, sink: (chunk: Uint8Array) => void) {
		this.#sink = sink;
		this.#isTap = linkType === LinkType.ieee802154Tap;
		for (const word of [0xa1b2c3d4, 0x00040002, 0, 0, SNAP_LENGTH, linkType]) this.#word(word);
	}

	/**
	 * Adds a frame, FCS included, at `timeUs` (from 0; the seconds of the format end at 2^32).
	 *
	 * RSSI in dBm (NaN for unknown) and channel (0 for unknown) are kept in a TAP file only.
	 */
	frame(timeUs: number, psdu: Uint8Array, rssiDbm = Number.NaN, channel = 0): void {
		if (psdu.length > MAX_PSDU_BYTES) {
			throw new RangeError(
				`PcapWriter.frame: expected psdu of at most ${MAX_PSDU_BYTES} octets, got ${psdu.length}`,
			);
		}
		const tapBytes = this.#isTap ? tapLength(rssiDbm, channel) : 0;
		const length = tapBytes + psdu.length;
		if (this.#length + RECORD_HEADER_BYTES + length > CHUNK_BYTES) this.#flush();
		const seconds = Math.floor(timeUs / 1_000_000);
		this.#word(seconds);
		this.#word(timeUs - seconds * 1_000_000);
		this.#word(length);
		this.#word(length);
		if (this.#isTap) this.#tap(tapBytes, rssiDbm, channel);
		this.#length = putOctets(psdu, this.#chunk, this.#length);
	}

	/** Hands over what was written so far, for a reader that follows. */
	flush(): void {
		this.#flush();
	}

	/** Hands over what is left. */
	finish(): void {
		this.#flush();
	}

	#tap(tapBytes: number, rssiDbm: number, channel: number): void {
		this.#word(tapBytes << 16);
		this.#tlv(TapTlv.fcsType, 1);
		this.#word(TapFcs.crc16);
		if (!Number.isNaN(rssiDbm)) {
			this.#tlv(TapTlv.rss, 4);
			this.#view.setFloat32(this.#length, rssiDbm, true);
			this.#length += 4;
		}
		if (channel !== 0) {
			this.#tlv(TapTlv.channel, 3);
			this.#word(channel);
		}
	}

	#tlv(type: number, length: number): void {
		this.#word((length << 16) | type);
	}

	#word(value: number): void {
		this.#view.setUint32(this.#length, value, true);
		this.#length += 4;
	}

	#flush(): void {
		if (this.#length === 0) return;
		this.#sink(this.#chunk.subarray(0, this.#length));
		this.#length = 0;
	}
}

function tapLength(rssiDbm: number, channel: number): number {
	return TAP_BYTES + (Number.isNaN(rssiDbm) ? 0 : RSS_TLV_BYTES) + (channel === 0 ? 0 : CHANNEL_TLV_BYTES);
}
