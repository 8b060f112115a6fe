import { copyBytes } from "../../firmware/bytes.js";
import type { ArrivedChain, ChainVerifier } from "../../firmware/fragments/chain.js";
import { ChainHash } from "../../firmware/fragments/chain-hash.js";
import { ChainReceiver, isRival } from "../../firmware/fragments/chain-receiver.js";
import type { ArrivedFragment, FragmentDrop } from "../../firmware/fragments/policy.js";
import type { Reassembler } from "../../firmware/fragments/reassembler.js";
import type { ChainedFirst } from "../../firmware/frames/chained-fragment.js";
import type { ChainKeys } from "../../firmware/mac/link-keys.js";
import { hostDigest } from "../crypto.js";

/**
 * Judges chained fragments as a node does; an observer also follows, in order and unverified, the chains whose key it
 * does not know.
 */
export class ChainObserver implements ChainVerifier {
	payloadOffset = 0;
	/** Length of the token of the last next fragment, 0 when no first fragment told it. */
	tokenBytes = 0;
	readonly #hash = new ChainHash(hostDigest);
	readonly #receiver: ChainReceiver;
	readonly #reassembler: Reassembler;
	readonly #keys: ChainKeys | undefined;
	readonly #followsUnverified: boolean;

	constructor(reassembler: Reassembler, keys: ChainKeys | undefined, followsUnverified: boolean) {
		this.#receiver = new ChainReceiver(this.#hash, reassembler, keys);
		this.#reassembler = reassembler;
		this.#keys = keys;
		this.#followsUnverified = followsUnverified;
	}

	first(
		fragment: ArrivedFragment,
		header: ChainedFirst,
		bytes: Uint8Array,
		end: number,
		chain: ArrivedChain,
	): FragmentDrop | undefined {
		const isKeyUnknown = this.#keys?.find(fragment.source, fragment.destination) === undefined;
		if (!this.#followsUnverified || !header.keyed || !isKeyUnknown) {
			const refusal = this.#receiver.first(fragment, header, bytes, end, chain);
			this.payloadOffset = this.#receiver.payloadOffset;
			return refusal;
		}
		const { flags, nonce, tokenBytes, tokenOffset, next } = header;
		Object.assign(chain, { flags, keyed: true, tokenBytes, nonce, key: undefined, context: undefined });
		// All that a short token leaves of an earlier one would else tell anchors apart.
		copyBytes(bytes, tokenOffset, chain.token.fill(0), 0, tokenBytes);
		copyBytes(this.#hash.first(chain, bytes, next, end), 0, chain.first, 0, tokenBytes);
		this.payloadOffset = next;
		const isOpen = this.#reassembler.contexts.some(
			(context) => isRival(context, fragment) && context.chain!.isAnchoredBy(chain),
		);
		return isOpen ? "fragment-duplicate" : undefined;
	}

	next(
		fragment: ArrivedFragment,
		bytes: Uint8Array,
		tokenOffset: number,
		end: number,
		chain: ArrivedChain,
	): FragmentDrop | undefined {
		const rivals = this.#reassembler.contexts.filter((context) => isRival(context, fragment));
		this.tokenBytes = rivals[0]?.chain?.tokenBytes ?? 0;
		const refusal = this.#receiver.next(fragment, bytes, tokenOffset, end, chain);
		if (refusal === undefined) {
			this.payloadOffset = this.#receiver.payloadOffset;
			this.tokenBytes = chain.tokenBytes;
			return undefined;
		}
		for (const context of rivals) {
			const { keyed, key, tokenBytes } = context.chain!;
			const from = tokenOffset + tokenBytes;
			const isNext = fragment.offset === context.storedBytes && from < end;
			if (!this.#followsUnverified || !keyed || key !== undefined || !isNext) continue;
			chain.tokenBytes = tokenBytes;
			chain.context = context;
			copyBytes(bytes, tokenOffset, chain.token.fill(0), 0, tokenBytes);
			this.payloadOffset = from;
			this.tokenBytes = tokenBytes;
			return undefined;
		}
		return refusal;
	}
}
