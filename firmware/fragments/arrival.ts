import { LinkAddress } from "../address.js";
import type { ArrivedChain } from "./chain.js";
import type { ReassemblyContext } from "./context.js";
import type { ArrivedFragment } from "./policy.js";

/** The fragment that is being received. */
export class Arrival implements ArrivedFragment {
	source = new LinkAddress();
	destination = new LinkAddress();
	size = 0;
	tag = 0;
	offset = 0;
	length = 0;
	first = false;
	secured = false;
	chain: ArrivedChain | undefined;
	timeUs = 0;
}

/** A whole IPv6 packet. Its buffer belongs to the taker, who gives it back to the pool. */
export interface ReceivedPacket {
	readonly buffer: Uint8Array;
	readonly length: number;
	readonly source: LinkAddress;
	readonly destination: LinkAddress;
	/** Where it was put together, undefined for a packet that came in one frame; valid until the next fragment comes. */
	readonly context: ReassemblyContext | undefined;
}

/** The packet that is being handed up. */
export class ArrivedPacket implements ReceivedPacket {
	buffer: Uint8Array = new Uint8Array(0);
	length = 0;
	source = new LinkAddress();
	destination = new LinkAddress();
	context: ReassemblyContext | undefined;
}
