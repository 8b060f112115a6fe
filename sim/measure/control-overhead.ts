import { ADVERTISEMENT_TYPE } from "../../firmware/frames/cluster-advertisement.js";
import { JOIN_TYPE } from "../../firmware/frames/cluster-join.js";
import { RECEIPT_TYPE } from "../../firmware/frames/cluster-receipt.js";
import { SCHEDULE_TYPE } from "../../firmware/frames/cluster-schedule.js";
import { SYNC_TYPE } from "../../firmware/frames/cluster-sync.js";
import { HELLO_TYPE } from "../../firmware/frames/hello.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "../../firmware/frames/lowpan.js";
import { decodeMacHeader, FrameType, MacHeader } from "../../firmware/frames/mac-frame.js";
import { airtimeUs, FCS_BYTES } from "../../firmware/mac/timing.js";

/** Octets on the air by what they are for, FCS included, preambles not; retransmissions counted. */
export interface OctetsOnAir {
	sync: number;
	advertisement: number;
	join: number;
	schedule: number;
	receipt: number;
	hello: number;
	/** Other frames, and those whose payload is encrypted. */
	data: number;
	acknowledgement: number;
}

type Kind = keyof OctetsOnAir;

const KINDS: ReadonlyMap<number, Kind> = new Map<number, Kind>([
	[HELLO_TYPE, "hello"],
	[SYNC_TYPE, "sync"],
	[ADVERTISEMENT_TYPE, "advertisement"],
	[JOIN_TYPE, "join"],
	[SCHEDULE_TYPE, "schedule"],
	[RECEIPT_TYPE, "receipt"],
]);

/** Security level from which on payloads are encrypted. */
const ENCRYPTED = 4;

/** Tells what frames are for, and how long those of the clusters' own protocol take. */
export class ControlOverhead {
	readonly octets: OctetsOnAir = {
		sync: 0,
		advertisement: 0,
		join: 0,
		schedule: 0,
		receipt: 0,
		hello: 0,
		data: 0,
		acknowledgement: 0,
	};
	/** Airtime of control frames of nodes that are no sinks, in µs. */
	airUs = 0;
	readonly #header = new MacHeader();

	/** Octets of the clusters' own protocol. */
	get controlOctets(): number {
		const { data, acknowledgement, ...control } = this.octets;
		return Object.values(control).reduce((sum, octets) => sum + octets, 0);
	}

	note(psdu: Uint8Array, isSinks: boolean): void {
		const kind = this.#kindOf(psdu);
		this.octets[kind] += psdu.length;
		if (!isSinks && kind !== "data" && kind !== "acknowledgement") this.airUs += airtimeUs(psdu.length);
	}

	#kindOf(psdu: Uint8Array): Kind {
		const header = decodeMacHeader(psdu, 0, psdu.length - FCS_BYTES, this.#header);
		if (typeof header === "string") return "data";
		if (header.type === FrameType.ack) return "acknowledgement";
		if (header.securityEnabled && header.security.level > ENCRYPTED) return "data";
		if (psdu[header.next] !== (Dispatch.page | EXPERIMENTAL_PAGE)) return "data";
		return KINDS.get(psdu[header.next + 1]!) ?? "data";
	}
}
