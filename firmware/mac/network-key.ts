import { AddressMode, type LinkAddress } from "../address.js";
import type { MacHeader } from "../frames/mac-frame.js";
import { KeyIdMode, micLengthOf } from "../frames/mac-security-header.js";
import type { Cipher, Store } from "../ports.js";
import { StoredCounter } from "../stored-counter.js";
import {
	requestSecurity,
	type SecurityDrop,
	SecurityKey,
	SecurityPeer,
	secureFrame,
	unsecureFrame,
} from "./frame-security.js";
import type { Eui64Of, FrameProtection } from "./protection.js";

/** Security control, frame counter and key index. */
const HEADER_BYTES = 6;
/** Authenticated senders whose frame counters are kept; only holders of the key ever take a place. */
const MAX_PEERS = 256;

export interface NetworkKeyOptions {
	/** The key that all nodes share, 16 octets. */
	readonly key: Uint8Array;
	/** Security level, 1 to 7: MIC of 4, 8 or 16 octets, from 5 on with encryption. 4 has no MIC and is refused. */
	readonly level: number;
	/** Our EUI-64. */
	readonly own: LinkAddress;
	readonly eui64Of: Eui64Of;
}

/**
 * One key for the whole network, key index 1: every data frame bears a MIC, and none without is accepted.
 *
 * Whoever does not hold the key can neither send nor replay; whoever holds it can be anybody. Frame counters of
 * others are forgotten at a power cycle, our own is not.
 */
export class NetworkKeyProtection implements FrameProtection {
	readonly overheadBytes: number;
	readonly #key: SecurityKey;
	readonly #keys: readonly SecurityKey[];
	readonly #level: number;
	readonly #own: LinkAddress;
	readonly #eui64Of: Eui64Of;
	readonly #counter: StoredCounter;
	readonly #peers: SecurityPeer[] = [];

	/** Throws a RangeError for a level without MIC or a key of another length. */
	constructor(cipher: Cipher, store: Store, options: NetworkKeyOptions) {
		const { key, level, own, eui64Of } = options;
		if (!(level >= 1 && level <= 7) || micLengthOf(level) === 0) {
			throw new RangeError(`NetworkKeyProtection: expected level 1, 2, 3, 5, 6 or 7, got ${level}`);
		}
		const minimumMicLength = micLengthOf(level);
		this.#key = new SecurityKey(cipher, key, {
			keyIdMode: KeyIdMode.index,
			minimumMicLength,
			requireEncryption: level > 4,
		});
		this.#keys = [this.#key];
		this.#level = level;
		this.#own = own.clone();
		this.#eui64Of = eui64Of;
		this.#counter = new StoredCounter(store, "frame-counter");
		this.overheadBytes = HEADER_BYTES + minimumMicLength;
	}

	prepare(header: MacHeader): boolean {
		const counter = this.#counter.next();
		if (counter < 0) return false;
		requestSecurity(header, this.#key, this.#level, counter);
		return true;
	}

	protect(header: MacHeader, frame: Uint8Array, offset: number, end: number): number {
		const { high, low } = this.#own;
		return secureFrame(header, frame, 0, offset, end, this.#key, high, low) as number;
	}

	unprotect(header: MacHeader, psdu: Uint8Array, clear: Uint8Array): Uint8Array | SecurityDrop {
		const eui64 = header.source.mode === AddressMode.extended ? header.source : this.#eui64Of(header.source);
		if (eui64 === undefined) return "mac-security-device-unknown";
		const known = this.#peers.find(({ high, low }) => low === eui64.low && high === eui64.high);
		const peer = known ?? new SecurityPeer(eui64.high, eui64.low);
		const opened = unsecureFrame(header, psdu, 0, this.#keys, peer, clear);
		if (typeof opened === "string") return opened;
		if (known === undefined) {
			// Forgetting a counter would let its frames be replayed: rather refuse the newcomer.
			if (this.#peers.length >= MAX_PEERS) return "mac-security-device-unknown";
			this.#peers.push(peer);
		}
		return clear;
	}
}
