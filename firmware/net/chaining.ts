import type { LinkAddress } from "../address.js";
import type { ChainPlan } from "../fragments/chain-sender.js";
import { CHAINS, type Hello } from "../frames/hello.js";
import type { Cmac } from "../mac/cmac.js";
import { type LinkKey, type LinkKeyring, NONCE_BLOCK } from "../mac/link-keys.js";
import type { Random, Store } from "../ports.js";
import { StoredCounter } from "../stored-counter.js";
import type { Neighbour, NeighbourTable } from "../trust/neighbours.js";

/** How a node chains what it sends. */
export interface ChainingConfig {
	/** b without a key: 8, 12 or 16 octets. */
	readonly tokenBytes: number;
	/** b under a key: 4, 8, 12 or 16 octets. */
	readonly keyedTokenBytes: number;
	/** Time between two HELLOs. */
	readonly helloPeriodUs: number;
}

/** What a node does that is configured no otherwise: see `../README.md` for why tokens are so long. */
export const CHAINING_DEFAULTS: ChainingConfig = {
	tokenBytes: 8,
	keyedTokenBytes: 4,
	helloPeriodUs: 30_000_000,
};

/** A neighbour's power cycle is heeded once in this time: whoever makes them up costs us few nonces. */
const BOOT_HEED_US = 10_000_000;

class Plan implements ChainPlan {
	keyed = false;
	tokenBytes = 0;
	nonce = 0;
	key: Cmac | undefined;
}

/**
 * Which packets a node chains, and whose plain fragments it refuses.
 *
 * Under a key always. Without one, towards those who announced that they understand it. Capability is sticky: only a
 * message that link-layer security vouches for takes an announcement back, and a neighbour whose chained packet was
 * verified once is not believed to send plain fragments any more.
 */
export class Chaining {
	readonly keys: LinkKeyring | undefined;
	readonly #config: ChainingConfig;
	readonly #neighbours: NeighbourTable;
	readonly #random: Random;
	readonly #nonces: StoredCounter | undefined;
	/** No nonce from this one on was sent before our start. */
	readonly #firstNonce: number = 0;
	readonly #plan = new Plan();

	constructor(
		config: ChainingConfig,
		keys: LinkKeyring | undefined,
		neighbours: NeighbourTable,
		random: Random,
		store: Store,
	) {
		this.#config = config;
		this.keys = keys;
		this.#neighbours = neighbours;
		this.#random = random;
		if (keys === undefined) return;
		this.#nonces = new StoredCounter(store, "chain-nonce", NONCE_BLOCK);
		this.#firstNonce = this.#nonces.upcoming;
	}

	/** How to chain a packet to `destination`: the same object each time; undefined for plain fragments. */
	planFor(destination: LinkAddress): ChainPlan | "nonce-exhausted" | undefined {
		const plan = this.#plan;
		const key = destination.isBroadcast ? undefined : this.keys?.find(destination);
		plan.keyed = key !== undefined;
		plan.key = key?.cmac;
		if (key !== undefined) {
			const nonce = this.#nonces!.next();
			if (nonce < 0) return "nonce-exhausted";
			plan.nonce = nonce;
			key.sentNonce = nonce;
			plan.tokenBytes = this.#config.keyedTokenBytes;
			return plan;
		}
		const understands = destination.isBroadcast
			? this.keys === undefined && this.#neighbours.allChain
			: this.neighbour(destination)?.chains === true;
		if (!understands) return undefined;
		plan.nonce = this.#random.below(0x10000);
		plan.tokenBytes = this.#config.tokenBytes;
		return plan;
	}

	private neighbour(address: LinkAddress): Neighbour | undefined {
		return this.#neighbours.find(address, this.#neighbours.cursor);
	}

	/** Whether plain fragments that bear this address are none of its owner's. */
	isChained(source: LinkAddress): boolean {
		return this.neighbour(source)?.hasChained === true || this.keys?.find(source) !== undefined;
	}

	/** Whether a neighbour that sends plain fragments could send chains: it has not heard that we understand them. */
	isUninformed(source: LinkAddress): boolean {
		return this.neighbour(source)?.chains === true;
	}

	/** Notes that a chained packet of a neighbour was verified to its end. */
	noteChained(source: LinkAddress): void {
		const neighbour = this.neighbour(source);
		if (neighbour === undefined) return;
		neighbour.chains = true;
		neighbour.hasChained = true;
	}

	/** Notes what a neighbour says of itself; returns whether it is news. `secured`: link-layer security vouches for it. */
	noteHello(source: LinkAddress, hello: Hello, secured: boolean, nowUs: number): boolean {
		const neighbour = this.#neighbours.obtain(source, this.#neighbours.cursor);
		if (neighbour === undefined) return false;
		neighbour.noteBroadcast(hello.sequence);
		const chains = (hello.capabilities & CHAINS) !== 0;
		const isNews = neighbour.boot !== hello.boot || (chains && !neighbour.chains);
		if (chains) neighbour.chains = true;
		else if (secured) {
			neighbour.chains = false;
			neighbour.hasChained = false;
		}
		neighbour.boot = hello.boot;
		const key = this.keys?.find(source);
		if (key !== undefined) this.heedBoot(key, hello.boot, nowUs);
		return isNews;
	}

	/**
	 * A neighbour that lost its power refuses the block of our nonces that it had reserved: passes over it, which costs
	 * nothing where nothing was sent since the last time.
	 */
	private heedBoot(key: LinkKey, boot: number, nowUs: number): void {
		if (key.boot === boot) return;
		if (key.boot >= 0) {
			if (nowUs - key.bootHeededUs < BOOT_HEED_US) return;
			key.bootHeededUs = nowUs;
		}
		key.boot = boot;
		const lastNonce = key.sentNonce < 0 ? this.#firstNonce - 1 : key.sentNonce;
		if (lastNonce >= 0) this.#nonces?.skipTo(lastNonce + NONCE_BLOCK);
	}
}
