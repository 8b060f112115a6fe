import { decodeFragmentHeader, FRAGN_BYTES, FragmentHeader } from "../../firmware/frames/fragment.js";
import { decodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { FCS_BYTES } from "../../firmware/mac/timing.js";
import type { Scenario } from "../scenario/scenario.js";

/** Security control, frame counter and key index. */
const SECURITY_BYTES = 6;
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
	/** Octets after the fragment header, MIC and FCS left out. */
	fragmentEnd = 0;

	/** Takes a whole frame over. */
	whole(psdu: Uint8Array): this {
		const end = psdu.length - FCS_BYTES;
		this.psdu = psdu;
		const { header, fragment } = this;
		this.isReadable = typeof decodeMacHeader(psdu, 0, end, header) !== "string";
		this.isUnicast =
			this.isReadable && header.type === FrameType.data && !header.destination.isBroadcast && header.seq >= 0;
		this.hasFragment = false;
		if (!this.isUnicast || (header.securityEnabled && header.security.level >= ENCRYPTED)) return this;
		this.fragmentEnd = header.end;
		this.hasFragment = typeof decodeFragmentHeader(psdu, header.next, header.end, fragment) !== "string";
		return this;
	}

	/** Takes over a frame of which only the first `octets` are there; its length stands before them on the air. */
	beginning(psdu: Uint8Array, octets: number): this {
		this.whole(psdu);
		this.psdu = psdu.subarray(0, octets);
		if (this.hasFragment && this.fragment.next > octets) this.hasFragment = false;
		return this;
	}
}

/** Octets of a frame from which its addresses and its fragment header can be read, in a scenario's network. */
export function beginningBytes({ node }: Scenario): number {
	const macBytes = node.addressing === "short" ? 9 : 21;
	return macBytes + (node.security.level > 0 ? SECURITY_BYTES : 0) + FRAGN_BYTES;
}
