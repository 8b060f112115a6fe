import { copyBytes, equalBytes } from "../bytes.js";
import { ANCHOR_MIC_BYTES, type ChainedFirst, MIN_UNKEYED_TOKEN_BYTES } from "../frames/chained-fragment.js";
import type { ChainKeys } from "../mac/link-keys.js";
import type { ArrivedChain, ChainVerifier } from "./chain.js";
import type { ChainHash } from "./chain-hash.js";
import type { ReassemblyContext } from "./context.js";
import type { ArrivedFragment, FragmentDrop } from "./policy.js";
import type { Reassembler } from "./reassembler.js";

/**
 * Verifies chained fragments on arrival, before a byte of them is stored.
 *
 * Rival first fragments under one (source, destination, size, tag) stand side by side, told apart by their anchors, and
 * a next fragment goes to the chain that it verifies against. A gap is no mismatch: after a lost fragment nothing can
 * be verified, and only a failure at the offset that every rival expects is suspicious.
 */
export class ChainReceiver implements ChainVerifier {
	payloadOffset = 0;
	readonly #hash: ChainHash;
	readonly #reassembler: Reassembler;
	readonly #keys: ChainKeys | undefined;

	/** `keys`: undefined for a node that shares none. */
	constructor(hash: ChainHash, reassembler: Reassembler, keys: ChainKeys | undefined) {
		this.#hash = hash;
		this.#reassembler = reassembler;
		this.#keys = keys;
	}

	first(
		fragment: ArrivedFragment,
		header: ChainedFirst,
		bytes: Uint8Array,
		end: number,
		chain: ArrivedChain,
	): FragmentDrop | undefined {
		const { source, destination, size, tag } = fragment;
		const { keyed, tokenBytes, tokenOffset, micOffset, next } = header;
		const key = this.#keys?.find(source, destination);
		if (keyed !== (key !== undefined)) return "fragment-unauthenticated";
		if (!keyed && tokenBytes < MIN_UNKEYED_TOKEN_BYTES) return "fragment-weak-chain";
		chain.flags = header.flags;
		chain.keyed = keyed;
		chain.tokenBytes = tokenBytes;
		chain.nonce = header.nonce;
		chain.key = key?.cmac;
		chain.context = undefined;
		copyBytes(bytes, tokenOffset, chain.token, 0, tokenBytes);
		if (key !== undefined) {
			const mic = this.#hash.anchor(chain, source, destination, size, tag, bytes, next, end, chain.token, 0);
			if (!equalBytes(mic, 0, bytes, micOffset, ANCHOR_MIC_BYTES)) return "fragment-unauthenticated";
		}
		copyBytes(this.#hash.first(chain, bytes, next, end), 0, chain.first, 0, tokenBytes);
		for (const context of this.#reassembler.contexts) {
			if (isRival(context, fragment) && context.chain!.isAnchoredBy(chain)) return "fragment-duplicate";
		}
		if (key !== undefined && this.#keys?.accept(key, header.nonce) === false) return "fragment-replayed";
		this.payloadOffset = next;
		return undefined;
	}

	next(
		fragment: ArrivedFragment,
		bytes: Uint8Array,
		tokenOffset: number,
		end: number,
		chain: ArrivedChain,
	): FragmentDrop | undefined {
		const { contexts } = this.#reassembler;
		let verdict: FragmentDrop = "fragment-orphan";
		for (let i = 0; i < contexts.length; i++) {
			const context = contexts[i]!;
			if (!isRival(context, fragment)) continue;
			const expected = context.storedBytes;
			if (fragment.offset < expected) verdict = "fragment-duplicate";
			else if (fragment.offset > expected) {
				if (verdict !== "fragment-duplicate") verdict = "fragment-gap";
			} else if (this.continues(context, fragment, bytes, tokenOffset, end)) {
				const from = tokenOffset + context.chain!.tokenBytes;
				chain.tokenBytes = context.chain!.tokenBytes;
				chain.context = context;
				copyBytes(bytes, tokenOffset, chain.token, 0, chain.tokenBytes);
				this.payloadOffset = from;
				return undefined;
			} else if (verdict === "fragment-orphan") verdict = "fragment-mismatch";
		}
		if (verdict === "fragment-gap") this.noteGaps(fragment);
		return verdict;
	}

	private noteGaps(fragment: ArrivedFragment): void {
		const { contexts } = this.#reassembler;
		for (let i = contexts.length - 1; i >= 0; i--) {
			const context = contexts[i]!;
			if (isRival(context, fragment) && fragment.offset > context.storedBytes) {
				this.#reassembler.noteGap(context, fragment.timeUs);
			}
		}
	}

	private continues(
		context: ReassemblyContext,
		fragment: ArrivedFragment,
		bytes: Uint8Array,
		tokenOffset: number,
		end: number,
	): boolean {
		const chain = context.chain!;
		const from = tokenOffset + chain.tokenBytes;
		if (from >= end) return false;
		const first = chain.verified === 0 ? chain.first : undefined;
		const { size, offset } = fragment;
		const token = this.#hash.token(chain, size, offset, bytes, from, end, bytes, tokenOffset, first);
		return equalBytes(token, 0, chain.expected, 0, chain.tokenBytes);
	}
}

/** Whether a context holds a chain under the names that a fragment bears. */
export function isRival(
	context: ReassemblyContext,
	{ source, destination, size, tag }: ArrivedFragment,
): boolean {
	return (
		context.chain !== undefined &&
		context.tag === tag &&
		context.size === size &&
		context.source.equals(source) &&
		context.destination.equals(destination)
	);
}
