import type { AttackContext, Peer } from "./attack.js";

/** Sequence numbers of forged payloads: far above those of honest ones. */
const FIRST_SEQUENCE = 0x40000000;

/** Sends whole forged datagrams, each with a number of its own. */
export class DatagramSender {
	readonly #context: AttackContext;
	#sequence: number;

	constructor(context: AttackContext) {
		this.#context = context;
		this.#sequence = FIRST_SEQUENCE + context.radio * 0x10000;
	}

	/** A whole datagram with a right checksum from `from` to the sink, by way of the victim. */
	packet(from: Peer, size: number): Uint8Array {
		const { forge, sink } = this.#context;
		const { node, ipv6 } = from;
		const sequence = this.#sequence++;
		const timeUs = this.#context.nowUs();
		return forge.datagram({ from: ipv6, to: sink.ipv6, size, node, sequence, timeUs });
	}

	/** Sends one of `size` octets in the name of `from`, in fragments where it needs them. */
	send(from: Peer, size: number, isPlain = false): void {
		const { forge, victim } = this.#context;
		const claims = { source: from.address, destination: victim.address, tag: forge.tag(), isPlain };
		for (const frame of forge.frames(this.packet(from, size), claims)) this.#context.send(frame);
	}

	/** Sends nothing but the beginning of one, which claims `size` octets. */
	reserve(from: Peer, size: number, firstBytes: number): void {
		const { forge, victim } = this.#context;
		const claims = { source: from.address, destination: victim.address, size, tag: forge.tag() };
		this.#context.send(forge.first(claims, this.packet(from, size), firstBytes));
	}
}
