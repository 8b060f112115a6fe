import { LinkAddress } from "../address.js";
import { putU16be, u16be } from "../bytes.js";
import { Dispatch, EXPERIMENTAL_PAGE } from "./lowpan.js";

/** Message type on page 15; types from 0x01 to 0x3f are Lowguard's own. */
export const GRADIENT_BEACON_TYPE = 0x20;
/** Octets of a beacon, page switch included. */
export const GRADIENT_BEACON_BYTES = 17;

export type GradientDrop = "gradient-truncated" | "gradient-type";

/**
 * What a node says of its way to the sink.
 *
 * On the air, big-endian: 0xff (page 15, RFC 8025), type 0x20, sequence of the sender's broadcasts (2),
 * epoch (2), hops (1), cost (2), interface identifier of the sink (8).
 */
export class GradientBeacon {
	/** Rises with each beacon of this sender: shows its neighbours what they missed. */
	sequence = 0;
	/** Rises with each beacon of the sink: shows how fresh the route is. */
	epoch = 0;
	/** Radio hops to the sink, 0 at the sink. */
	hops = 0;
	/** Expected transmissions to the sink, times 256, at most 65,535. */
	cost256 = 0;
	/** The sink that the way leads to. */
	readonly root = new LinkAddress();
	next = 0;
}

/** Encodes a beacon, page switch first; returns the next offset. */
export function encodeGradientBeacon(
	beacon: Pick<GradientBeacon, "sequence" | "epoch" | "hops" | "cost256" | "root">,
	bytes: Uint8Array,
	offset: number,
): number {
	bytes[offset] = Dispatch.page | EXPERIMENTAL_PAGE;
	bytes[offset + 1] = GRADIENT_BEACON_TYPE;
	putU16be(bytes, offset + 2, beacon.sequence);
	putU16be(bytes, offset + 4, beacon.epoch);
	bytes[offset + 6] = beacon.hops;
	putU16be(bytes, offset + 7, beacon.cost256);
	beacon.root.writeInterfaceId(bytes, offset + 9);
	return offset + GRADIENT_BEACON_BYTES;
}

/** Decodes a beacon whose type octet is at `offset`, behind the page switch. */
export function decodeGradientBeacon(
	bytes: Uint8Array,
	offset: number,
	end: number,
	into: GradientBeacon = new GradientBeacon(),
): GradientBeacon | GradientDrop {
	if (offset + GRADIENT_BEACON_BYTES - 1 > end) return "gradient-truncated";
	if (bytes[offset] !== GRADIENT_BEACON_TYPE) return "gradient-type";
	into.sequence = u16be(bytes, offset + 1);
	into.epoch = u16be(bytes, offset + 3);
	into.hops = bytes[offset + 5]!;
	into.cost256 = u16be(bytes, offset + 6);
	into.root.setInterfaceId(bytes, offset + 8);
	into.next = offset + GRADIENT_BEACON_BYTES - 1;
	return into;
}
