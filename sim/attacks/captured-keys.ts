import { LinkAddress } from "../../firmware/address.js";
import type { MacHeader } from "../../firmware/frames/mac-frame.js";
import { Cmac } from "../../firmware/mac/cmac.js";
import { NetworkKeyProtection } from "../../firmware/mac/network-key.js";
import { octetsOf, pairwiseKeys } from "../../firmware/mac/pairwise-keys.js";
import type { FrameProtection } from "../../firmware/mac/protection.js";
import { EUI64_HIGH } from "../../firmware/mote/addresses.js";
import type { Cipher, Random } from "../../firmware/ports.js";
import { MemoryStore } from "../network.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Heard } from "./heard.js";
import type { Wire } from "./wire.js";

/** Names under which a network key is used at a time. */
const NAMES = 64;
const KEY_BYTES = 16;

export interface CapturedKeysOptions {
	readonly scenario: Scenario;
	readonly wire: Wire;
	readonly cipher: Cipher;
	readonly random: Random;
	/** The captured node; undefined for an outsider. */
	readonly captured: LinkAddress | undefined;
	/** Whether an address is a node's. */
	readonly isMember: (address: LinkAddress) => boolean;
}

/**
 * What an insider can sign with: the network key, which is everybody's, and the link keys of the captured node.
 *
 * Counters go on from where those of the honest owner of a name were heard last. An outsider, or an insider in
 * another's name, makes codes under a key that he has made up.
 */
export class CapturedKeys {
	readonly #options: CapturedKeysOptions;
	/** Of the network key, by the lower half of the address in whose name it is used. */
	readonly #counters = new Map<number, number>();
	readonly #protections = new Map<number, FrameProtection>();
	readonly #linkKeys = new Map<string, Cmac>();
	readonly #wrongKey: Cmac;
	#nonce = 0;

	constructor(options: CapturedKeysOptions) {
		this.#options = options;
		const { cipher, random } = options;
		this.#wrongKey = new Cmac(cipher.key(Uint8Array.from({ length: KEY_BYTES }, () => random.below(256))));
	}

	/** Notes the counters that honest frames bear in the clear. */
	note({ header, isOurs, isReadable, hasFragment, fragment, isChained, chain }: Heard): void {
		const { captured } = this.#options;
		if (isOurs || !isReadable || captured === undefined) return;
		const { low } = header.source;
		if (header.securityEnabled && header.security.frameCounter >= (this.#counters.get(low) ?? 0)) {
			this.#counters.set(low, header.security.frameCounter + 1);
			this.#protections.delete(low);
		}
		if (hasFragment && fragment.first && isChained && chain.keyed && header.source.equals(captured))
			this.#nonce = Math.max(this.#nonce, chain.nonce + 1);
	}

	/** Notes a counter that went out in somebody's name. */
	noteUsed({ source, security }: MacHeader): void {
		this.#counters.set(source.low, security.frameCounter + 1);
	}

	/** Link-layer security in somebody's name; undefined without the key, or where the network has none. */
	protectionOf(source: LinkAddress): FrameProtection | undefined {
		const { captured, wire, scenario, cipher } = this.#options;
		if (captured === undefined || wire.securityLevel === 0) return undefined;
		const known = this.#protections.get(source.low);
		if (known !== undefined) return known;
		const store = new MemoryStore();
		const counter = this.#counters.get(source.low) ?? 0;
		store.set("frame-counter", Uint8Array.of(counter >>> 24, counter >>> 16, counter >>> 8, counter));
		const made = new NetworkKeyProtection(cipher, store, {
			key: octetsOf(scenario.node.security.key),
			level: wire.securityLevel,
			own: source.byteLength === 8 ? source : LinkAddress.extended(EUI64_HIGH, source.low),
			eui64Of: (address) => LinkAddress.extended(EUI64_HIGH, address.low),
		});
		if (this.#protections.size >= NAMES) this.#protections.clear();
		this.#protections.set(source.low, made);
		return made;
	}

	/** The key of a link; one that does not hold for a name that is not the captured node's. */
	linkKey(source: LinkAddress, destination: LinkAddress): Cmac {
		const { captured, scenario, cipher, isMember } = this.#options;
		if (captured === undefined || !source.equals(captured)) return this.#wrongKey;
		const name = String(destination);
		let key = this.#linkKeys.get(name);
		if (key === undefined) {
			const keyOf = pairwiseKeys(cipher, octetsOf(scenario.node.chain.masterKey), captured, isMember);
			const octets = keyOf(destination);
			key = octets === undefined ? this.#wrongKey : new Cmac(cipher.key(octets));
			this.#linkKeys.set(name, key);
		}
		return key;
	}

	/** A nonce that the captured node has not used yet; any other number in another's name. */
	nextNonce(source: LinkAddress): number {
		const { captured, random } = this.#options;
		return captured !== undefined && source.equals(captured) ? this.#nonce++ : random.below(0x100000000);
	}
}
