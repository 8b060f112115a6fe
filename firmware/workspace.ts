import { BufferPool } from "./buffer-pool.js";
import { FragmentWorkspace } from "./fragments/fragment-workspace.js";
import { LinkWorkspace } from "./mac/link-workspace.js";
import { NetworkWorkspace } from "./net/network-workspace.js";

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
	readonly fragments = new FragmentWorkspace();
	readonly network = new NetworkWorkspace();

	/** `bufferBytes`: octets in each buffer of the pool, at least 1,280 (the IPv6 minimum MTU). */
	constructor(bufferBytes: number) {
		this.pool = new BufferPool(bufferBytes);
	}
}
