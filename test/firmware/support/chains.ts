import type { LinkAddress } from "../../../firmware/address.js";
import type { ChainPlan } from "../../../firmware/fragments/chain-sender.js";
import {
	type ChainShape,
	chainedFirstBytes,
	chainedNextBytes,
} from "../../../firmware/frames/chained-fragment.js";
import { FRAG1_BYTES, FRAGN_BYTES } from "../../../firmware/frames/fragment.js";
import { Cmac } from "../../../firmware/mac/cmac.js";
import { type KeyOf, LinkKeyring } from "../../../firmware/mac/link-keys.js";
import { airtimeUs } from "../../../firmware/mac/timing.js";
import type { Store } from "../../../firmware/ports.js";
import { hostCipher } from "../../../host-tools/crypto.js";
import { counting, udpPacket } from "./packets.js";

export const LINK_KEY = Uint8Array.from({ length: 16 }, (_, i) => 0xa0 + i);
/** Headers of {@link standardPacket}, as they are and compressed. */
const HEADER_BYTES = 48;
const COMPRESSED_BYTES = 10;
const PSDU_BYTES = 127;

/** A packet of `size` octets whose headers of 48 octets compress to 10 between short or 64-bit addresses. */
export function standardPacket(size: number, from = 0): Uint8Array {
	const payload = counting(size - HEADER_BYTES, from);
	return udpPacket({ hopLimit: 33, sourcePort: 40000, destinationPort: 5683, payload });
}

/** What a packet costs on the air. */
export interface PacketCost {
	readonly fragments: number;
	/** Octets of all MAC payloads. */
	readonly octets: number;
	/** Time of its data frames on the air, each sent once. */
	readonly airtimeUs: number;
}

/**
 * The cost of {@link standardPacket} in closed form: `room` octets a MAC payload, plain (RFC 4944) without a shape.
 *
 * The first fragment bears f more octets than its headers and each next one g; all but the last end on a multiple of
 * 8 octets of the packet. The MAC header and FCS take what `room` leaves of 127 octets.
 */
export function packetCost(size: number, room: number, shape?: ChainShape): PacketCost {
	const f = FRAG1_BYTES + (shape === undefined ? 0 : chainedFirstBytes(shape));
	const g = FRAGN_BYTES + (shape === undefined ? 0 : chainedNextBytes(shape));
	const sent = size - HEADER_BYTES + COMPRESSED_BYTES;
	let fragments = 1;
	if (sent > room) {
		const first = 8 * Math.floor((room - f - COMPRESSED_BYTES + HEADER_BYTES) / 8);
		const next = 8 * Math.floor((room - g) / 8);
		fragments = 2 + Math.max(0, Math.ceil((size - first - (room - g)) / next));
	}
	const octets = sent + (fragments === 1 ? 0 : f + (fragments - 1) * g);
	const macBytes = PSDU_BYTES - room;
	return {
		fragments,
		octets,
		airtimeUs: fragments * airtimeUs(macBytes) + octets * (airtimeUs(1) - airtimeUs(0)),
	};
}

/** A plan with a nonce; `key` makes it keyed. */
export function planOf(tokenBytes: number, nonce: number, key?: Uint8Array): ChainPlan {
	const cmac = key === undefined ? undefined : new Cmac(hostCipher.key(key));
	return { keyed: key !== undefined, tokenBytes, nonce, key: cmac };
}

/** A store over `blobs`. */
export function storeOf(blobs: Map<string, Uint8Array>): Store {
	return {
		get: (name) => blobs.get(name),
		set: (name, value) => {
			if (value === undefined) blobs.delete(name);
			else blobs.set(name, value.slice());
			return true;
		},
	};
}

/** Keyring that shares {@link LINK_KEY} with one neighbour, or what `keyOf` says. */
export function keyringWith(
	neighbour: LinkAddress,
	blobs = new Map<string, Uint8Array>(),
	key: Uint8Array = LINK_KEY,
) {
	const keyOf: KeyOf = (address) => (address.equals(neighbour) ? key : undefined);
	return new LinkKeyring(hostCipher, storeOf(blobs), keyOf);
}
