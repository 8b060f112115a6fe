import type { ContextChain } from "../../firmware/fragments/chain.js";
import {
	ANCHOR_MIC_BYTES,
	ChainedFirst,
	decodeChainedFirst,
} from "../../firmware/frames/chained-fragment.js";

/** What a chained fragment says and is found to be, as `decode --json` prints it. */
export interface DissectedChain {
	/** First fragments alone. */
	keyed?: boolean;
	tokenBytes?: number;
	nonce?: number;
	/** Hex; of a next fragment only where a first one told its length. */
	token?: string;
	/** μ of a keyed first fragment, hex. */
	mic?: string;
	/**
	 * `anchor` (first, unkeyed: proves nothing yet), `authenticated` (first, its code holds), `verified` (next),
	 * `unverified` (the key is not known), else why it was refused, without `fragment-`.
	 */
	verdict?: string;
}

const header = new ChainedFirst();

/** The chain of a first fragment whose flags are at `offset`; undefined when these octets are none. */
export function dissectChainedFirst(
	psdu: Uint8Array,
	offset: number,
	end: number,
): { readonly chain: DissectedChain; readonly next: number } | undefined {
	const first = decodeChainedFirst(psdu, offset, end, header);
	if (typeof first === "string") return undefined;
	const { keyed, tokenBytes, nonce, tokenOffset, micOffset, next } = first;
	const chain: DissectedChain = {
		keyed,
		tokenBytes,
		nonce,
		token: hex(psdu, tokenOffset, tokenBytes),
		...(keyed && { mic: hex(psdu, micOffset, ANCHOR_MIC_BYTES) }),
	};
	return { chain, next };
}

/** The verdict on a fragment that was stored in a chain. */
export function storedVerdict({ keyed, key }: ContextChain, isFirst: boolean): string {
	if (keyed && key === undefined) return "unverified";
	if (!isFirst) return "verified";
	return keyed ? "authenticated" : "anchor";
}

/** The verdict on a fragment that was refused. */
export function refusedVerdict(reason: string): string {
	return reason.replace(/^fragment-/, "");
}

/** Octets as hex digits. */
export function hex(bytes: Uint8Array, offset: number, length: number): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString("hex");
}
