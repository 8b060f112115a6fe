import type { LinkAddress } from "../../firmware/address.js";
import { copyBytes } from "../../firmware/bytes.js";
import type { ContextTable } from "../../firmware/frames/context-table.js";
import { putFcs } from "../../firmware/frames/fcs.js";
import { decodeMacHeader, encodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { FCS_BYTES, MAX_PSDU_BYTES } from "../../firmware/mac/timing.js";
import type { Digest, Random } from "../../firmware/ports.js";
import type { CapturedKeys } from "./captured-keys.js";
import type { Wire } from "./wire.js";

/** The network whose frames are forged. */
export interface ForgeOptions {
	readonly panId: number;
	readonly wire: Wire;
	readonly contexts: ContextTable;
	readonly hopLimit: number;
	readonly elideUdpChecksum: boolean;
	readonly random: Random;
	readonly digest: Digest;
	readonly keys: CapturedKeys;
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

/** Makes MAC frames that look as the network's own, with the firmware's codecs. */
export class FrameForge {
	protected readonly options: ForgeOptions;
	readonly #header = new MacHeader();

	constructor(options: ForgeOptions) {
		this.options = options;
	}

	/** Octets that the payload of such a frame may have. */
	room({ source, destination }: FrameClaims): number {
		const overhead = this.options.keys.protectionOf(source)?.overheadBytes ?? 0;
		return MAX_PSDU_BYTES - 3 - 2 - source.byteLength - destination.byteLength - overhead - FCS_BYTES;
	}

	/** A data frame around a payload. */
	frame(claims: FrameClaims, payload: Uint8Array): Uint8Array {
		const { source, destination, seq = this.options.random.below(256), ack = false } = claims;
		const header = this.#header;
		header.type = FrameType.data;
		header.version = 1;
		header.securityEnabled = false;
		header.ackRequest = ack;
		header.panIdCompression = true;
		header.seq = seq;
		header.destinationPan = this.options.panId;
		header.sourcePan = -1;
		header.destination.set(destination);
		header.source.set(source);
		const frame = new Uint8Array(MAX_PSDU_BYTES);
		const at = encodeMacHeader(header, frame, 0);
		copyBytes(payload, 0, frame, at, payload.length);
		const length = at + payload.length + FCS_BYTES;
		putFcs(frame, length);
		return frame.subarray(0, length);
	}

	/**
	 * The frame under link-layer security, where a captured key allows it: just before it goes out, as its counter must
	 * be above all that went out before. Other frames come back as they are.
	 */
	secured(psdu: Uint8Array): Uint8Array {
		const end = psdu.length - FCS_BYTES;
		const header = this.#header;
		if (typeof decodeMacHeader(psdu, 0, end, header) === "string") return psdu;
		if (header.type !== FrameType.data || header.securityEnabled) return psdu;
		const protection = this.options.keys.protectionOf(header.source);
		if (protection === undefined) return psdu;
		const payload = psdu.subarray(header.next, end);
		protection.prepare(header);
		this.options.keys.noteUsed(header);
		const frame = new Uint8Array(MAX_PSDU_BYTES);
		const at = encodeMacHeader(header, frame, 0);
		frame.set(payload, at);
		const length = protection.protect(header, frame, at, at + payload.length) + FCS_BYTES;
		putFcs(frame, length);
		return frame.subarray(0, length);
	}

	/** An immediate acknowledgement (IEEE 802.15.4-2020, 7.3.3). */
	acknowledgement(seq: number): Uint8Array {
		const psdu = Uint8Array.of(FrameType.ack, 0, seq, 0, 0);
		putFcs(psdu, psdu.length);
		return psdu;
	}

	/** `length` random octets. */
	noise(length: number): Uint8Array {
		return Uint8Array.from({ length }, () => this.options.random.below(256));
	}

	/** A random fragment tag. */
	tag(): number {
		return this.options.random.below(0x10000);
	}
}
