import { i32be } from "../bytes.js";
import type { ArrivedChain, ContextChain } from "./chain.js";

/** Chains that are remembered at once, 8 octets each; the oldest goes first. */
const REMEMBERED = 128;

/**
 * The anchors of unkeyed chains that were completed lately, so that they cannot be replayed.
 *
 * Their tokens cover a random nonce and all that follows, so that no honest packet bears an anchor twice. Under a key
 * the nonce alone tells a replay.
 */
export class CompletedChains {
	readonly #anchors = new Int32Array(2 * REMEMBERED);
	#next = 0;

	/** Notes a chain that is complete. */
	remember({ anchor }: ContextChain): void {
		const high = i32be(anchor, 0);
		const low = i32be(anchor, 4);
		// A packet of one fragment has no chain, and all of these bear the same anchor.
		if (high === 0 && low === 0) return;
		this.#anchors[this.#next] = high;
		this.#anchors[this.#next + 1] = low;
		this.#next = (this.#next + 2) % this.#anchors.length;
	}

	/** Whether a first fragment bears the anchor of a remembered chain. */
	includes({ token }: ArrivedChain): boolean {
		const high = i32be(token, 0);
		const low = i32be(token, 4);
		if (high === 0 && low === 0) return false;
		for (let i = 0; i < this.#anchors.length; i += 2) {
			if (this.#anchors[i] === high && this.#anchors[i + 1] === low) return true;
		}
		return false;
	}
}
