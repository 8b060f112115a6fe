import type { LinkAddress } from "../address.js";
import { putAddress } from "../fragments/chain-hash.js";
import type { Cipher } from "../ports.js";
import { Cmac } from "./cmac.js";
import type { KeyOf } from "./link-keys.js";

const ADDRESS_BYTES = 8;
const KEY_BYTES = 16;

/** The 16 octets of a key from 32 hex digits. */
export function octetsOf(hex: string): Uint8Array {
	const octets = new Uint8Array(KEY_BYTES);
	for (let i = 0; i < KEY_BYTES; i++) octets[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
	return octets;
}

/**
 * The keys that `own` shares with each member of the network, as whoever sets the nodes up derives them: the CMAC of
 * both addresses, the lower first, under a master key that no node holds.
 */
export function pairwiseKeys(
	cipher: Cipher,
	master: Uint8Array,
	own: LinkAddress,
	isMember: (address: LinkAddress) => boolean,
): KeyOf {
	const self = own.clone();
	let cmac: Cmac | undefined;
	return (neighbour) => {
		if (neighbour.isBroadcast || neighbour.equals(self) || !isMember(neighbour)) return undefined;
		cmac ??= new Cmac(cipher.key(master));
		const isLower = self.high < neighbour.high || (self.high === neighbour.high && self.low < neighbour.low);
		const pair = new Uint8Array(2 * ADDRESS_BYTES);
		putAddress(isLower ? self : neighbour, pair, 0);
		putAddress(isLower ? neighbour : self, pair, ADDRESS_BYTES);
		return cmac.compute(pair, 0, pair.length).slice();
	};
}
