import { ChainedFirst } from "../frames/chained-fragment.js";
import type { ContextTable } from "../frames/context-table.js";
import { Decompressed } from "../frames/decompressed.js";
import { LowpanHeaders } from "../frames/lowpan.js";
import type { Digest } from "../ports.js";
import type { RowHome } from "../rows.js";
import { Arrival, ArrivedPacket } from "./arrival.js";
import { ArrivedChain, ContextChain } from "./chain.js";
import { ChainHash } from "./chain-hash.js";
import { CompletedMemory } from "./completed-memory.js";
import type { ReassemblyContext } from "./context.js";
import { Fragmenter } from "./fragmenter.js";
import { PacketHead } from "./packet-head.js";

/**
 * What the adaptation layers of one machine work in, one at a time, and what they borrow for packets under way; see
 * `Workspace`. An idle node holds none of it.
 */
export class FragmentWorkspace {
	/** Headers of the payload that is being received, and of the compressed headers behind them. */
	readonly headers = new LowpanHeaders();
	readonly decompressed = new Decompressed();
	readonly arrival = new Arrival();
	readonly packet = new ArrivedPacket();
	/** The context that took the last fragment, if any did. */
	lastContext: ReassemblyContext | undefined;
	/** Where nodes remember which packets were completed lately. */
	readonly completed = new CompletedMemory();
	/** Where nodes have their rows; undefined where each memory has an array to itself. */
	readonly rows: RowHome | undefined;
	/** The contexts of a node that has none open. */
	readonly noContexts: readonly ReassemblyContext[] = [];
	readonly #lists: ReassemblyContext[][] = [];
	readonly #ranges: number[][] = [];
	readonly #chains: ContextChain[] = [];
	readonly #fragmenters: Fragmenter[] = [];
	/** Made when the first chained fragment comes: most plain networks never see one. */
	#arrivedChain: ArrivedChain | undefined;
	#chainedFirst: ChainedFirst | undefined;
	#hash: ChainHash | undefined;
	#head: PacketHead | undefined;
	#lent = 0;

	constructor(rows?: RowHome) {
		this.rows = rows;
	}

	/** Fragmenters, chains, ranges and lists that were lent and not given back: a leak check. */
	get lent(): number {
		return this.#lent;
	}

	/** What a chained fragment brings that is being received. */
	get arrivedChain(): ArrivedChain {
		return (this.#arrivedChain ??= new ArrivedChain());
	}

	get chainedFirst(): ChainedFirst {
		return (this.#chainedFirst ??= new ChainedFirst());
	}

	/** The hashes of chained fragments over a port; one object for nodes with the same port. */
	hashOf(digest: Digest): ChainHash {
		if (this.#hash?.digest !== digest) this.#hash = new ChainHash(digest);
		return this.#hash;
	}

	/** Lends what fragments one packet, for a stack with these contexts. */
	takeFragmenter(contexts: ContextTable, elidesChecksum: boolean, hash: ChainHash | undefined): Fragmenter {
		this.#lent++;
		const head = this.headOf(contexts, elidesChecksum);
		const free = this.#fragmenters.pop();
		return free?.suits(head, hash) === true ? free : new Fragmenter(head, hash);
	}

	private headOf(contexts: ContextTable, elidesChecksum: boolean): PacketHead {
		const head = this.#head;
		if (head?.contexts === contexts && head.elidesChecksum === elidesChecksum) return head;
		return (this.#head = new PacketHead(contexts, elidesChecksum));
	}

	/** Takes it back; its holder must not touch it again. */
	giveFragmenter(fragmenter: Fragmenter): void {
		this.#lent--;
		this.#fragmenters.push(fragmenter);
	}

	/** Lends what a context keeps of a chain, as its first fragment brought it. */
	takeChain(arrived: ArrivedChain): ContextChain {
		this.#lent++;
		const chain = this.#chains.pop() ?? new ContextChain();
		chain.begin(arrived);
		return chain;
	}

	/** Takes it back; what it tells stays as it is until it is lent again. */
	giveChain(chain: ContextChain): void {
		this.#lent--;
		this.#chains.push(chain);
	}

	/** Lends an empty list for the ranges of one context. */
	takeRanges(): number[] {
		this.#lent++;
		const ranges = this.#ranges.pop() ?? [];
		while (ranges.length > 0) ranges.pop();
		return ranges;
	}

	/** Takes it back; what it holds stays until it is lent again. */
	giveRanges(ranges: number[]): void {
		this.#lent--;
		this.#ranges.push(ranges);
	}

	/** Lends an empty list for the contexts of one node. */
	takeList(): ReassemblyContext[] {
		this.#lent++;
		return this.#lists.pop() ?? [];
	}

	/** Takes a list back, which must be empty again. */
	giveList(list: ReassemblyContext[]): void {
		this.#lent--;
		this.#lists.push(list);
	}
}
