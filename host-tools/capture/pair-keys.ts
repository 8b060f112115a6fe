import { type LinkAddress, parseLinkAddress } from "../../firmware/address.js";
import { Cmac } from "../../firmware/mac/cmac.js";
import { type ChainKeys, type KeyOf, LinkKey } from "../../firmware/mac/link-keys.js";
import { octetsOf, pairwiseKeys } from "../../firmware/mac/pairwise-keys.js";
import { hostCipher } from "../crypto.js";
import { UserError } from "../errors.js";

const KEY = /^[0-9a-fA-F]{32}$/;

/**
 * The link keys of a whole network, as somebody who set it up knows them: of named pairs, or of all pairs under a
 * master key, as simulated nodes have them. Nonces are watched for each sender and receiver.
 */
export class PairKeys implements ChainKeys {
	readonly #pairs = new Map<string, Uint8Array>();
	readonly #master: Uint8Array | undefined;
	/** By source, destination: each direction has nonces of its own. */
	readonly #found = new Map<string, LinkKey | undefined>();

	/** `pairs` as `0x0001,0x0002=` and 32 hex digits; `master` 32 hex digits. Throws a UserError. */
	constructor(pairs: readonly string[], master: string | undefined) {
		for (const text of pairs) {
			const [, first, second, key] = /^([^,=]+),([^,=]+)=(.*)$/.exec(text) ?? [];
			const ends = [first, second].map((end) => parseLinkAddress(end ?? ""));
			const [a, b] = ends;
			if (a === undefined || b === undefined || key === undefined || !KEY.test(key)) {
				const expected = "expected a key as 0x0001,0x0002=2b7e151628aed2a6abf7158809cf4f3c";
				throw new UserError(`--link-key: ${expected}, found '${text}'`);
			}
			const name = pairName(a, b);
			if (this.#pairs.has(name))
				throw new UserError(`--link-key: expected one key a pair, found two for ${name}`);
			this.#pairs.set(name, octetsOf(key));
		}
		if (master !== undefined && !KEY.test(master)) {
			throw new UserError(`--master-key: expected 32 hex digits, found '${master}'`);
		}
		this.#master = master === undefined ? undefined : octetsOf(master);
	}

	find(source: LinkAddress, destination: LinkAddress): LinkKey | undefined {
		const direction = `${source},${destination}`;
		if (this.#found.has(direction)) return this.#found.get(direction);
		const octets = this.#pairs.get(pairName(source, destination)) ?? this.#keyOf(source)?.(destination);
		const key = octets === undefined ? undefined : keyOf(new Cmac(hostCipher.key(octets)), source);
		this.#found.set(direction, key);
		return key;
	}

	accept(key: LinkKey, nonce: number): boolean {
		if (nonce < key.nextNonce) return false;
		key.nextNonce = nonce + 1;
		return true;
	}

	#keyOf(own: LinkAddress): KeyOf | undefined {
		return this.#master === undefined ? undefined : pairwiseKeys(hostCipher, this.#master, own, () => true);
	}
}

function pairName(a: LinkAddress, b: LinkAddress): string {
	return [String(a), String(b)].sort().join(" and ");
}

function keyOf(cmac: Cmac, source: LinkAddress): LinkKey {
	return new LinkKey({ cmacOf: () => cmac }, source.clone(), 0);
}
