import { i32be } from "../bytes.js";
import { type RowHome, RowMemory } from "../rows.js";
import type { ArrivedChain, ContextChain } from "./chain.js";

/** Chains that are remembered at once, 8 octets each; the oldest goes first. */
const REMEMBERED = 128;
/** Numbers of 32 bits of one anchor. */
const WORDS = 2;

/**
 * The anchors of unkeyed chains that were completed lately, so that they cannot be replayed.
 *
 * Their tokens cover a random nonce and all that follows, so that no honest packet bears an anchor twice. Under a key
 * the nonce alone tells a replay.
 */
export class CompletedChains extends RowMemory {
	#count = 0;
	#next = 0;

	/** `rows`: where they lie; in an array of their own where absent. */
	constructor(rows?: RowHome) {
		super(0, rows);
	}

	/** Forgets all of them, and gives the memory back. */
	override release(): void {
		super.release();
		this.#count = 0;
		this.#next = 0;
	}

	/** Notes a chain that is complete. */
	remember({ anchor }: ContextChain): void {
		const high = i32be(anchor, 0);
		const low = i32be(anchor, 4);
		// A packet of one fragment has no chain, and all of these bear the same anchor.
		if (high === 0 && low === 0) return;
		if (this.#count < REMEMBERED) this.fit(++this.#count, WORDS);
		this.heap.numbers[this.base + WORDS * this.#next] = high;
		this.heap.numbers[this.base + WORDS * this.#next + 1] = low;
		this.#next = (this.#next + 1) % REMEMBERED;
	}

	/** Whether a first fragment bears the anchor of a remembered chain. */
	includes({ token }: ArrivedChain): boolean {
		const high = i32be(token, 0);
		const low = i32be(token, 4);
		if (high === 0 && low === 0) return false;
		const { heap, base } = this;
		const { numbers } = heap;
		const end = base + WORDS * this.#count;
		for (let at = base; at < end; at += WORDS) {
			if (numbers[at] === high && numbers[at + 1] === low) return true;
		}
		return false;
	}
}
