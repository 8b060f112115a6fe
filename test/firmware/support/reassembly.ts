import { LinkAddress } from "../../../firmware/address.js";
import { BufferPool } from "../../../firmware/buffer-pool.js";
import { ChainHash } from "../../../firmware/fragments/chain-hash.js";
import { ChainReceiver } from "../../../firmware/fragments/chain-receiver.js";
import type { ChainPlan } from "../../../firmware/fragments/chain-sender.js";
import { Fragmenter } from "../../../firmware/fragments/fragmenter.js";
import { PacketHead } from "../../../firmware/fragments/packet-head.js";
import type { PolicyOptions, ReassemblyPolicy } from "../../../firmware/fragments/policy.js";
import { Reassembler } from "../../../firmware/fragments/reassembler.js";
import { rfc4944 } from "../../../firmware/fragments/rfc4944.js";
import type { ContextTable } from "../../../firmware/frames/context-table.js";
import type { LinkKeyring } from "../../../firmware/mac/link-keys.js";
import { Adaptation } from "../../../firmware/net/adaptation.js";
import { hostDigest } from "../../../host-tools/crypto.js";
import { HandClock } from "./hand-clock.js";
import { CONTEXTS } from "./network.js";
import { Recorder } from "./recorder.js";

export const SENDER = LinkAddress.short(1);
export const RECEIVER = LinkAddress.short(2);

/** All MAC payloads of a packet, as the fragmenter makes them. */
export function payloadsOf(
	packet: Uint8Array,
	room: number,
	{
		tag = 7,
		source = SENDER,
		destination = RECEIVER,
		contexts = CONTEXTS,
		elide = false,
		plan = undefined as ChainPlan | undefined,
	} = {},
): Uint8Array[] {
	const fragmenter = new Fragmenter(
		new PacketHead(contexts as ContextTable, elide),
		new ChainHash(hostDigest),
	);
	fragmenter.begin(packet, packet.length, source, destination, tag, room, plan);
	const payloads: Uint8Array[] = [];
	while (!fragmenter.done) {
		// A dirty buffer, and an offset: what is not written shows.
		const out = new Uint8Array(200).fill(0xee);
		payloads.push(out.slice(9, fragmenter.next(out, 9, room)));
	}
	return payloads;
}

export interface Passage {
	readonly source?: LinkAddress;
	readonly destination?: LinkAddress;
	readonly secured?: boolean;
}

/** A receiver of MAC payloads with the default policy unless another is given, its memory in sight. */
export class LowpanReceiver {
	readonly clock = new HandClock();
	readonly pool = new BufferPool(2048);
	readonly recorder = new Recorder();
	readonly reassembler: Reassembler;
	readonly #adaptation: Adaptation;

	/** `keys`: those that it shares with others, for chained fragments. */
	constructor({
		budgetBytes = 4 * 1280,
		options = {} as PolicyOptions,
		contexts = CONTEXTS,
		policy = rfc4944.create(options) as ReassemblyPolicy,
		keys = undefined as LinkKeyring | undefined,
	} = {}) {
		// What an earlier packet left in a buffer must not show in the next one.
		const used = [this.pool.take(), this.pool.take()];
		for (const buffer of used) this.pool.give(buffer.fill(0xee));
		const { pool, clock } = this;
		this.reassembler = new Reassembler({
			policy,
			budgetBytes,
			pool,
			clock,
			sink: this.recorder.sink,
			node: 0,
		});
		const chains = new ChainReceiver(new ChainHash(hostDigest), this.reassembler, keys);
		this.#adaptation = new Adaptation({ contexts, reassembler: this.reassembler, pool, chains });
	}

	/** Takes a payload: a copy of the packet that it completed, undefined when it was stored, or why not. */
	take(payload: Uint8Array, passage: Passage = {}): Uint8Array | string | undefined {
		const { source = SENDER, destination = RECEIVER, secured = false } = passage;
		const before = payload.slice();
		const nowUs = this.clock.nowUs();
		const result = this.#adaptation.receive(payload, 0, payload.length, source, destination, nowUs, secured);
		if (!before.every((octet, i) => octet === payload[i])) throw new Error("the payload was changed");
		if (typeof result !== "object") return result;
		const packet = result.buffer.slice(0, result.length);
		this.pool.give(result.buffer);
		return packet;
	}

	/** Whether nothing is held; first every time-out is waited for. */
	isEmptyAfter(waitUs = 60_000_000): boolean {
		this.clock.advanceBy(waitUs);
		const { contexts, bytesInUse } = this.reassembler;
		return contexts.length === 0 && bytesInUse === 0 && this.pool.lent === 0 && this.clock.pending === 0;
	}
}
