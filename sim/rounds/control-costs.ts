import { Advertisement, encodeAdvertisement } from "../../firmware/frames/cluster-advertisement.js";
import { encodeJoin, Join } from "../../firmware/frames/cluster-join.js";
import { encodeSchedule, Schedule } from "../../firmware/frames/cluster-schedule.js";
import { CLUSTERS, encodeHello, Hello } from "../../firmware/frames/hello.js";
import { encodeMacHeader, MacHeader } from "../../firmware/frames/mac-frame.js";
import { FCS_BYTES } from "../../firmware/mac/timing.js";

/** Preamble, start-of-frame delimiter and length (IEEE 802.15.4-2020, 12.1.2). */
const PHY_HEADER_BYTES = 6;
const MAX_PSDU_BYTES = 127;
const SHORT_NAME_BYTES = 2;

/** Bits on the air of each message of an election. */
export interface ControlBits {
	readonly hello: number;
	readonly advertisement: number;
	readonly join: number;
	/** Of all frames that name so many members. */
	schedule(members: number): number;
}

/** How the messages of an election are accounted for. */
export type ControlAccounting = "none" | "bits" | "frames";

/** Bits of each message: none at all, the same number for each, or those of the firmware's own frames. */
export function controlBits(accounting: ControlAccounting, bits: number): ControlBits {
	if (accounting === "frames") return framesBits();
	const each = accounting === "none" ? 0 : bits;
	return { hello: each, advertisement: each, join: each, schedule: () => each };
}

/** Whole PPDUs with short addresses and without security: PHY header, MAC header, payload, checksum. */
function framesBits(): ControlBits {
	const bytes = new Uint8Array(MAX_PSDU_BYTES);
	const header = new MacHeader();
	header.panIdCompression = true;
	header.destinationPan = 0xabcd;
	header.destination.setShort(1);
	header.source.setShort(2);
	const around = PHY_HEADER_BYTES + encodeMacHeader(header, bytes, 0) + FCS_BYTES;
	const ofPayload = (payloadBytes: number): number => 8 * (around + payloadBytes);
	const hello = new Hello();
	hello.capabilities = CLUSTERS;
	const emptyBytes = encodeSchedule(new Schedule(), bytes, 0);
	const mostMembers = Math.floor(
		(MAX_PSDU_BYTES + PHY_HEADER_BYTES - around - emptyBytes) / SHORT_NAME_BYTES,
	);
	return {
		hello: ofPayload(encodeHello(hello, bytes, 0)),
		advertisement: ofPayload(encodeAdvertisement(new Advertisement(), bytes, 0)),
		join: ofPayload(encodeJoin(new Join(), bytes, 0)),
		schedule(members) {
			const frames = Math.max(1, Math.ceil(members / mostMembers));
			return frames * ofPayload(emptyBytes) + 8 * SHORT_NAME_BYTES * members;
		},
	};
}
