import type { LinkAddress } from "../firmware/address.js";
import { putAddress } from "../firmware/fragments/chain-hash.js";
import { Cmac } from "../firmware/mac/cmac.js";
import type { KeyOf } from "../firmware/mac/link-keys.js";
import type { Cipher } from "../firmware/ports.js";

const ADDRESS_BYTES = 8;

/** 16 octets from 32 hex digits. */
export function octetsOf(hex: string): Uint8Array {
	return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/**
 * The keys that `own` shares with each member of the network, as whoever set the nodes up derived them: the CMAC of
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
