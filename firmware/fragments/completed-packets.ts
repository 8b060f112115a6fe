import { LinkAddress } from "../address.js";
import { i32be } from "../bytes.js";
import type { ReassemblyContext } from "./context.js";
import type { ArrivedFragment } from "./policy.js";

/** Completed packets that are remembered at once; the oldest goes first. */
const REMEMBERED = 8;

/** A 32-bit sum of octets, to tell a repeated fragment from another one. */
function sumOf(bytes: Uint8Array, offset: number, length: number): number {
	let sum = length;
	let at = offset;
	const end = offset + length;
	for (; at + 4 <= end; at += 4) sum = (Math.imul(sum, 31) + i32be(bytes, at)) | 0;
	for (; at < end; at++) sum = (Math.imul(sum, 31) + bytes[at]!) | 0;
	return sum;
}

class CompletedPacket {
	readonly source = new LinkAddress();
	readonly destination = new LinkAddress();
	tag = 0;
	size = 0;
	untilUs = 0;
	/** Offset, length and sum of each fragment, one after the other. */
	readonly fragments: number[] = [];
}

/**
 * The fragments of packets that were put together lately.
 *
 * When the acknowledgement of a fragment is lost it comes again, and after its packet is complete it would open a
 * context that can never complete. Only the same fragment is refused: one that merely bears the names of a
 * completed packet is news, or whoever completes a packet under the next tag could have the honest one refused.
 */
export class CompletedPackets {
	readonly #packets: CompletedPacket[] = [];
	#next = 0;

	/** Notes a packet that is whole, its octets still in the context's buffer. */
	remember(context: ReassemblyContext, untilUs: number): void {
		let packet = this.#packets[this.#next];
		if (packet === undefined) this.#packets.push((packet = new CompletedPacket()));
		this.#next = (this.#next + 1) % REMEMBERED;
		packet.source.set(context.source);
		packet.destination.set(context.destination);
		packet.tag = context.tag;
		packet.size = context.size;
		packet.untilUs = untilUs;
		const { fragments } = packet;
		fragments.length = 0;
		const { ranges } = context;
		for (let i = 0; i < ranges.length; i += 2) {
			const offset = ranges[i]!;
			const length = ranges[i + 1]!;
			fragments.push(offset, length, sumOf(context.buffer, offset, length));
		}
	}

	/** Whether a fragment, with its octets in `data[dataOffset..)`, was part of a remembered packet. */
	includes(fragment: ArrivedFragment, data: Uint8Array, dataOffset: number): boolean {
		for (const packet of this.#packets) {
			if (
				packet.tag === fragment.tag &&
				packet.size === fragment.size &&
				packet.untilUs > fragment.timeUs &&
				packet.source.equals(fragment.source) &&
				packet.destination.equals(fragment.destination)
			) {
				const { fragments } = packet;
				for (let i = 0; i < fragments.length; i += 3) {
					if (fragments[i] !== fragment.offset || fragments[i + 1] !== fragment.length) continue;
					if (fragments[i + 2] === sumOf(data, dataOffset, fragment.length)) return true;
				}
			}
		}
		return false;
	}
}
