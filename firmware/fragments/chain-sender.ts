import type { LinkAddress } from "../address.js";
import { copyBytes } from "../bytes.js";
import {
	ANCHOR_MIC_BYTES,
	type ChainShape,
	chainFlags,
	MAX_TOKEN_BYTES,
} from "../frames/chained-fragment.js";
import { MAX_DATAGRAM_SIZE } from "../frames/fragment.js";
import type { Cmac } from "../mac/cmac.js";
import type { ChainFields, ChainHash } from "./chain-hash.js";

/** The least that a next fragment carries, the last one apart: half of what 64-bit addresses and a MIC leave. */
const LEAST_FRAGMENT_BYTES = 32;
export const MAX_FRAGMENTS = Math.ceil(MAX_DATAGRAM_SIZE / LEAST_FRAGMENT_BYTES) + 1;

/** How to chain one packet. */
export interface ChainPlan extends ChainShape {
	/** 0 to 65,535, with a key 0 to 2^32 - 1; never twice under one key. */
	readonly nonce: number;
	/** The key of the link; undefined for a chain without. */
	readonly key: Cmac | undefined;
}

/**
 * Makes the tokens of one packet, from its last fragment backwards.
 *
 * What P₁ is on the air goes into the chain, so that it is made anew at each hop that puts the packet together.
 */
export class ChainSender implements ChainFields {
	flags = 0;
	keyed = false;
	tokenBytes = 0;
	nonce = 0;
	key: Cmac | undefined;
	readonly #hash: ChainHash;
	/** Tokens t₂, t₃ … of the packet, and zeros behind the last one. */
	readonly #tokens = new Uint8Array((MAX_FRAGMENTS + 1) * MAX_TOKEN_BYTES);
	readonly #first = new Uint8Array(MAX_TOKEN_BYTES);

	constructor(hash: ChainHash) {
		this.#hash = hash;
	}

	/**
	 * Chains a packet of `count` fragments, at least 2. P₁ is `first[0..firstLength)`; fragment i (from 1 on) carries
	 * `packet[cuts[i]..cuts[i + 1])`.
	 */
	begin(
		plan: ChainPlan,
		packet: Uint8Array,
		length: number,
		first: Uint8Array,
		firstLength: number,
		cuts: ArrayLike<number>,
		count: number,
	): void {
		if (count > MAX_FRAGMENTS)
			throw new RangeError(`ChainSender: expected at most ${MAX_FRAGMENTS} fragments, got ${count}`);
		this.flags = chainFlags(plan);
		this.keyed = plan.keyed;
		this.tokenBytes = plan.tokenBytes;
		this.nonce = plan.nonce;
		this.key = plan.key;
		const { tokenBytes } = plan;
		copyBytes(this.#hash.first(this, first, 0, firstLength), 0, this.#first, 0, tokenBytes);
		const tokens = this.#tokens;
		tokens.fill(0, (count - 1) * tokenBytes, count * tokenBytes);
		for (let i = count - 1; i >= 1; i--) {
			const covered = i === 1 ? this.#first : undefined;
			const token = this.#hash.token(
				this,
				length,
				cuts[i]!,
				packet,
				cuts[i]!,
				cuts[i + 1]!,
				tokens,
				i * tokenBytes,
				covered,
			);
			copyBytes(token, 0, tokens, (i - 1) * tokenBytes, tokenBytes);
		}
	}

	/** Writes the token that fragment `index` (0 for the first) bears; returns the offset after it. */
	putToken(index: number, bytes: Uint8Array, offset: number): number {
		copyBytes(this.#tokens, index * this.tokenBytes, bytes, offset, this.tokenBytes);
		return offset + this.tokenBytes;
	}

	/** Writes μ of a keyed packet, P₁ being `first[0..firstLength)`; returns the offset after it. */
	putMic(
		source: LinkAddress,
		destination: LinkAddress,
		size: number,
		tag: number,
		first: Uint8Array,
		firstLength: number,
		bytes: Uint8Array,
		offset: number,
	): number {
		const mic = this.#hash.anchor(
			this,
			source,
			destination,
			size,
			tag,
			first,
			0,
			firstLength,
			this.#tokens,
			0,
		);
		copyBytes(mic, 0, bytes, offset, ANCHOR_MIC_BYTES);
		return offset + ANCHOR_MIC_BYTES;
	}
}
