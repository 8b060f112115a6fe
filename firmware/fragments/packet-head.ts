import { LinkAddress } from "../address.js";
import type { ContextTable } from "../frames/context-table.js";
import { FragmentHeader } from "../frames/fragment.js";
import { HeaderCompressor } from "../frames/iphc-encode.js";
import { Dispatch } from "../frames/lowpan.js";
import { MAX_PSDU_BYTES } from "../mac/timing.js";

/** Room for the compressed headers of one packet; longer chains of extension headers go uncompressed. */
const HEADER_ROOM_BYTES = 128;

/**
 * What the first payload of a packet needs and no later one: its compressed headers, and what a chain is anchored to.
 *
 * One serves all fragmenters of a machine, as the first payload is written right after a packet has begun.
 */
export class PacketHead {
	readonly contexts: ContextTable;
	readonly elidesChecksum: boolean;
	/** The dispatch octet and the compressed headers, `bytes` octets. */
	readonly octets: Uint8Array = new Uint8Array(HEADER_ROOM_BYTES);
	bytes = 0;
	/** Octets of the packet that they stand for. */
	consumed = 0;
	/** Those of the frames. */
	readonly source: LinkAddress = new LinkAddress();
	readonly destination: LinkAddress = new LinkAddress();
	/** The header of the fragment that is written. */
	readonly fragment: FragmentHeader = new FragmentHeader();
	/** Whose packet began last. */
	holder: unknown;
	readonly #compressor: HeaderCompressor;
	/** Made for the first packet that is chained: most plain networks never see one. */
	#anchored: Uint8Array | undefined;

	/** Arguments are those of {@link HeaderCompressor}. */
	constructor(contexts: ContextTable, elidesChecksum = false) {
		this.contexts = contexts;
		this.elidesChecksum = elidesChecksum;
		this.#compressor = new HeaderCompressor(contexts, elidesChecksum);
	}

	/** P₁ of a chained packet as it goes on the air. */
	get anchored(): Uint8Array {
		return (this.#anchored ??= new Uint8Array(MAX_PSDU_BYTES));
	}

	/** Compresses the headers of `packet[0..length)`. */
	begin(
		holder: unknown,
		packet: Uint8Array,
		length: number,
		source: LinkAddress,
		destination: LinkAddress,
	): void {
		const compressor = this.#compressor;
		compressor.begin(packet, length, source, destination, this.octets, 0);
		compressor.encode();
		this.bytes = compressor.next;
		this.consumed = compressor.consumed;
		this.holder = holder;
		this.source.set(source);
		this.destination.set(destination);
	}

	/** Has the packet follow as it is. */
	leaveUncompressed(): void {
		this.octets[0] = Dispatch.ipv6;
		this.bytes = 1;
		this.consumed = 0;
	}
}
