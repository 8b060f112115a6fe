import { AddressMode, COPIES, type LinkAddress, type Names } from "../address.js";
import { i32be, putI32be } from "../bytes.js";
import type { Cipher, Store } from "../ports.js";
import { BLOCK_BYTES, Cmac } from "./cmac.js";

/** Neighbours whose keys are at hand at once. */
export const MAX_KEYS = 256;
/** Keys with which codes can be made at once; with others it takes a new key schedule. */
const READY_KEYS = 8;
/** Nonces reserved in the store at a time: a power cycle costs at most as many. */
export const NONCE_BLOCK = 64;
/** No nonce reaches this: the counter ends before. */
const LAST_NONCE = 0xffffffff;
const NONCE_BYTES = 4;

/** The key that a node shares with one neighbour: 16 octets; undefined for those with whom it shares none. */
export type KeyOf = (neighbour: LinkAddress) => Uint8Array | undefined;

/** The link keys that authenticate chained fragments; a {@link LinkKeyring} is those of one node. */
export interface ChainKeys {
	/** The key under which `source` sends to `destination`; undefined when there is none. */
	find(source: LinkAddress, destination: LinkAddress): LinkKey | undefined;
	/** Accepts a nonce that was authenticated; false when it, or a later one, came before. */
	accept(key: LinkKey, nonce: number): boolean;
}

/** Makes codes under keys. */
export interface CmacSource {
	/** What makes codes under a key. */
	cmacOf(key: LinkKey): Cmac;
}

/** The key of one link, and the nonces of the neighbour that were accepted under it. */
export class LinkKey {
	readonly #cmacs: CmacSource;
	readonly neighbour: LinkAddress;
	/** The lowest nonce that is still acceptable. */
	nextNonce: number;
	/** Nonces below this are used up as far as the store knows. */
	reserved: number;
	/** The last nonce under which we sent; -1 before the first since our start. */
	sentNonce = -1;
	/** The number of the neighbour's last start, as its HELLO tells; -1 before the first. */
	boot = -1;
	/** When its last power cycle was heeded. */
	bootHeededUs = Number.NEGATIVE_INFINITY;

	constructor(cmacs: CmacSource, neighbour: LinkAddress, nextNonce: number) {
		this.#cmacs = cmacs;
		this.neighbour = neighbour;
		this.nextNonce = nextNonce;
		this.reserved = nextNonce;
	}

	get cmac(): Cmac {
		return this.#cmacs.cmacOf(this);
	}

	/** Whether the store knows all of it: nothing was accepted or sent under it since it was made. */
	get isUnused(): boolean {
		return this.sentNonce < 0 && this.nextNonce === this.reserved;
	}
}

/**
 * The keys that a node shares with each of its neighbours.
 *
 * A neighbour's nonces rise strictly, and none is accepted twice, not after a power cycle either: a block of them is
 * reserved in the store before the first one is accepted.
 */
export class LinkKeyring implements ChainKeys, CmacSource {
	readonly #cipher: Cipher;
	readonly #store: Store;
	readonly #keyOf: KeyOf;
	readonly #names: Names;
	readonly #keys: LinkKey[] = [];
	/** The key that was found last: most often it is asked for again. */
	#last: LinkKey | undefined;
	/** The keys that were used last, as far as they are ready, and what makes codes under them. */
	readonly #ready: LinkKey[] = [];
	readonly #cmacs: Cmac[] = [];
	#nextReady = 0;
	/** Where the codes under all keys are made. */
	readonly #tag = new Uint8Array(BLOCK_BYTES);

	constructor(cipher: Cipher, store: Store, keyOf: KeyOf, names = COPIES) {
		this.#names = names;
		this.#cipher = cipher;
		this.#store = store;
		this.#keyOf = keyOf;
	}

	/** The key shared with `neighbour`; undefined when there is none. */
	find(neighbour: LinkAddress): LinkKey | undefined {
		const last = this.#last;
		if (last?.neighbour.equals(neighbour) === true) return last;
		for (let i = 0; i < this.#keys.length; i++) {
			const key = this.#keys[i]!;
			if (key.neighbour.equals(neighbour)) return (this.#last = key);
		}
		if (this.#keyOf(neighbour) === undefined) return undefined;
		// Whoever bears the addresses of many members must not keep the next one out. But forgetting a nonce would let its
		// packet be replayed: rather do without the newcomer.
		const isFull = this.#keys.length >= MAX_KEYS;
		const place = isFull ? this.#keys.findIndex(({ isUnused }) => isUnused) : this.#keys.length;
		if (place < 0) return undefined;
		const key = new LinkKey(this, this.#names.nameOf(neighbour), this.storedNonce(neighbour));
		this.#keys[place] = key;
		this.#last = key;
		return key;
	}

	cmacOf(key: LinkKey): Cmac {
		const known = this.#ready.indexOf(key);
		if (known >= 0) return this.#cmacs[known]!;
		const made = new Cmac(this.#cipher.key(this.#keyOf(key.neighbour)!), this.#tag);
		this.#ready[this.#nextReady] = key;
		this.#cmacs[this.#nextReady] = made;
		this.#nextReady = (this.#nextReady + 1) % READY_KEYS;
		return made;
	}

	/** The lowest nonce that no power cycle can have made acceptable again; none is where the store is spoiled. */
	private storedNonce(neighbour: LinkAddress): number {
		const blob = this.#store.get(nameOf(neighbour));
		if (blob === undefined) return 0;
		return blob.length === NONCE_BYTES ? i32be(blob, 0) >>> 0 : LAST_NONCE;
	}

	/** Accepts a nonce that was authenticated; false when it, or a later one, came before. */
	accept(key: LinkKey, nonce: number): boolean {
		// The last one could not be told from those that are reserved.
		if (nonce < key.nextNonce || nonce >= LAST_NONCE) return false;
		if (nonce >= key.reserved) {
			const reserved = Math.min(nonce + NONCE_BLOCK, LAST_NONCE);
			const blob = new Uint8Array(NONCE_BYTES);
			putI32be(blob, 0, reserved | 0);
			// A nonce that a power cycle would make acceptable again is refused at once.
			if (!this.#store.set(nameOf(key.neighbour), blob)) return false;
			key.reserved = reserved;
		}
		key.nextNonce = nonce + 1;
		return true;
	}
}

/** Name of the blob that holds the nonces of a neighbour: at most 15 characters, as NVS wants it, and his alone. */
function nameOf({ mode, high, low }: LinkAddress): string {
	return mode === AddressMode.extended ? `n${base36(high)}${base36(low)}` : `n${low.toString(36)}`;
}

/** 32 bits as 7 digits. */
function base36(value: number): string {
	return (value >>> 0).toString(36).padStart(7, "0");
}
