import {
	ChainedFirst,
	decodeChainedFirst,
	PAGE_SWITCH_BYTES,
} from "../../firmware/frames/chained-fragment.js";
import { decodeFragmentHeader, FragmentHeader } from "../../firmware/frames/fragment.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "../../firmware/frames/lowpan.js";
import { decodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { FCS_BYTES } from "../../firmware/mac/timing.js";
import type { Wire } from "./wire.js";

/** Security levels from here on encrypt (IEEE 802.15.4-2020, 9.4.1.1). */
const ENCRYPTED = 4;

/** A frame as an attacker's radio received it, dissected as far as it is in the clear. */
export class Heard {
	/** FCS included; only its beginning, where the frame is still on the air. */
	psdu: Uint8Array = new Uint8Array(0);
	rssiDbm = 0;
	/** When its last octet was over. */
	endUs = 0;
	/** Sent by a radio of the same attackers. */
	isOurs = false;
	readonly header = new MacHeader();
	/** Whether the MAC header could be read. */
	isReadable = false;
	/** A readable data frame to one node. */
	isUnicast = false;
	/** Whether it carries a fragment whose header is in the clear. */
	hasFragment = false;
	readonly fragment = new FragmentHeader();
	/** Whether the fragment is chained; of a first one, `chain` says how. */
	isChained = false;
	readonly chain = new ChainedFirst();
	/** Where the token of a chained fragment is. */
	tokenAt = 0;
	/** The fragment's own content: `psdu[contentAt..contentEnd)`, without MIC and FCS. */
	contentAt = 0;
	contentEnd = 0;
	readonly #wire: Wire;

	constructor(wire: Wire) {
		this.#wire = wire;
	}

	/** Takes over a frame of which only the first `octets` are there; its length stands before them on the air. */
	beginning(psdu: Uint8Array, octets: number): this {
		this.whole(psdu);
		this.psdu = psdu.subarray(0, octets);
		if (this.hasFragment && this.fragment.next > octets) this.hasFragment = false;
		return this;
	}

	/** Takes a whole frame over. */
	whole(psdu: Uint8Array): this {
		const end = psdu.length - FCS_BYTES;
		this.psdu = psdu;
		const { header } = this;
		this.isReadable = typeof decodeMacHeader(psdu, 0, end, header) !== "string";
		this.isUnicast =
			this.isReadable && header.type === FrameType.data && !header.destination.isBroadcast && header.seq >= 0;
		this.hasFragment = false;
		if (!this.isUnicast || (header.securityEnabled && header.security.level >= ENCRYPTED)) return this;
		this.contentEnd = header.end;
		this.isChained = psdu[header.next] === (Dispatch.page | EXPERIMENTAL_PAGE);
		const at = header.next + (this.isChained ? PAGE_SWITCH_BYTES : 0);
		const fragment = decodeFragmentHeader(psdu, at, header.end, this.fragment);
		this.hasFragment = typeof fragment !== "string" && this.#findContent();
		return this;
	}

	/** Whether the fragment is the last one of its datagram. */
	get isLast(): boolean {
		const { first, offset, size } = this.fragment;
		return !first && offset + this.contentEnd - this.contentAt >= size;
	}

	#findContent(): boolean {
		const { fragment, chain, psdu, contentEnd } = this;
		this.contentAt = fragment.next;
		if (!this.isChained) return true;
		this.tokenAt = fragment.next;
		if (!fragment.first) this.contentAt = fragment.next + this.#wire.tokenBytes;
		else {
			if (typeof decodeChainedFirst(psdu, fragment.next, contentEnd, chain) === "string") return false;
			this.tokenAt = chain.tokenOffset;
			this.contentAt = chain.next;
		}
		return this.contentAt <= contentEnd;
	}
}
