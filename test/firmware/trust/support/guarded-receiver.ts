import { LinkAddress } from "../../../../firmware/address.js";
import { BufferPool } from "../../../../firmware/buffer-pool.js";
import { putU16be } from "../../../../firmware/bytes.js";
import { ChainHash } from "../../../../firmware/fragments/chain-hash.js";
import { ChainReceiver } from "../../../../firmware/fragments/chain-receiver.js";
import { type ChainPlan, ChainSender } from "../../../../firmware/fragments/chain-sender.js";
import { Fragmenter } from "../../../../firmware/fragments/fragmenter.js";
import { PacketHead } from "../../../../firmware/fragments/packet-head.js";
import type { PolicyOptions } from "../../../../firmware/fragments/policy.js";
import type { PredictiveCsm } from "../../../../firmware/fragments/predictive-csm.js";
import {
	predictiveCsm,
	predictiveCsmKeyed,
	predictiveCsmOpen,
} from "../../../../firmware/fragments/predictive-variants.js";
import { Reassembler } from "../../../../firmware/fragments/reassembler.js";
import { ANCHOR_MIC_BYTES, chainedFirstBytes } from "../../../../firmware/frames/chained-fragment.js";
import { FRAG1_BYTES, FRAGN_BYTES } from "../../../../firmware/frames/fragment.js";
import { Cmac } from "../../../../firmware/mac/cmac.js";
import { CSMA_DEFAULTS, longestDeliveryUs } from "../../../../firmware/mac/csma.js";
import { LinkKeyring } from "../../../../firmware/mac/link-keys.js";
import { Adaptation } from "../../../../firmware/net/adaptation.js";
import { Chaining } from "../../../../firmware/net/chaining.js";
import type { Store } from "../../../../firmware/ports.js";
import { NeighbourTable } from "../../../../firmware/trust/neighbours.js";
import { hostCipher, hostDigest } from "../../../../host-tools/crypto.js";
import { HandClock } from "../../support/hand-clock.js";
import { CONTEXTS } from "../../support/network.js";
import { near, udpPacket } from "../../support/packets.js";
import { SeededRandom } from "../../support/random.js";
import { Recorder } from "../../support/recorder.js";

export type VariantName = "csm" | "open" | "keyed";
const FACTORIES = { csm: predictiveCsm, open: predictiveCsmOpen, keyed: predictiveCsmKeyed };

/** MAC payload between short addresses. */
export const ROOM = 116;
export const RECEIVER = LinkAddress.short(0x99);

/** The key that a neighbour shares with the receiver; addresses from 0x100 on share none. */
export function keyOf({ low }: LinkAddress): Uint8Array | undefined {
	return low < 0x100 ? new Uint8Array(16).fill(low) : undefined;
}

/** A store in memory that counts how often it was written. */
export class CountingStore implements Store {
	readonly blobs = new Map<string, Uint8Array>();
	readonly writes: string[] = [];

	get(name: string): Uint8Array | undefined {
		return this.blobs.get(name);
	}

	set(name: string, value: Uint8Array | undefined): boolean {
		this.writes.push(name);
		if (value === undefined) this.blobs.delete(name);
		else this.blobs.set(name, value.slice());
		return true;
	}
}

export interface GuardedOptions {
	readonly budgetBytes?: number;
	readonly options?: PolicyOptions;
	readonly store?: CountingStore;
}

/** The receiving half of a node under one of the three variants: real chains, real hashes, no radio. */
export class GuardedReceiver {
	readonly clock = new HandClock();
	readonly pool = new BufferPool(1280);
	readonly recorder = new Recorder();
	readonly neighbours = new NeighbourTable(16);
	readonly store: CountingStore;
	readonly policy: PredictiveCsm;
	readonly reassembler: Reassembler;
	readonly chaining: Chaining;
	readonly #adaptation: Adaptation;

	constructor(variant: VariantName, { budgetBytes = 4 * 1280, options = {}, store }: GuardedOptions = {}) {
		const { clock, pool, recorder, neighbours } = this;
		const { sink } = recorder;
		this.store = store ?? new CountingStore();
		this.policy = FACTORIES[variant].create(options) as PredictiveCsm;
		this.policy.attach({
			node: 0,
			clock,
			store: this.store,
			sink,
			neighbours,
			maxRetries: CSMA_DEFAULTS.maxRetries,
			longestDeliveryUs: longestDeliveryUs(CSMA_DEFAULTS),
		});
		this.reassembler = new Reassembler({ policy: this.policy, budgetBytes, pool, clock, sink, node: 0 });
		const keys = variant === "keyed" ? new LinkKeyring(hostCipher, this.store, keyOf) : undefined;
		const config = { tokenBytes: 8, keyedTokenBytes: 4, helloPeriodUs: 3e7 };
		this.chaining = new Chaining(config, keys, neighbours, new SeededRandom(1), this.store);
		this.#adaptation = new Adaptation({
			contexts: CONTEXTS,
			reassembler: this.reassembler,
			pool,
			chains: new ChainReceiver(new ChainHash(hostDigest), this.reassembler, keys),
			host: this.chaining,
		});
	}

	/** Takes a payload `afterUs` after the last one: a copy of the packet that it completed, or as it was refused. */
	take(payload: Uint8Array, source: LinkAddress, afterUs = 10_000): Uint8Array | string | undefined {
		this.clock.advanceBy(afterUs);
		const nowUs = this.clock.nowUs();
		this.neighbours.obtain(source)?.noteReceived(-70, nowUs);
		const result = this.#adaptation.receive(payload, 0, payload.length, source, RECEIVER, nowUs, false);
		if (typeof result !== "object") return result;
		if (result.context?.chain !== undefined) this.chaining.noteChained(source);
		const packet = result.buffer.slice(0, result.length);
		this.pool.give(result.buffer);
		return packet;
	}

	/** The score of a neighbour, 0 to 1; undefined for one of whom nothing is known. */
	scoreOf(source: LinkAddress): number | undefined {
		const i = this.policy.standings.find(source, this.clock.nowUs());
		return i < 0 ? undefined : this.policy.standings.at(i).score / 0xffff;
	}

	stateOf(source: LinkAddress): number | undefined {
		const i = this.policy.standings.find(source, this.clock.nowUs());
		return i < 0 ? undefined : this.policy.standings.at(i).state;
	}
}

/** A sender who chains his packets as `variant` wants it. */
export class ChainingSender {
	readonly address: LinkAddress;
	readonly #fragmenter = new Fragmenter(new PacketHead(CONTEXTS), new ChainHash(hostDigest));
	readonly #key: Cmac | undefined;
	readonly #random: SeededRandom;
	#nonce = 0;
	#tag = 0;

	constructor(address: LinkAddress, variant: VariantName, seed = address.low) {
		this.address = address;
		const key = variant === "keyed" ? keyOf(address) : undefined;
		this.#key = key === undefined ? undefined : new Cmac(hostCipher.key(key));
		this.#random = new SeededRandom(seed);
	}

	/** A packet with `bytes` octets of random payload. */
	packet(bytes: number): Uint8Array {
		const payload = Uint8Array.from({ length: bytes }, () => this.#random.below(256));
		return udpPacket({ source: near(this.address.low), destination: near(RECEIVER.low), payload });
	}

	/**
	 * The MAC payloads of a packet, chained; `plain`, as RFC 4944 has them. `hidden`: octets by which the size that the
	 * headers claim, and all codes cover, is smaller than what the fragments carry.
	 */
	payloads(packet: Uint8Array, plain = false, hidden = 0): Uint8Array[] {
		const keyed = this.#key !== undefined;
		const nonce = keyed ? this.#nonce++ : this.#random.below(0x10000);
		const chain: ChainPlan = { keyed, tokenBytes: keyed ? 4 : 8, nonce, key: this.#key };
		this.#tag = (this.#tag + 1) & 0xffff;
		const fragmenter = this.#fragmenter;
		fragmenter.begin(
			packet,
			packet.length,
			this.address,
			RECEIVER,
			this.#tag,
			ROOM,
			plain ? undefined : chain,
		);
		const payloads: Uint8Array[] = [];
		while (!fragmenter.done) {
			const out = new Uint8Array(ROOM);
			payloads.push(out.slice(0, fragmenter.next(out, 0, ROOM)));
		}
		if (hidden > 0) this.#understate(packet, payloads, chain, hidden);
		return payloads;
	}

	/** Makes size, tokens and μ anew. */
	#understate(packet: Uint8Array, payloads: Uint8Array[], plan: ChainPlan, hidden: number): void {
		const size = packet.length - hidden;
		const firstBytes = FRAG1_BYTES + chainedFirstBytes(plan);
		const nextBytes = 1 + FRAGN_BYTES + plan.tokenBytes;
		const cuts = [0, ...payloads.slice(1).map((payload) => payload[5]! * 8), packet.length];
		const p1 = payloads[0]!.slice(firstBytes);
		const chain = new ChainSender(new ChainHash(hostDigest));
		chain.begin(plan, packet, size, p1, p1.length, cuts, payloads.length);
		payloads.forEach((payload, i) => {
			putU16be(payload, 1, ((payload[1]! & 0xf8) << 8) | size);
			if (i > 0) chain.putToken(i, payload, nextBytes - plan.tokenBytes);
			else {
				const at = chain.putToken(
					0,
					payload,
					firstBytes - plan.tokenBytes - (plan.keyed ? ANCHOR_MIC_BYTES : 0),
				);
				if (plan.keyed) chain.putMic(this.address, RECEIVER, size, this.#tag, p1, p1.length, payload, at);
			}
		});
	}
}
