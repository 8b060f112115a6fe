import { BufferPool } from "./buffer-pool.js";
import { FragmentWorkspace } from "./fragments/fragment-workspace.js";
import { LinkWorkspace } from "./mac/link-workspace.js";
import { NetworkWorkspace } from "./net/network-workspace.js";
import type { RowHome } from "./rows.js";

/**
 * What the nodes of one machine share: buffers that are lent, and what codecs work in, whose content means nothing
 * once a call into a node has returned.
 *
 * A chip runs one node and has all of it to itself. A machine that runs thousands spares each of them its own, and
 * finds in its caches what the node before has left there. No port calls one node while another one is called.
 */
export class Workspace {
	readonly pool: BufferPool;
	readonly link = new LinkWorkspace();
	readonly fragments: FragmentWorkspace;
	readonly network = new NetworkWorkspace();
	/** Where the nodes have their rows; undefined where each memory has an array to itself. */
	readonly rows: RowHome | undefined;

	/**
	 * `bufferBytes`: octets in each buffer of the pool, at least 1,280 (the IPv6 minimum MTU). `rows`: for many nodes; what a
	 * few need is less in arrays of their own.
	 */
	constructor(bufferBytes: number, rows?: RowHome) {
		this.pool = new BufferPool(bufferBytes);
		this.rows = rows;
		this.fragments = new FragmentWorkspace(rows);
	}
}
