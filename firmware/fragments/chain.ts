import { copyBytes, equalBytes } from "../bytes.js";
import { type ChainedFirst, MAX_TOKEN_BYTES } from "../frames/chained-fragment.js";
import type { Cmac } from "../mac/cmac.js";
import type { ChainFields } from "./chain-hash.js";
import type { ReassemblyContext } from "./context.js";
import type { ArrivedFragment, FragmentDrop } from "./policy.js";

/** Verifies chained fragments on arrival; the node's own is `ChainReceiver`. */
export interface ChainVerifier {
	/** Offset of P of the last fragment that was verified. */
	readonly payloadOffset: number;
	/**
	 * Takes a first fragment, P₁ at `bytes[header.next..end)`: fills `chain`, or says why it is refused.
	 *
	 * `fragment` tells source, destination, size and tag.
	 */
	first(
		fragment: ArrivedFragment,
		header: ChainedFirst,
		bytes: Uint8Array,
		end: number,
		chain: ArrivedChain,
	): FragmentDrop | undefined;
	/**
	 * Takes a next fragment whose token is at `bytes[tokenOffset]`: finds the chain that it continues, and fills
	 * `chain`, or says why it is refused. P is then at {@link payloadOffset}.
	 */
	next(
		fragment: ArrivedFragment,
		bytes: Uint8Array,
		tokenOffset: number,
		end: number,
		chain: ArrivedChain,
	): FragmentDrop | undefined;
}

/** What a chained fragment brought that was verified; one object serves every fragment of a node. */
export class ArrivedChain implements ChainFields {
	flags = 0;
	keyed = false;
	tokenBytes = 0;
	nonce = 0;
	key: Cmac | undefined;
	/** tᵢ₊₁: what the fragment after this one must hash to. */
	readonly token = new Uint8Array(MAX_TOKEN_BYTES);
	/** H(3 ‖ P₁) of a first fragment. */
	readonly first = new Uint8Array(MAX_TOKEN_BYTES);
	/** The chain that a next fragment verified against, undefined for a first one. */
	context: ReassemblyContext | undefined;

	/** Whether no fragment follows. */
	get isLast(): boolean {
		return isZero(this.token, this.tokenBytes);
	}
}

/** Where the chain of one packet in reassembly stands; an object serves one packet after the other. */
export class ContextChain implements ChainFields {
	flags = 0;
	keyed = false;
	tokenBytes = 0;
	nonce = 0;
	key: Cmac | undefined;
	/** What the next fragment must hash to. */
	readonly expected = new Uint8Array(MAX_TOKEN_BYTES);
	/** t₂, which tells rival first fragments apart. */
	readonly anchor = new Uint8Array(MAX_TOKEN_BYTES);
	/** H(3 ‖ P₁), which t₂ covers. */
	readonly first = new Uint8Array(MAX_TOKEN_BYTES);
	/** Next fragments that verified. */
	verified = 0;

	/** Begins with what a first fragment brought. */
	begin(arrived: ArrivedChain): void {
		this.flags = arrived.flags;
		this.keyed = arrived.keyed;
		this.tokenBytes = arrived.tokenBytes;
		this.nonce = arrived.nonce;
		this.key = arrived.key;
		this.verified = 0;
		copyBytes(arrived.first, 0, this.first, 0, this.tokenBytes);
		copyBytes(arrived.token, 0, this.anchor, 0, this.tokenBytes);
		copyBytes(arrived.token, 0, this.expected, 0, this.tokenBytes);
	}

	/** Whether a first fragment, or that of another context, is this chain's own, come again. */
	isAnchoredBy(other: ArrivedChain | ContextChain): boolean {
		const anchor = other instanceof ContextChain ? other.anchor : other.token;
		return (
			this.flags === other.flags &&
			this.nonce === other.nonce &&
			equalBytes(this.anchor, 0, anchor, 0, this.tokenBytes) &&
			equalBytes(this.first, 0, other.first, 0, this.tokenBytes)
		);
	}

	/** Goes on to the next link, once a fragment is stored. */
	advance(arrived: ArrivedChain): void {
		copyBytes(arrived.token, 0, this.expected, 0, this.tokenBytes);
		this.verified++;
	}

	/** Whether no fragment is expected any more. */
	get isEnded(): boolean {
		return isZero(this.expected, this.tokenBytes);
	}
}

function isZero(token: Uint8Array, length: number): boolean {
	for (let i = 0; i < length; i++) if (token[i] !== 0) return false;
	return true;
}
